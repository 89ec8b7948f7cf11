"""Settings changed for one test; a queue and an outbox that are its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from portal.infra.base import executer
from portal.settings import get_settings


@pytest.fixture
def regler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`regler(demo=False, smtp_url="smtp://…")` until the end of the test."""

    def changer(**reglages: Any) -> None:
        for nom, valeur in reglages.items():
            monkeypatch.setenv(f"PORTAL_{nom.upper()}", str(valeur))
        get_settings.cache_clear()

    yield changer
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
async def file_vide() -> AsyncIterator[None]:
    """No job waits and no message lies there: cheaper than a database of its own."""
    await executer("delete from procrastinate_jobs; delete from tache_faite; delete from courriel")
    yield
    await executer("drop table if exists essai; delete from procrastinate_jobs")

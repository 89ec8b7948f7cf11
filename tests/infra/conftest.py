"""Settings changed for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

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

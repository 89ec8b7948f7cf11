"""One world a worker, built once."""

from __future__ import annotations

from typing import Any

import pytest_asyncio

from portal.infra import mail
from portal.infra.base import transaction, valeur
from tests.securite.monde import Monde, batir

_mondes: list[Monde] = []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def monde(application: Any, _pool: None) -> Monde:
    _mondes.append(await batir())
    return _mondes[-1]


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _un_courriel() -> None:
    """Other tests of the worker empty the outbox: the mail that routes show is there again."""
    dernier = "select uid from courriel order by id desc limit 1"
    for batie in _mondes:
        if await valeur(dernier) is None:
            async with transaction():
                await mail.poster("essai@exemple.fr", "Essai", "Un courriel d’essai.")
        batie.objets["courriel"] = str(await valeur(dernier))

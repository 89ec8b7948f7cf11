"""One world a worker, built once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.securite.monde import Monde, batir


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def monde(application: Any, _pool: None) -> AsyncIterator[Monde]:
    yield await batir()

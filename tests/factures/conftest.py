"""Two test dispositifs, one of which is billed to a second target, beside the built-in ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.dossiers import registre as dispositifs
from portal.factures import registre
from tests.factures import fabrique


@pytest.fixture(autouse=True)
def _registres(litestar: Any) -> Iterator[None]:
    dispositifs.DISPOSITIFS |= {d.code: d for d in (fabrique.ESSAI, fabrique.BIS)}
    registre.CIBLES[fabrique.FONDS.code] = fabrique.FONDS
    yield
    for d in (fabrique.ESSAI, fabrique.BIS):
        dispositifs.DISPOSITIFS.pop(d.code, None)
    registre.CIBLES.pop(fabrique.FONDS.code, None)

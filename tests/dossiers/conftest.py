"""The test dispositif stands in the register beside those of the built-in plugins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.dossiers import registre
from tests.dossiers.dispositif_essai import CODE, ESSAI


@pytest.fixture(autouse=True)
def _essai(litestar: object) -> Iterator[None]:
    """The application is made first: it wires who is told of what."""
    registre.DISPOSITIFS[CODE] = ESSAI
    yield
    registre.DISPOSITIFS.pop(CODE, None)

"""The OPCO is a target of invoices in every test of payments."""

from __future__ import annotations

import pytest

from tests.reglements.fabrique import regler_cibles


@pytest.fixture(autouse=True)
def _cibles() -> None:
    regler_cibles()

"""The application is made first: it wires the dispositifs and who is told of what."""

import pytest


@pytest.fixture(autouse=True)
def _cable(litestar: object) -> None:
    assert litestar

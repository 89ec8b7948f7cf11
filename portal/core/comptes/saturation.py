"""A burst of sign-ins on one address waits outside: it must not hold all database connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_en_cours: Counter[str] = Counter()


@asynccontextmanager
async def reserver(cle: str, places: int) -> AsyncIterator[bool]:
    """True inside when there was a place left for this `cle` in this process."""
    if _en_cours[cle] >= places:
        yield False
        return
    _en_cours[cle] += 1
    try:
        yield True
    finally:
        _en_cours[cle] -= 1
        if not _en_cours[cle]:
            del _en_cours[cle]

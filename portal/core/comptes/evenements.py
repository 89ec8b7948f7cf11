"""What accounts tell upper rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CompteCree:
    """An account exists, its address proven. Published in the transaction that creates it."""

    compte_id: int
    email: str

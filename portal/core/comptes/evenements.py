"""What accounts tell upper rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AdresseProuvee:
    """An account has this address, proven: it was made with it, or has changed to it. Published in
    the transaction of that."""

    compte_id: int
    email: str

"""What this room tells upper rooms. Published in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class EtablissementRemplace:
    """A company's establishment goes on under another SIRET of the same company: what was said of
    the former (accesses, mandates, dossiers) now holds for the new one."""

    siren: str
    ancien: str
    nouveau: str
    effet: date

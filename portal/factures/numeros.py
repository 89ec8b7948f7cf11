"""Numbers of the money's series: DR-2026-000001, PF-2026-000001."""

from __future__ import annotations

from portal.dossiers import numeros
from portal.infra import clock


async def suivant(prefixe: str) -> str:
    """The next number of a series; it is given back when the transaction fails."""
    annee = (await clock.aujourd_hui()).year
    return f"{prefixe}-{annee}-{await numeros.rang(annee, prefixe):06d}"

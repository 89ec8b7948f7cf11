"""Numbers of our own series: DR-2026-000001, PF-2026-000001. Without holes, one year at a time."""

from __future__ import annotations

from portal.infra import clock
from portal.infra.base import valeur


async def suivant(prefixe: str) -> str:
    """The next number of a series; it is given back when the transaction fails."""
    annee = (await clock.aujourd_hui()).year
    rang = await valeur(
        "insert into numerotation (annee, prefixe, dernier) values ($1, $2, 1)"
        " on conflict (annee, prefixe) do update set dernier = numerotation.dernier + 1"
        " returning dernier",
        annee,
        prefixe,
    )
    return f"{prefixe}-{annee}-{rang:06d}"

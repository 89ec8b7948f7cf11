"""Ranks of our own series of numbers: without holes, one series a year and prefix."""

from __future__ import annotations

from portal.infra.base import valeur


async def rang(annee: int, prefixe: str) -> int:
    """The next one; it is given back when the transaction fails."""
    return int(
        await valeur(
            "insert into numerotation (annee, prefixe, dernier) values ($1, $2, 1)"
            " on conflict (annee, prefixe) do update set dernier = numerotation.dernier + 1"
            " returning dernier",
            annee,
            prefixe,
        )
    )

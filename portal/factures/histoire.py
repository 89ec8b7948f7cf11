"""What happens to an invoice, dated and signed, for its page; rooms above write here too."""

from __future__ import annotations

from typing import Any

from portal.infra import clock
from portal.infra.base import executer, sql
from portal.web.identite import Personne

PORTAIL = "Le portail"
"""Who acts when nobody does."""


async def noter(facture_id: int, genre: str, texte: str, acteur: Personne | None = None) -> None:
    """Add a line, in the transaction of the change."""
    await executer(
        "insert into facture_evenement (facture, genre, texte, acteur, jour, instant)"
        " values ($1, $2, $3, $4, $5, $6)",
        facture_id,
        genre,
        texte,
        acteur.nom_affiche if acteur else PORTAIL,
        await clock.aujourd_hui(),
        clock.instant(),
    )


async def lire(facture_id: int) -> list[dict[str, Any]]:
    """Newest first."""
    return await sql(
        "select genre, texte, acteur, jour, instant from facture_evenement where facture = $1"
        " order by id desc",
        facture_id,
    )

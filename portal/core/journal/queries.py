"""Read the journal: of a company, of an object, and how far it is sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.infra.base import sql, sql1

COLONNES = (
    "id, uid, instant, acteur_id, acteur, action, objet_genre, objet_uid, siren, profil, details,"
    " scelle_le"
)


@dataclass(frozen=True)
class Ligne:
    """One audit line, as shown and exported."""

    id: int
    uid: UUID
    instant: datetime
    acteur_id: int | None
    acteur: str
    action: str
    objet_genre: str | None
    objet_uid: UUID | None
    siren: str | None
    profil: str | None
    details: dict[str, Any]
    scelle_le: datetime | None


async def lire(
    siren: str,
    profil: str | None = None,
    *,
    action: str | None = None,
    avant: int | None = None,
    limite: int = 50,
) -> list[Ligne]:
    """Latest lines of a company first; `avant` is the id that the last page ended with.

    `action` is a whole action or a family (« rattachement. »). Rights are the caller's business.
    """
    lignes = await sql(
        f"select {COLONNES} from journal where siren = $1"
        " and ($2::text is null or profil = $2 or profil is null)"
        " and ($3::text is null or starts_with(action, $3))"
        " and ($4::bigint is null or id < $4) order by id desc limit $5",
        siren,
        profil,
        action,
        avant,
        limite,
    )
    return [_ligne(ligne) for ligne in lignes]


async def de_objet(genre: str, uid: UUID | str) -> list[Ligne]:
    """All lines about one object, oldest first."""
    lignes = await sql(
        f"select {COLONNES} from journal where objet_genre = $1 and objet_uid = $2 order by id",
        genre,
        UUID(str(uid)),
    )
    return [_ligne(ligne) for ligne in lignes]


async def etat() -> dict[str, Any]:
    """How many lines are sealed and not, and since when the oldest one waits."""
    ligne = await sql1(
        "select count(*) filter (where sceau is not null) as scellees,"
        " count(*) filter (where sceau is null) as en_attente,"
        " min(instant) filter (where sceau is null) as plus_ancienne from journal"
    )
    assert ligne is not None
    return ligne


def _ligne(ligne: dict[str, Any]) -> Ligne:
    return Ligne(**{**ligne, "details": en_objet(ligne["details"])})


def en_objet(details: Any) -> dict[str, Any]:
    """The details as an object, whether the driver gave text or not."""
    return json.loads(details) if isinstance(details, str) else dict(details)

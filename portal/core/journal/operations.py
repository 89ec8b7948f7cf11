"""Write an audit line, in the transaction of the change that it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from portal.infra import clock
from portal.infra.base import executer

SYSTEME = "Système"


class QuiAgit(Protocol):
    """Whoever acts: the signed-in person of a request, or an `Acteur`."""

    @property
    def compte_id(self) -> int: ...

    @property
    def nom_affiche(self) -> str: ...


@dataclass(frozen=True)
class Acteur:
    """An actor where nobody is signed in yet (account creation, reset)."""

    compte_id: int
    nom_affiche: str


async def noter(
    action: str,
    *,
    acteur: QuiAgit | None,
    objet: tuple[str, UUID | str] | None = None,
    siren: str | None = None,
    profil: str | None = None,
    **details: Any,
) -> None:
    """Add a line. `objet` is (kind, uid); `acteur=None` is the system itself.

    `details` are for people who will read the journal: never a secret, a password or a code.
    """
    await executer(
        "insert into journal (instant, acteur_id, acteur, action, objet_genre, objet_uid,"
        " siren, profil, details) values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb)",
        clock.instant(),
        acteur.compte_id if acteur else None,
        acteur.nom_affiche if acteur else SYSTEME,
        action,
        objet[0] if objet else None,
        UUID(str(objet[1])) if objet else None,
        siren,
        profil,
        json.dumps(details, default=_en_json, ensure_ascii=False),
    )


def _en_json(valeur: Any) -> str | list[Any]:
    if isinstance(valeur, UUID | Decimal):
        return str(valeur)
    if isinstance(valeur, date | datetime):
        return valeur.isoformat()
    if isinstance(valeur, set | frozenset):
        return sorted(valeur)
    raise TypeError(f"le journal ne sait pas écrire {type(valeur).__name__}")

"""Keyset pages: a cursor in the URL, constant cost however deep."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from portal.infra.texte import enregistrable

T = TypeVar("T")
TAILLE = 50


@dataclass(frozen=True)
class PageDe(Generic[T]):
    """One page of rows; `suivant` is the cursor of the next one, None on the last."""

    lignes: list[T]
    suivant: str | None
    total: int | None = None


def encoder(*valeurs: Any) -> str:
    """A cursor from the sort key of the last row shown."""
    return base64.urlsafe_b64encode(json.dumps(valeurs, default=str).encode()).decode().rstrip("=")


def decoder(curseur: str | None, taille: int) -> list[Any] | None:
    """The key in a cursor, or None for an absent or nonsensical one (then the first page shows)."""
    if not curseur or len(curseur) > 400:
        return None
    try:
        valeurs = json.loads(base64.urlsafe_b64decode(curseur + "=" * (-len(curseur) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    if not isinstance(valeurs, list) or len(valeurs) != taille:
        return None
    return valeurs if all(_tenable(valeur) for valeur in valeurs) else None


def instant(valeur: Any) -> datetime | None:
    """An aware instant of a cursor, as `encoder` was given it; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(valeur))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _tenable(valeur: Any) -> bool:
    """Whether the database can be asked about it: a bigint, or a text that it can hold."""
    if isinstance(valeur, int):
        return -(2**63) <= valeur < 2**63
    return isinstance(valeur, str) and valeur == enregistrable(valeur)

"""What pages read of a posted form beside its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.web.erreurs import Refus

INCOMPLET = "Ce formulaire est incomplet. Rechargez la page et recommencez."


def lire_version(poste: Mapping[str, Any]) -> int:
    """The count that the page was drawn from (`_version`). Raises `Refus` when it gives none."""
    saisi = str(poste.get("_version", ""))
    if not (saisi.isascii() and saisi.isdigit() and len(saisi) < 9):
        raise Refus(INCOMPLET)
    return int(saisi)


def lire_uid(saisi: Any) -> UUID | None:
    """The object that a field or an address names; None when it names none."""
    try:
        return UUID(str(saisi)) if saisi else None
    except ValueError:
        return None

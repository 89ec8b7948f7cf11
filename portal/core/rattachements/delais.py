"""Delays of codes and requests: dated parameters, of a branch or of all, with their source.

They are kept in a package above; the SQL function `delai_de` hands them down.
"""

from __future__ import annotations

from datetime import date

from portal.infra.base import valeur
from portal.settings import get_settings

CODE_MOIS = "rattachement.code_mois"
RELANCE_JOURS = "rattachement.relance_jours"
RECOURS_JOURS = "rattachement.recours_jours"


class DelaiAbsent(RuntimeError):
    """No value was ever sown: `portal migrate` does it."""


async def lire(cle: str, jour: date, idcc: str | None = None) -> int:
    """The delay that holds on this day."""
    trouve = await valeur("select delai_de($1, $2, $3)", cle, idcc, jour)
    if trouve is None:
        raise DelaiAbsent(f"{cle} : lancez « portal migrate »")
    return int(trouve)


def delai_postal() -> int:
    """Days between posting and receipt (setting)."""
    return get_settings().delai_postal

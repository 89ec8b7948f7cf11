"""Public holidays of France, and working days counted without them.

Mainland France unless a département is given: Moselle, Bas-Rhin and Haut-Rhin have two more days,
each overseas département has its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

# Départements whose public holidays differ, as the library names them.
SUBDIVISIONS = {"57": "57", "67": "6AE", "68": "6AE"} | {
    code: code for code in ("971", "972", "973", "974", "976")
}


@lru_cache(maxsize=256)
def _annee(annee: int, subdivision: str | None) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=annee).keys())


def est_ferie(jour: date, departement: str | None = None) -> bool:
    """Whether this day is a public holiday (there)."""
    return jour in _annee(jour.year, SUBDIVISIONS.get(departement or ""))


def est_ouvre(jour: date, departement: str | None = None) -> bool:
    """Monday to Friday, public holidays apart."""
    return jour.weekday() < 5 and not est_ferie(jour, departement)


def ajouter_jours_ouvres(depart: date, nombre: int, departement: str | None = None) -> date:
    """The `nombre`-th working day after `depart`; 0 is `depart` itself."""
    jour = depart
    while nombre > 0:
        jour += timedelta(1)
        nombre -= est_ouvre(jour, departement)
    return jour

"""Public holidays of mainland France, and working days counted without them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _annee(annee: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=annee).keys())


def est_ferie(jour: date) -> bool:
    """Whether this day is a public holiday."""
    return jour in _annee(jour.year)


def est_ouvre(jour: date) -> bool:
    """Monday to Friday, public holidays apart."""
    return jour.weekday() < 5 and not est_ferie(jour)


def ajouter_jours_ouvres(depart: date, nombre: int) -> date:
    """The `nombre`-th working day after `depart`; 0 is `depart` itself."""
    jour = depart
    while nombre > 0:
        jour += timedelta(1)
        nombre -= est_ouvre(jour)
    return jour

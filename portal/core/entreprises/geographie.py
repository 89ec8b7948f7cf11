"""Département and région of a postcode (law of 16 January 2015; overseas as they stand)."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

_DEPARTEMENTS = {
    "Auvergne-Rhône-Alpes": "01 03 07 15 26 38 42 43 63 69 73 74",
    "Bourgogne-Franche-Comté": "21 25 39 58 70 71 89 90",
    "Bretagne": "22 29 35 56",
    "Centre-Val de Loire": "18 28 36 37 41 45",
    "Corse": "2A 2B",
    "Grand Est": "08 10 51 52 54 55 57 67 68 88",
    "Hauts-de-France": "02 59 60 62 80",
    "Île-de-France": "75 77 78 91 92 93 94 95",
    "Normandie": "14 27 50 61 76",
    "Nouvelle-Aquitaine": "16 17 19 23 24 33 40 47 64 79 86 87",
    "Occitanie": "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "Pays de la Loire": "44 49 53 72 85",
    "Provence-Alpes-Côte d’Azur": "04 05 06 13 83 84",
    "Guadeloupe": "971",
    "Martinique": "972",
    "Guyane": "973",
    "La Réunion": "974",
    "Mayotte": "976",
}
REGIONS = {d: region for region, liste in _DEPARTEMENTS.items() for d in liste.split()}


def departement_de(code_postal: str) -> str:
    """« 2A » and « 2B » for Corsica, three digits overseas; empty for what is no postcode."""
    if len(code_postal) != 5 or not (code_postal.isascii() and code_postal.isdigit()):
        return ""
    if code_postal.startswith(("97", "98")):
        return code_postal[:3]
    if code_postal.startswith("20"):
        return "2A" if code_postal < "20200" else "2B"
    return code_postal[:2]


def region_de(departement: str) -> str:
    return REGIONS.get(departement, "")


@lru_cache(maxsize=1)
def departements() -> dict[str, str]:
    """Names by code, in the order of lists."""
    texte = files("portal.core.entreprises").joinpath("donnees/departements.csv").read_text("utf-8")
    return {x["code"]: x["nom"] for x in csv.DictReader(texte.splitlines(), delimiter=";")}

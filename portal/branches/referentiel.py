"""Conventions collectives (IDCC), from the reference file, and which ones are the OPCO's."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from portal.settings import get_settings

INTERPROFESSION = "toutes"
"""What stands for all branches where a path names one."""

_PREFIXE = re.compile(
    r"^(conventions? collectives?|accords?)( nationa(?:le?|ux)| interrégionale| régionale)?"
    r"( professionnels?)?( de branche)?( concernant| relatif)?"
    r" (des|de la|de l’|du|de|aux|au|le|la|les) ?",
    re.IGNORECASE,
)
_DATE = re.compile(r" du \d+(er)? \w+ \d{4}$")


@dataclass(frozen=True)
class Convention:
    """A convention collective. `cible` is the code that replaced it, if any."""

    idcc: str
    libelle: str
    opco: str
    statut: str
    cible: str | None

    @property
    def nom(self) -> str:
        """What tells it from others, without « Convention collective nationale des… »."""
        reste = _DATE.sub("", _PREFIXE.sub("", self.libelle))
        return reste[:1].upper() + reste[1:]


@lru_cache(maxsize=1)
def conventions() -> dict[str, Convention]:
    """All of the reference file, by IDCC."""
    texte = files("portal.branches").joinpath("donnees/idcc_opco.csv").read_text("utf-8")
    return {
        ligne["idcc"]: Convention(
            idcc=ligne["idcc"],
            libelle=" ".join(ligne["libelle"].replace("'", "’").split()),
            opco=ligne["opco"],
            statut=ligne["statut"],
            cible=ligne["idcc_cible"] or None,
        )
        for ligne in csv.DictReader(texte.splitlines(keepends=True), delimiter=";")
    }


@dataclass(frozen=True)
class Opco:
    """An opérateur de compétences, as people name it."""

    nom: str
    site: str


@lru_cache(maxsize=1)
def opcos() -> dict[str, Opco]:
    """The eleven, by their code in the reference file."""
    texte = files("portal.branches").joinpath("donnees/opcos.csv").read_text("utf-8")
    return {
        ligne["code"]: Opco(ligne["nom"], ligne["site"])
        for ligne in csv.DictReader(texte.splitlines(), delimiter=";")
    }


def en_vigueur(idcc: str) -> Convention | None:
    """The convention of a code, or the one that replaced it, however often; None when unknown."""
    vues: set[str] = set()
    convention = conventions().get(idcc)
    while convention and convention.cible and convention.idcc not in vues:
        vues.add(convention.idcc)
        convention = conventions().get(convention.cible)
    return convention


def nom(idcc: str | None) -> str:
    """« Organismes de formation », or a plain word where the code is unknown."""
    if idcc is None:
        return "Toutes les branches"
    convention = conventions().get(idcc)
    return convention.nom if convention else f"Branche {idcc}"


def libelle(idcc: str | None) -> str:
    """The whole title of the convention, empty where the code is unknown."""
    convention = conventions().get(idcc or "")
    return convention.libelle if convention else ""


def de_l_opco() -> list[Convention]:
    """The branches of this installation, by code; merged ones are left out."""
    return [
        conventions().get(idcc) or Convention(idcc, f"Branche {idcc}", "", "inconnu", None)
        for idcc in sorted(set(get_settings().opco_idcc))
    ]

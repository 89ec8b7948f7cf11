"""Builders for the tests of the formation plugin: a dossier as typed, parameters as seeded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.chemins import PLUGINS
from portal.kit import Cadre, Dispositif, Donnees, Entreprise
from portal.kit.dispositif import ValeurInitiale
from portal.kit.financement import ValeurDatee
from portal.kit.formulaire import lire
from portal.loader import charger

PLUGIN = charger(PLUGINS, points_entree=False)
DISPOSITIF: Dispositif = PLUGIN.dispositifs()["action_formation"]
AUJOURD_HUI = date(2026, 3, 2)


class ParametresDesValeurs:
    """The plugin's own initial values, most specific first."""

    def __init__(self, idcc: str, valeurs: list[ValeurInitiale] | None = None) -> None:
        self.idcc = idcc
        self.valeurs = PLUGIN.valeurs_initiales() if valeurs is None else valeurs

    def lire(self, cle: str, **criteres: str) -> ValeurDatee | None:
        convenables = [
            v
            for v in self.valeurs
            if v.cle == cle
            and v.idcc in (None, self.idcc)
            and all(criteres.get(k) == attendu for k, attendu in v.criteres.items())
        ]
        if not convenables:
            return None
        v = max(convenables, key=lambda v: (v.idcc is not None, len(v.criteres)))
        return ValeurDatee(cle, v.valeur, v.du, v.au, v.source)


def personne(cle: str, nom: str = "Garnier") -> dict[str, str]:
    from portal.kit.identifiants import cle_nir

    treize = f"29003750560{int(cle, 16) % 90 + 10}"
    return {
        "cle": cle,
        "nom": nom,
        "prenom": "Inès",
        "sexe": "F",
        "date_naissance": "05/03/1990",
        "nir": f"{treize}{cle_nir(treize):02d}",
        "conforme": "oui",
    }


def brut(personnes: int = 2, **etapes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A complete and valid dossier; `formation={...}` overrides fields of a step."""
    base: dict[str, dict[str, Any]] = {
        "entreprise": {
            "contact_nom": "Nora Haddad",
            "contact_courriel": "nora@exemple.fr",
            "effectif": "8",
        },
        "organisme": {
            "siret": "73282932000074",
            "denomination": "Organisme d’essai",
            "nda": "11751234575",
            "qualiopi": "oui",
        },
        "formation": {
            "intitule": "Vente",
            "objectif": "Mener un entretien.",
            "modalite": "inter",
            "lieu": "presentiel",
            "debut": "14/05/2026",
            "fin": "15/05/2026",
            "heures": "14",
            "jours": "2",
        },
        "stagiaires": {"personnes": [personne(f"{i:02x}") for i in range(personnes)]},
        "couts": {"prix": "1400", "salaires": "oui", "annexes": "non", "payeur": "entreprise"},
    }
    for etape, champs in etapes.items():
        base[etape] = {**base[etape], **champs}
    return base


def donnees(contenu: Mapping[str, Mapping[str, Any]]) -> Donnees:
    return Donnees({e.code: lire(e.modele, contenu[e.code]) for e in DISPOSITIF.etapes})


def cadre(
    idcc: str = "0573",
    *,
    jour: date = AUJOURD_HUI,
    departement: str = "75",
    deja: Mapping[int, Decimal] | None = None,
    valeurs: list[ValeurInitiale] | None = None,
) -> Cadre:
    return Cadre(
        aujourd_hui=jour,
        entreprise=Entreprise("732829320", "Entreprise d’essai", idcc, 8, departement),
        siret="73282932000074",
        parametres=ParametresDesValeurs(idcc, valeurs),
        deja_engage=deja or {},
    )

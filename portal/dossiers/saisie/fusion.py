"""What was posted, laid over what was kept: pure, nothing typed is lost.

A page posts only the fields that it shows. One that it did not show keeps its value; a box that it
showed and that came back unticked is emptied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from portal.infra.texte import enregistrable
from portal.kit.formulaire import depouiller, lire, meta_de, modele_de_groupe
from portal.web.erreurs import Refus

LONGUEUR_MAX = 20_000
"""Characters kept of one field; a longer text is cut."""
LIGNES_MAX = 500
"""Rows kept of one group."""
CHAMP_INCONNU = "Ce champ n’existe pas. Rechargez la page et recommencez."


def fusionner(
    modele: type[BaseModel], poste: Mapping[str, Any], ancien: Mapping[str, Any]
) -> dict[str, Any]:
    """A whole step as posted by its page, over the step as kept (secrets as references). Raises
    `Refus` for more rows than any page shows."""
    poste = {nom: nettoyer(valeur) for nom, valeur in poste.items()}
    brut = depouiller(modele, poste)
    montres = _montres(modele, ancien)
    for nom, info in modele.model_fields.items():
        ligne = modele_de_groupe(info)
        if ligne is None:
            if nom not in poste:
                brut[nom] = _non_poste(modele, nom, nom, ancien, montres)
            continue
        if len(brut[nom]) > LIGNES_MAX:
            raise Refus(f"Cette liste compte {LIGNES_MAX} lignes au plus.")
        anciennes = {li["cle"]: li for li in ancien.get(nom) or []}
        for valeurs in brut[nom]:
            avant = anciennes.get(valeurs["cle"])
            for sous in ligne.model_fields if avant else ():
                chemin = f"{nom}.{valeurs['cle']}.{sous}"
                if sous not in valeurs:
                    valeurs[sous] = _non_poste(ligne, sous, chemin, avant or {}, montres)
    return brut


def poser_champ(
    modele: type[BaseModel], ancien: Mapping[str, Any], nom: str, saisi: str
) -> dict[str, Any]:
    """One field over the step as kept. Raises `Refus` for one that the step does not have."""
    brut, valeur = dict(ancien), nettoyer(saisi)
    premier, _, reste = nom.partition(".")
    info = modele.model_fields.get(premier)
    if info is None:
        raise Refus(CHAMP_INCONNU)
    ligne = modele_de_groupe(info)
    if ligne is None:
        if reste:
            raise Refus(CHAMP_INCONNU)
        brut[premier] = valeur
        return brut
    cle, _, sous = reste.partition(".")
    if sous not in ligne.model_fields or not _est_cle(cle):
        raise Refus(CHAMP_INCONNU)
    lignes = [dict(li) for li in brut.get(premier) or []]
    cible = next((li for li in lignes if li["cle"] == cle), None)
    if cible is None:
        if len(lignes) >= LIGNES_MAX:
            raise Refus(f"Cette liste compte {LIGNES_MAX} lignes au plus.")
        cible = {"cle": cle}
        lignes.append(cible)
    cible[sous] = valeur
    brut[premier] = lignes
    return brut


def nettoyer(valeur: Any) -> Any:
    """A text that the database can hold, of a bearable length."""
    return enregistrable(valeur)[:LONGUEUR_MAX] if isinstance(valeur, str) else valeur


def _est_cle(cle: str) -> bool:
    return cle.isascii() and cle.isalnum() and len(cle) <= 40


def _montres(modele: type[BaseModel], ancien: Mapping[str, Any]) -> set[str]:
    """Names of the fields that the page of this step shows."""
    vus = lire(modele, ancien).champs()
    return {vu.nom for vu in vus} | {c.nom for vu in vus for li in vu.lignes for c in li.champs}


def _non_poste(
    modele: type[BaseModel], nom: str, chemin: str, ancien: Mapping[str, Any], montres: set[str]
) -> Any:
    decochee = meta_de(modele.model_fields[nom]).widget == "case" and chemin in montres
    return "" if decochee else ancien.get(nom)

"""What a dossier holds, between the database and the forms.

`dossier.donnees` keeps each step as typed. A secret never enters it: the safe keeps it, the data its
id (`{"$secret": 12}`). Plain values exist in memory only, to be read by the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from portal.infra import coffre
from portal.kit import Dispositif, Donnees
from portal.kit.formulaire import Meta, Saisie, lire, meta_de, modele_de_groupe

SECRET = "$secret"


@dataclass
class Contenu:
    """The steps of a dossier as read, secrets in clear for the rules, masked for display."""

    donnees: Donnees
    _libelles: dict[str, dict[str, str]] = field(default_factory=dict)

    def libelle(self, dispositif: Dispositif, chemin: str) -> str:
        """Label of a field by its path « etape.champ »; of a row's, with the row's title."""
        etape, _, nom = chemin.partition(".")
        if etape not in self._libelles:
            self._libelles[etape] = _libelles(self.donnees[etape])
        return self._libelles[etape].get(nom) or dispositif.etape(etape).libelle


def _libelles(saisie: Saisie) -> dict[str, str]:
    trouves = {}
    for vu in saisie.champs():
        trouves[vu.nom] = vu.libelle
        for ligne in vu.lignes:
            trouves |= {sous.nom: f"{ligne.titre}, {sous.libelle}" for sous in ligne.champs}
    return trouves


async def lire_contenu(dispositif: Dispositif, brut: Mapping[str, Any]) -> Contenu:
    """Read every step. One query for the secrets, one for their masks."""
    ids = {v[SECRET] for etape in brut.values() for _, v in _valeurs(etape) if est_secret(v)}
    clairs = await coffre.reveler_plusieurs(ids) if ids else {}
    masques = await coffre.masques(ids) if ids else {}
    saisies = {}
    for etape in dispositif.etapes:
        depose = brut.get(etape.code) or {}
        saisie = lire(etape.modele, _remplacer(depose, clairs))
        saisie.masques = {nom: masques[v[SECRET]] for nom, v in _valeurs(depose) if est_secret(v)}
        saisies[etape.code] = saisie
    return Contenu(Donnees(saisies))


async def sceller(
    modele: type[BaseModel], poste: Mapping[str, Any], ancien: Mapping[str, Any]
) -> dict[str, Any]:
    """What to store of a posted step: secrets go to the safe, valid or not.

    A secret that comes back as its own mask was not touched; an emptied or replaced one is
    destroyed.
    """
    anciens = {nom: v[SECRET] for nom, v in _valeurs(ancien) if est_secret(v)}
    masques = await coffre.masques(anciens.values()) if anciens else {}
    garde: set[int] = set()

    async def traiter(meta: Meta, nom: str, valeur: Any) -> Any:
        if not meta.secret or valeur in (None, ""):
            return valeur
        depose = anciens.get(nom)
        if est_secret(valeur):
            valeur = masques.get(valeur[SECRET], "") if valeur[SECRET] == depose else ""
        if depose is not None and valeur == masques[depose]:
            garde.add(depose)
            return {SECRET: depose}
        return {SECRET: await coffre.deposer(meta.secret, str(valeur), retention="dossier")}

    scelle: dict[str, Any] = {}
    for nom, info in modele.model_fields.items():
        ligne = modele_de_groupe(info)
        valeur = poste.get(nom)
        if ligne is None:
            scelle[nom] = await traiter(meta_de(info), nom, valeur)
            continue
        scelle[nom] = [
            {
                "cle": valeurs["cle"],
                **{
                    sous: await traiter(
                        meta_de(sous_info), f"{nom}.{valeurs['cle']}.{sous}", valeurs.get(sous)
                    )
                    for sous, sous_info in ligne.model_fields.items()
                },
            }
            for valeurs in valeur or []
        ]
    perdus = set(anciens.values()) - garde
    if perdus:
        await coffre.oublier(perdus)
    return scelle


def secrets_de(brut: Mapping[str, Any]) -> set[int]:
    """Ids of every secret that the steps hold."""
    return {v[SECRET] for etape in brut.values() for _, v in _valeurs(etape) if est_secret(v)}


def est_secret(valeur: Any) -> bool:
    return isinstance(valeur, dict) and SECRET in valeur


def _valeurs(etape: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(HTML name, stored value) of every field, rows of groups included."""
    for nom, valeur in etape.items():
        if isinstance(valeur, list):
            for ligne in valeur:
                for sous, v in ligne.items():
                    if sous != "cle":
                        yield f"{nom}.{ligne['cle']}.{sous}", v
        else:
            yield nom, valeur


def _remplacer(etape: Mapping[str, Any], par: Mapping[int, Any]) -> dict[str, Any]:
    def valeur(v: Any) -> Any:
        return par[v[SECRET]] if est_secret(v) else v

    return {
        nom: [{k: valeur(v) for k, v in ligne.items()} for ligne in contenu]
        if isinstance(contenu, list)
        else valeur(contenu)
        for nom, contenu in etape.items()
    }


async def masques_en_clair(
    modele: type[BaseModel], poste: Mapping[str, Any], ancien: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """A posted step whose untouched secrets (posted as their mask) are put back in clear, for
    reading only; with the masks to show in their place."""
    anciens = {nom: v[SECRET] for nom, v in _valeurs(ancien) if est_secret(v)}
    masques = await coffre.masques(anciens.values()) if anciens else {}
    postes = dict(_valeurs(poste))
    intacts = {n: i for n, i in anciens.items() if postes.get(n) in (masques[i], {SECRET: i})}
    clairs = await coffre.reveler_plusieurs(intacts.values()) if intacts else {}

    def remettre(nom: str, valeur: Any) -> Any:
        return clairs[intacts[nom]] if nom in intacts else valeur

    brut: dict[str, Any] = {}
    for nom, valeur in poste.items():
        if isinstance(valeur, list):
            brut[nom] = [
                {
                    s: v if s == "cle" else remettre(f"{nom}.{li['cle']}.{s}", v)
                    for s, v in li.items()
                }
                for li in valeur
            ]
        else:
            brut[nom] = remettre(nom, valeur)
    return brut, {nom: masques[i] for nom, i in intacts.items()}

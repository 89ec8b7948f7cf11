"""Forms of this room, read field by field; and the grant, whose boxes depend on the company."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from portal.core.entreprises.fiche import PROFILS
from portal.core.entreprises.queries import etablissements
from portal.core.rattachements import codes
from portal.core.rattachements.modeles import (
    DEMANDEE,
    ENTREPRISE,
    ETABLISSEMENTS,
    MODELES,
    PAR_CODE,
    Octroi,
    octroi,
)  # fmt: skip
from portal.infra import clock
from portal.kit.formulaire import champ
from portal.kit.types import Courriel, Siren, SirenOuSiret, Texte

CHOIX_PROFILS = tuple(PROFILS.items())
CASES_MAX = 60
PROFIL_MANQUE = "Choisissez le profil\u00a0: Adhérent ou Prestataire."


# A slip of the finger, told by the check character: no try is spent.
MAL_RECOPIE = (
    "Un caractère du code est mal recopié. Relisez-le groupe par groupe sur le courrier\u00a0: cet essai "
    "ne compte pas."
)


def _lire_code(valeur: Any) -> Any:
    if not isinstance(valeur, str):
        return valeur
    try:
        lu = codes.lire(valeur)
    except codes.CodeMalForme as erreur:
        raise PydanticCustomError("saisie", "{message}", {"message": str(erreur)}) from None
    if not codes.bien_recopie(lu):
        raise PydanticCustomError("saisie", MAL_RECOPIE)
    return lu


CodeActivation = Annotated[str, BeforeValidator(_lire_code)]


class DemandeRattachement(BaseModel):
    """« Demander un rattachement »."""

    identifiant: SirenOuSiret = champ(
        "SIREN ou SIRET", widget="recherche", longueur_max=100, exemple="732\u202f829\u202f320",
        aide="Le SIREN (9\u00a0chiffres) pour tous les établissements, le SIRET (14\u00a0chiffres) pour un seul."
        " Vous ne l’avez pas\u00a0? Tapez le nom et le code postal.",
    )  # fmt: skip
    profil: str = champ(
        "Profil", widget="radios", choix=CHOIX_PROFILS, manque=PROFIL_MANQUE,
        aide="Adhérent\u00a0: pour les salariés de l’entreprise. Prestataire\u00a0: pour un organisme "
        "qui forme les salariés des autres.",
    )  # fmt: skip
    message: Texte = champ(
        "Message à l’administrateur (facultatif)", widget="zone", obligatoire=False,
        longueur_max=500, aide="Par exemple votre fonction, et ce que vous aurez à faire.",
    )  # fmt: skip


class ActivationCode(BaseModel):
    """« J'ai un code d'activation »."""

    siren: Siren = champ("SIREN", widget="siren", longueur_max=40, exemple="732\u202f829\u202f320")
    profil: str = champ(
        "Profil", widget="radios", choix=CHOIX_PROFILS, manque=PROFIL_MANQUE,
        aide="Celui qui est imprimé en tête du courrier.",
    )  # fmt: skip
    code: CodeActivation = champ(
        "Code d’activation (code administrateur)", longueur_max=60, autocomplete="off",
        aide="16\u00a0caractères. Majuscules, espaces et tirets ne comptent pas.",
        exemple="7K2M-09XW-3QFA-T5BC",
    )  # fmt: skip


class Motif(BaseModel):
    """Why a request is refused or an access removed."""

    motif: Texte = champ(
        "Motif", widget="zone", longueur_max=500, aide="La personne le lira.",
        manque="Dites pourquoi\u00a0: la personne le lira.",
    )  # fmt: skip


class MotifFacultatif(BaseModel):
    motif: Texte = champ(
        "Motif (facultatif)", widget="zone", longueur_max=500, obligatoire=False,
        aide="La personne le lira.",
    )  # fmt: skip


class NouveauCode(BaseModel):
    """Why the staff has a code posted again; kept."""

    raison: Texte = champ(
        "Pourquoi un nouveau code", longueur_max=200, autocomplete="off",
        aide="Par exemple\u00a0: courrier non reçu, code périmé, administrateur parti.",
        manque="Dites pourquoi\u00a0: la raison est gardée avec le courrier.",
    )  # fmt: skip


class LotARefaire(BaseModel):
    """A print batch that was lost before it was posted."""

    lot: Texte = champ(
        "Numéro du lot", longueur_max=20, autocomplete="off", exemple="2026-000012",
        manque="Donnez le numéro du lot à refaire.",
    )  # fmt: skip
    raison: Texte = champ(
        "Ce qui est arrivé au lot", longueur_max=200, autocomplete="off",
        manque="Dites pourquoi ce lot est à refaire.",
    )  # fmt: skip


class AdministrateurDesigne(BaseModel):
    """An administrator whom the company named to its conseiller."""

    prenom: Texte = champ("Prénom", longueur_max=80, autocomplete="off")
    nom: Texte = champ("Nom", longueur_max=80, autocomplete="off")
    email: Courriel = champ(
        "Adresse e-mail", widget="courriel", longueur_max=254, autocomplete="off",
        aide="Celle avec laquelle cette personne créera son compte.",
    )  # fmt: skip


@dataclass
class OctroiVu:
    """The grant form: what may be chosen, what is."""

    modele: str
    droits: set[str]
    portee: str
    sirets: set[str]
    dispositifs: set[str]
    siret_demande: str | None = None
    etablissements: list[tuple[str, str]] = field(default_factory=list)
    dispositifs_connus: list[tuple[str, str]] = field(default_factory=list)
    autres_sirets: str = ""
    erreur: str = ""

    @property
    def modeles(self) -> Any:
        return MODELES


async def octroi_vide(siren: str, siret: str | None, connus: list[tuple[str, str]]) -> OctroiVu:
    """The form as first shown: least rights, on what was asked."""
    lieux = await etablissements(siren, ouverts_le=await clock.aujourd_hui(), limite=CASES_MAX + 1)
    cases = [
        (e.siret, f"{e.enseigne or e.commune or e.siret}, {e.siret}") for e in lieux
    ] if len(lieux) <= CASES_MAX else []  # fmt: skip
    return OctroiVu("consultation", set(), DEMANDEE, set(), set(), siret, cases, connus)


def lire_octroi(poste: Any, vu: OctroiVu) -> Octroi | None:
    """Read the posted boxes into `vu`; None, with `vu.erreur`, when they make no grant."""
    vu.modele = str(poste.get("modele", ""))
    vu.droits = {str(v) for v in poste.getall("droits", [])}
    vu.portee = str(poste.get("portee", DEMANDEE))
    vu.autres_sirets = str(poste.get("autres_sirets", ""))
    connus = {code for code, _ in vu.dispositifs_connus}
    vu.dispositifs = {str(v) for v in poste.getall("dispositifs", [])} & connus
    vu.sirets = {str(v) for v in poste.getall("sirets", [])}
    autres = {s for s in vu.autres_sirets.replace(",", " ").replace(";", " ").split() if s}
    if vu.modele not in PAR_CODE or vu.portee not in (DEMANDEE, ENTREPRISE, ETABLISSEMENTS):
        vu.erreur = "Choisissez un modèle de droits."
        return None
    if not all(s.isascii() and s.isdigit() and len(s) == 14 for s in vu.sirets | autres):
        vu.erreur = "Saisissez des SIRET de 14\u00a0chiffres, sans espace, séparés par des espaces."
        return None
    return octroi(
        vu.modele,
        vu.droits,
        portee=vu.portee,
        sirets=sorted(vu.sirets | autres),
        dispositifs=sorted(vu.dispositifs),
    )

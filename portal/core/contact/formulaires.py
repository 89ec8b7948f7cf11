"""The contact form, and how a conseiller closes a message."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from portal.core.entreprises.geographie import REGIONS
from portal.kit.formulaire import champ
from portal.kit.identifiants import lire_siren_ou_siret
from portal.kit.types import Courriel, Telephone, Texte

SUJETS = {
    "compte": "Mon compte ou ma connexion",
    "rattachement": "Un rattachement ou un code d’activation",
    "projet": "Un projet de recrutement ou de formation",
    "dossier": "Un dossier",
    "facture": "Une facture ou un paiement",
    "contribution": "Une contribution",
    "autre": "Autre question",
}
LES_REGIONS = tuple(dict.fromkeys(REGIONS.values()))


def _siren(valeur: Any) -> Any:
    """People paste a SIRET as well: its company is meant."""
    if not isinstance(valeur, str):
        return valeur
    try:
        return lire_siren_ou_siret(valeur)[:9]
    except ValueError as erreur:
        raise PydanticCustomError("saisie", "{message}", {"message": str(erreur)}) from None


class Message(BaseModel):
    """« Nous écrire »."""

    region: str = champ(
        "Région de l’entreprise", choix=tuple((r, r) for r in LES_REGIONS),
        manque="Choisissez la région de l’entreprise.",
    )  # fmt: skip
    sujet: str = champ("Sujet", choix=tuple(SUJETS.items()), manque="Choisissez un sujet.")
    message: Texte = champ(
        "Message", widget="zone", longueur_max=3000,
        aide="N’indiquez ni numéro de sécurité sociale, ni RIB, ni mot de passe.",
        manque="Écrivez votre message.",
    )  # fmt: skip
    nom: Texte = champ("Nom et prénom", longueur_max=120, autocomplete="name")
    email: Courriel = champ(
        "Adresse e-mail", widget="courriel", longueur_max=254,
        aide="Un conseiller vous répondra à cette adresse.",
    )  # fmt: skip
    telephone: Telephone = champ(
        "Téléphone (facultatif)", widget="telephone", longueur_max=30, obligatoire=False
    )
    siren: Annotated[str, BeforeValidator(_siren)] = champ(
        "SIREN ou SIRET de l’entreprise (facultatif)", widget="siret", longueur_max=40,
        obligatoire=False,
    )  # fmt: skip


class Cloture(BaseModel):
    """What was done of a message."""

    suite: Texte = champ(
        "Suite donnée (facultatif)", widget="zone", longueur_max=500, obligatoire=False,
        aide="Pour vos collègues\u00a0: la personne ne la lit pas.",
    )  # fmt: skip

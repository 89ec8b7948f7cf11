"""The words and addresses of letters to head offices, as data for `papiers/courriers.typ`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.entreprises.fiche import PROFILS, espacer
from portal.core.rattachements import codes
from portal.infra.money import date_longue
from portal.infra.papers import pdf
from portal.settings import get_settings

GABARIT = Path(__file__).parent / "papiers" / "courriers.typ"


@dataclass(frozen=True)
class Lettre:
    """A letter to print. `code` is known here and on paper only."""

    courrier_id: int
    genre: str
    siren: str
    profil: str
    denomination: str
    adresse: tuple[str, ...]
    jusqu: date
    motif: str = "premier_envoi"
    code: str = field(default="", repr=False)
    administrateurs: tuple[str, ...] = ()

    @property
    def entete(self) -> str:
        return f"SIREN – {PROFILS[self.profil].lower()}"


def composer(lettres: list[Lettre], jour: date) -> bytes:
    """One PDF, a page a letter."""
    return pdf(GABARIT, {
        "titre": "Courriers aux entreprises",
        "jour": date_longue(jour),
        "lettres": [_donnees(lettre) for lettre in lettres],
    })  # fmt: skip


def _donnees(lettre: Lettre) -> dict[str, Any]:
    profil = PROFILS[lettre.profil].lower()
    communs = {
        "entete": lettre.entete,
        "siren": espacer(lettre.siren),
        "destinataire": [lettre.denomination, *lettre.adresse],
    }
    if lettre.genre == "code":
        return communs | _avec_code(lettre, profil)
    return communs | _avec_administrateurs(lettre, profil)


def _avec_code(lettre: Lettre, profil: str) -> dict[str, Any]:
    settings = get_settings()
    return {
        "objet": "Votre code d’activation de Mon Espace",
        "paragraphes": [
            f"Mon Espace est le portail de {settings.opco_nom} où votre entreprise dépose ses demandes "
            "et en suit le paiement. Le code ci-dessous permet à la personne que vous désignez d’y "
            "devenir administrateur\u00a0: elle décide ensuite qui accède à vos dossiers, et pour quoi faire.",
        ],
        "code": codes.afficher(lettre.code),
        "validite": f"Dernier jour de validité\u00a0: {date_longue(lettre.jusqu)}",
        "etapes": [
            f"Créez votre compte sur {settings.url}, ou connectez-vous.",
            "Ouvrez «\u00a0J’ai un code d’activation\u00a0».",
            f"Saisissez le SIREN {espacer(lettre.siren)}, choisissez le profil {profil}, puis "
            "recopiez le code.",
        ],
        "suite": [
            f"Ce code ne vaut que pour ce SIREN et le profil {profil}. Il peut servir plusieurs fois\u00a0: "
            "nous vous conseillons de nommer au moins deux administrateurs. Confiez-le à eux seuls\u00a0; "
            f"{settings.opco_nom} ne vous le demandera jamais, ni par téléphone ni par e-mail.",
            "Si ce courrier ne vous concerne pas ou si le code ne fonctionne pas, appelez-nous au "
            f"{settings.opco_telephone}.",
        ],
        "administrateurs": [],
    }


def _avec_administrateurs(lettre: Lettre, profil: str) -> dict[str, Any]:
    settings = get_settings()
    relance = lettre.motif == "relance"
    return {
        "objet": "Vos administrateurs de Mon Espace",
        "paragraphes": [
            f"Mon Espace est le portail de {settings.opco_nom} où votre entreprise dépose ses demandes "
            "et en suit le paiement. "
            + ("Une demande d’accès à vos dossiers attend une réponse. " if relance else "")
            + f"Les personnes qui l’administrent pour vous, profil {profil}, sont\u00a0:",
        ],
        "code": None,
        "validite": None,
        "administrateurs": list(lettre.administrateurs),
        "etapes": [],
        "suite": [
            f"Pour répondre, il leur suffit de se connecter sur {settings.url}, ou d’y créer leur "
            "compte\u00a0: la demande les attend "
            "sous «\u00a0Mon entreprise\u00a0»."
            if relance
            else f"Dès que leur compte est créé sur {settings.url} avec l’adresse e-mail donnée à votre "
            "conseiller, elles ont accès à vos dossiers et décident qui d’autre y accède. Aucun code "
            "n’est nécessaire.",
            "Si aucune de ces personnes n’est plus en poste, votre conseiller peut faire envoyer un "
            "code d’activation à votre siège\u00a0: prévenez-le, ou appelez-nous au "
            f"{settings.opco_telephone}.",
        ],
    }

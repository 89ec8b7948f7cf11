"""A company typed by hand: what the register would have said."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from portal.core.entreprises.fiche import PROFILS
from portal.kit.formulaire import champ
from portal.kit.types import Siret, Texte


def _chiffres(longueur: int, phrase: str, *, completer: bool = False) -> BeforeValidator:
    """So many digits; spaces are dropped, and leading zeros added where people leave them out."""

    def lire(valeur: Any) -> Any:
        if not isinstance(valeur, str):
            return valeur
        texte = re.sub(r"\s", "", valeur)
        if completer and texte.isascii() and texte.isdigit():
            texte = texte.zfill(longueur)
        if not re.fullmatch(rf"\d{{{longueur}}}", texte, re.ASCII):
            raise PydanticCustomError("saisie", "{message}", {"message": phrase})
        return texte

    return BeforeValidator(lire)


CodePostal = Annotated[str, _chiffres(5, "Le code postal comporte 5\u00a0chiffres.")]
Idcc = Annotated[
    str,
    _chiffres(
        4,
        "Le code IDCC comporte 4\u00a0chiffres\u00a0; il figure sur le bulletin de paie.",
        completer=True,
    ),
]


class EntrepriseInconnue(BaseModel):
    """« Saisir une entreprise »."""

    siret: Siret = champ(
        "SIRET", widget="siret", longueur_max=40, exemple="732\u202f829\u202f320\u202f00074",
        aide="14\u00a0chiffres\u00a0; il figure sur les factures et les bulletins de paie.",
    )  # fmt: skip
    denomination: Texte = champ("Dénomination", longueur_max=150, autocomplete="organization")
    adresse_ligne1: Texte = champ(
        "Numéro et rue", longueur_max=120, autocomplete="address-line1"
    )  # fmt: skip
    adresse_ligne2: Texte = champ(
        "Complément d’adresse (facultatif)", longueur_max=120, obligatoire=False,
        autocomplete="address-line2",
    )  # fmt: skip
    code_postal: CodePostal = champ(
        "Code postal", longueur_max=10, inputmode="numeric", autocomplete="postal-code"
    )
    commune: Texte = champ("Commune", longueur_max=100, autocomplete="address-level2")
    profil: str = champ(
        "Profil", widget="radios", choix=tuple(PROFILS.items()),
        manque="Choisissez le profil\u00a0: Adhérent ou Prestataire.",
        aide="Adhérent\u00a0: pour les salariés de l’entreprise. Prestataire\u00a0: pour un organisme "
        "qui forme les salariés des autres.",
    )  # fmt: skip
    idcc: Idcc = champ(
        "Convention collective, code IDCC (facultatif)", longueur_max=10, obligatoire=False,
        inputmode="numeric", aide="4\u00a0chiffres, sur le bulletin de paie.",
    )  # fmt: skip

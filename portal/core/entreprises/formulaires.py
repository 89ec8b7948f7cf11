"""A company typed by hand: what the register would have said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from portal.core.entreprises.fiche import PROFILS
from portal.kit.formulaire import champ
from portal.kit.types import Siret, Texte


def _motif(expression: str, phrase: str) -> BeforeValidator:
    def lire(valeur: Any) -> Any:
        texte = re.sub(r"[\s\u00a0\u202f]", "", valeur) if isinstance(valeur, str) else valeur
        if isinstance(texte, str) and not re.fullmatch(expression, texte, re.ASCII):
            raise PydanticCustomError("saisie", "{message}", {"message": phrase})
        return texte

    return BeforeValidator(lire)


def _complet(lire: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda v: lire(v) if isinstance(v, str) else v)


CodePostal = Annotated[str, _motif(r"\d{5}", "Le code postal comporte 5\u00a0chiffres.")]
Idcc = Annotated[
    str,
    _complet(lambda v: v.strip().zfill(4) if v.strip().isdigit() else v),
    _motif(r"\d{4}", "Le code IDCC comporte 4\u00a0chiffres\u00a0; il figure sur le bulletin de paie."),
]  # fmt: skip


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
        aide="Adhérent\u00a0: pour les salariés de l’entreprise. Prestataire\u00a0: pour un organisme "
        "qui forme les salariés des autres.",
    )  # fmt: skip
    idcc: Idcc = champ(
        "Convention collective, code IDCC (facultatif)", longueur_max=10, obligatoire=False,
        inputmode="numeric", aide="4\u00a0chiffres, sur le bulletin de paie.",
    )  # fmt: skip

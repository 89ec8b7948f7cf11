"""Forms of the branch team: open, close, set a value. One model per kind of parameter."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, create_model
from pydantic_core import PydanticCustomError

from portal.infra.money import date_courte, nombre
from portal.kit import ParametreDeclare
from portal.kit.formulaire import champ
from portal.kit.types import DateFr, Texte, lire_nombre

CRITERE = "critere_"


class Ouvrir(BaseModel):
    """Open a dispositif to the branch."""

    du: DateFr = champ("Ouvert à partir du", widget="date")
    dernier: DateFr = champ(
        "Dernier jour (facultatif)",
        widget="date",
        obligatoire=False,
        aide="Laissez vide pour une ouverture sans fin prévue.",
    )


class Fermer(BaseModel):
    """Close it. Named unlike the other form's field: both stand on one page."""

    fermeture: DateFr = champ(
        "Dernier jour d’ouverture",
        widget="date",
        aide="Les dossiers transmis jusqu’à ce jour inclus gardent leurs règles.",
    )


_modeles: dict[tuple[Any, ...], type[BaseModel]] = {}


def modele_valeur(declare: ParametreDeclare) -> type[BaseModel]:
    """The form that sets a value of this parameter: value, criteria, first day, source."""
    signature = (
        declare.cle, declare.unite, declare.mots, declare.criteres,
        tuple(sorted((nom, choix) for nom, choix in declare.choix.items())),
    )  # fmt: skip
    if signature not in _modeles:
        _modeles[signature] = create_model("Valeur", **_champs(declare))
    return _modeles[signature]


def _champs(declare: ParametreDeclare) -> dict[str, Any]:
    mots = " ou ".join(f"«\u00a0{mot}\u00a0»" for mot in declare.mots)
    champs: dict[str, Any] = {
        "valeur": (
            Annotated[Texte, AfterValidator(_lecteur(declare))],
            champ(
                "Valeur",
                suffixe=declare.unite,
                inputmode="text" if declare.mots else "decimal",
                longueur_max=40,
                aide=f"Un nombre, ou {mots}." if mots else "",
            ),
        )
    }
    for nom in declare.criteres:
        libelle = nom.replace("_", " ").capitalize()
        champs[CRITERE + nom] = (
            (str, champ(libelle, choix=(("", "Toutes les situations"), *declare.choix[nom]), obligatoire=False))
            if nom in declare.choix
            else (Texte, champ(libelle, obligatoire=False, longueur_max=60))
        )  # fmt: skip
    champs["du"] = (DateFr, champ("Applicable à partir du", widget="date"))
    champs["source"] = (
        Texte,
        champ(
            "Source",
            longueur_max=300,
            aide="Le texte qui fixe cette valeur\u00a0: accord de branche, décision, et sa date.",
        ),
    )
    return champs


def _lecteur(declare: ParametreDeclare) -> Any:
    def lire(saisi: str) -> str:
        if saisi.lower() in declare.mots:
            return saisi.lower()
        try:
            valeur = lire_nombre(saisi)
        except ValueError as erreur:
            raise PydanticCustomError("saisie", "{message}", {"message": str(erreur)}) from None
        if valeur < 0:
            raise PydanticCustomError("saisie", "Une valeur ne peut pas être négative.")
        return f"{valeur:f}"

    return lire


def criteres_de(valides: dict[str, Any]) -> dict[str, str]:
    """The criteria that were chosen in a form."""
    return {
        nom.removeprefix(CRITERE): valeur
        for nom, valeur in valides.items()
        if nom.startswith(CRITERE) and valeur
    }


def dire_valeur(declare: ParametreDeclare | None, valeur: str) -> str:
    """« 1 200,00 €/jour », « 30 personnes », « sans »."""
    try:
        lue = Decimal(valeur)
    except ArithmeticError:
        return valeur
    unite = declare.unite if declare else ""
    return f"{nombre(lue, decimales=2 if '€' in unite else None)}\u00a0{unite}".strip()


def dire_criteres(declare: ParametreDeclare | None, criteres: dict[str, str]) -> str:
    """« Moins de 11 salariés, Outre-mer », or « Toutes les situations »."""
    libelles = []
    for nom, valeur in sorted(criteres.items()):
        choix = dict(declare.choix.get(nom, ())) if declare else {}
        libelles.append(choix.get(valeur, valeur))
    return ", ".join(libelles) or "Toutes les situations"


def dire_periode(du: Any, dernier: Any) -> str:
    """« depuis le 01/01/2026 », « du 01/01/2026 au 31/03/2026 »."""
    if dernier is None:
        return f"à partir du {date_courte(du)}"
    return f"du {date_courte(du)} au {date_courte(dernier)}"

"""Steps of an action de formation, each field with its label, help and type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel

from portal.kit import Personne, champ
from portal.kit.types import (
    Courriel,
    DateFr,
    Entier,
    Montant,
    Nda,
    Nombre,
    OuiNon,
    Siret,
    Telephone,
    Texte,
)

INTER, INTRA = "inter", "intra"
MODALITES = (
    (INTER, "Inter-entreprises (vos salariés rejoignent une session ouverte à d’autres)"),
    (INTRA, "Intra-entreprise (la session est organisée pour vos seuls salariés)"),
)
LIEUX = (
    ("presentiel", "En présentiel"),
    ("distanciel", "À distance"),
    ("mixte", "En partie à distance"),
)
PAYEURS = (
    ("entreprise", "Mon entreprise paie l’organisme, puis demande le remboursement"),
    ("opco", "L’OPCO paie directement l’organisme (subrogation de paiement)"),
)


def _annexes(valides: Mapping[str, Any]) -> bool:
    return bool(valides.get("annexes"))


class Entreprise(BaseModel):
    """Who answers for the request. The company itself comes from the register."""

    contact_nom: Texte = champ("Nom du contact", longueur_max=80, autocomplete="name", connu="nom")
    contact_courriel: Courriel = champ(
        "Adresse e-mail du contact", widget="courriel", autocomplete="email", connu="email"
    )
    contact_telephone: Telephone = champ(
        "Téléphone du contact",
        widget="telephone",
        obligatoire=False,
        autocomplete="tel",
        connu="telephone",
    )
    effectif: Annotated[Entier, Ge(1), Le(500_000)] = champ(
        "Effectif de l’entreprise",
        widget="entier",
        aide="Nombre de salariés de toute l’entreprise (SIREN). Il fixe les plafonds applicables.",
        inputmode="numeric",
        connu="effectif",
    )


class Organisme(BaseModel):
    """The training body: known by its SIRET, declared (NDA) and certified (Qualiopi)."""

    siret: Siret = champ(
        "SIRET de l’organisme de formation",
        widget="siret",
        aide="14 chiffres. Le nom se remplit depuis le registre.",
        exemple="732 829 320 00074",
        pilote=True,
        remplit=(("denomination", "denomination"), ("nda", "nda")),
    )
    denomination: Texte = champ("Nom de l’organisme", longueur_max=120, autocomplete="off")
    nda: Nda = champ(
        "Numéro de déclaration d’activité",
        aide="11 chiffres, sur la convention de formation.",
        exemple="11 75 12345 75",
        inputmode="numeric",
    )
    qualiopi: OuiNon = champ(
        "L’organisme est certifié Qualiopi pour les actions de formation",
        widget="oui_non",
        aide="Sans cette certification, la formation ne peut pas être financée.",
    )


class Formation(BaseModel):
    """What is taught, when, how long."""

    intitule: Texte = champ("Intitulé de la formation", longueur_max=200)
    objectif: Texte = champ(
        "Objectif",
        widget="zone",
        longueur_max=2000,
        aide="Ce que les stagiaires sauront faire à la fin.",
    )
    modalite: str = champ("Organisation", widget="radios", choix=MODALITES)
    lieu: str = champ("Lieu", widget="radios", choix=LIEUX)
    debut: DateFr = champ("Date de début", widget="date", exemple="14/03/2026")
    fin: DateFr = champ("Date de fin", widget="date", exemple="15/03/2026")
    heures: Annotated[Nombre, Gt(0), Le(2000)] = champ(
        "Durée par stagiaire",
        widget="decimal",
        suffixe="h",
        aide="En heures, pour un stagiaire.",
        inputmode="decimal",
    )
    jours: Annotated[Nombre, Gt(0), Le(400)] = champ(
        "Nombre de jours",
        widget="decimal",
        suffixe="j",
        aide="Une demi-journée compte pour 0,5.",
        inputmode="decimal",
    )


class Stagiaires(BaseModel):
    """Who is trained."""

    personnes: list[Personne] = champ(
        "Stagiaires",
        widget="groupe",
        ajouter="Ajouter un stagiaire",
        titre_ligne="Stagiaire",
        manque="Ajoutez au moins un stagiaire.",
    )


class Couts(BaseModel):
    """What it costs and who pays the training body."""

    prix: Montant = champ(
        "Coût pédagogique HT",
        widget="montant",
        suffixe="€",
        aide="Le prix de la formation hors taxes, pour l’ensemble des stagiaires.",
        inputmode="decimal",
    )
    salaires: OuiNon = champ(
        "Je demande la prise en charge des salaires pendant la formation", widget="oui_non"
    )
    annexes: OuiNon = champ(
        "Je demande la prise en charge de repas ou de nuits d’hébergement",
        widget="oui_non",
        pilote=True,
    )
    repas: Annotated[Entier, Ge(0), Le(10_000)] = champ(
        "Nombre de repas", widget="entier", obligatoire=False, si=_annexes, inputmode="numeric"
    )
    cout_repas: Montant = champ(
        "Coût total des repas", widget="montant", suffixe="€", obligatoire=False, si=_annexes,
        inputmode="decimal",
    )  # fmt: skip
    nuits: Annotated[Entier, Ge(0), Le(10_000)] = champ(
        "Nombre de nuits", widget="entier", obligatoire=False, si=_annexes, inputmode="numeric"
    )
    cout_nuits: Montant = champ(
        "Coût total des nuits", widget="montant", suffixe="€", obligatoire=False, si=_annexes,
        inputmode="decimal",
    )  # fmt: skip
    payeur: str = champ("Qui paie l’organisme de formation ?", widget="radios", choix=PAYEURS)

"""What rights mean, in words: « Voir comme ». Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.core.rattachements.matrice.regles import Regle
from portal.web.garde import DOMAINES, VERBES

PHRASES: Mapping[str, Mapping[str, str]] = {
    "dossiers": {
        "consulter": "voir les dossiers, leurs pièces et leurs courriers",
        "saisir": "créer, compléter et transmettre des dossiers, répondre au gestionnaire",
        "supprimer": "supprimer un brouillon, annuler un dossier",
    },
    "factures": {
        "consulter": "voir les factures, les demandes de remboursement et les règlements",
        "saisir": "déposer des factures et demander des remboursements",
        "supprimer": "retirer une facture ou une demande de remboursement",
    },
    "rib": {
        "consulter": "voir le RIB, masqué",
        "saisir": "changer le RIB",
        "supprimer": "supprimer un RIB",
    },
    "rattachements": {
        "consulter": "voir les utilisateurs et leurs droits",
        "saisir": "répondre aux demandes de rattachement, sans donner plus que ses propres droits",
        "supprimer": "retirer l’accès d’un utilisateur",
    },
    "contributions": {
        "consulter": "voir les contributions",
        "saisir": "déclarer les contributions",
        "supprimer": "supprimer une déclaration en brouillon",
    },
}
ABSENCES = {
    "dossiers": "les dossiers",
    "factures": "les factures, les demandes de remboursement et les règlements",
    "rib": "le RIB",
    "rattachements": "les autres utilisateurs",
    "contributions": "les contributions",
}
CITES = 8


@dataclass(frozen=True)
class Passage:
    """Where, for what, and the things that can be done there."""

    ou: str
    pour: str
    actions: list[str]
    lieux: tuple[str, ...] | None = None


def passages(
    regles: Iterable[Regle], noms: Mapping[str, str], dispositifs: Mapping[str, str]
) -> list[Passage]:
    """One for each line; `noms` of establishments by SIRET, `dispositifs` by code."""
    return [
        Passage(ou(regle, noms), pour(regle, dispositifs), actions(regle.droits), regle.lieux)
        for regle in regles
    ]


def actions(droits: Collection[str]) -> list[str]:
    """« voir les dossiers… », in the order of screens."""
    return [PHRASES[d][v] for d in DOMAINES for v in VERBES if f"{d}.{v}" in droits]


def absences(regles: Iterable[Regle]) -> list[str]:
    """What she does not see at all."""
    vus = {droit.partition(".")[0] for regle in regles for droit in regle.droits}
    return [texte for domaine, texte in ABSENCES.items() if domaine not in vus]


def ou(regle: Regle, noms: Mapping[str, str]) -> str:
    """« Tous les établissements », « 3 établissements : Lille, Roubaix, Douai »."""
    if regle.lieux is None:
        return "Tous les établissements, ceux ouverts plus tard compris"
    cites = [noms.get(siret, siret) for siret in regle.lieux[:CITES]]
    if len(regle.lieux) == 1:
        return f"Établissement {cites[0]}"
    reste = len(regle.lieux) - len(cites)
    suite = f" et {reste}\u00a0autre{'s' if reste > 1 else ''}" if reste else ""
    return f"{len(regle.lieux)}\u00a0établissements\u00a0: {' · '.join(cites)}{suite}"


def pour(regle: Regle, dispositifs: Mapping[str, str]) -> str:
    """« Tous les dispositifs », or their names."""
    if regle.dispositifs is None:
        return "Tous les dispositifs"
    return ", ".join(dispositifs.get(c, c) for c in regle.dispositifs)

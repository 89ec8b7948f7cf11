"""Dated parameters of the dispositif and the values known at the time of writing.

Values read on 2026-06-11 from the published rules of 2026; a branch team confirms or replaces them
on its screen. IDCC None is the interprofessional rule.
"""

from __future__ import annotations

from datetime import date

from portal.kit import ParametreDeclare, ValeurInitiale

DU = date(2026, 1, 1)
SOURCE = "Règles de prise en charge 2026 (relevé du 11/06/2026, à confirmer par la branche)"
DIMENSIONS = ("tranche", "territoire")
CHOIX = {
    "tranche": (
        ("<11", "Moins de 11 salariés"),
        ("11-49", "De 11 à 49 salariés"),
        ("50+", "50 salariés et plus"),
    ),
    "territoire": (("metropole", "Métropole"), ("outre-mer", "Outre-mer")),
}

PARAMETRES = (
    ParametreDeclare(
        cle="formation.cout_horaire",
        libelle="Plafond du coût pédagogique par heure et par stagiaire («\u00a0sans\u00a0»\u00a0: coût réel)",
        unite="€/h",
        criteres=DIMENSIONS,
        choix=CHOIX,
        mots=("sans",),
    ),
    ParametreDeclare(
        cle="formation.cout_jour_groupe",
        libelle="Plafond du coût pédagogique par jour et par groupe, en intra",
        unite="€/jour",
        criteres=DIMENSIONS,
        choix=CHOIX,
    ),
    ParametreDeclare(
        cle="formation.groupe_min",
        libelle="Nombre de stagiaires à partir duquel le plafond par groupe s’applique",
        unite="stagiaires",
    ),
    ParametreDeclare(
        cle="formation.salaire_horaire",
        libelle="Forfait de salaire par heure et par stagiaire",
        unite="€/h",
        criteres=DIMENSIONS,
        choix=CHOIX,
    ),
    ParametreDeclare(cle="formation.repas", libelle="Plafond par repas", unite="€"),
    ParametreDeclare(cle="formation.nuit", libelle="Plafond par nuit d’hébergement", unite="€"),
    ParametreDeclare(
        cle="formation.heures_par_jour",
        libelle="Durée de formation par jour, au plus",
        unite="h/jour",
    ),
    ParametreDeclare(
        cle="formation.age_minimum", libelle="Âge minimal d’un stagiaire", unite="ans"
    ),
    ParametreDeclare(
        cle="formation.plafond_annuel",
        libelle="Plafond annuel par entreprise (SIREN)",
        unite="€",
        criteres=DIMENSIONS,
        choix=CHOIX,
    ),
    ParametreDeclare(
        cle="formation.delai_depot",
        libelle="Délai conseillé entre le dépôt et le début",
        unite="jours calendaires",
    ),
)


LOI = date(2016, 8, 10)
"""Day from which these articles hold in the wording that is applied."""


def _loi(cle: str, valeur: str, source: str) -> ValeurInitiale:
    return ValeurInitiale(cle=f"formation.{cle}", valeur=valeur, du=LOI, source=source)


def _valeur(cle: str, valeur: str, idcc: str | None = None, **criteres: str) -> ValeurInitiale:
    return ValeurInitiale(
        cle=f"formation.{cle}", valeur=valeur, du=DU, source=SOURCE, idcc=idcc, criteres=criteres
    )


VALEURS = (
    _loi("heures_par_jour", "10", "Code du travail, article L. 3121-18"),
    _loi("age_minimum", "14", "Code du travail, article L. 4153-1"),
    _valeur("delai_depot", "30"),
    _valeur("cout_horaire", "30.00"),
    _valeur("cout_horaire", "40.00", territoire="outre-mer"),
    _valeur("salaire_horaire", "13.00"),
    _valeur("salaire_horaire", "12.00", territoire="outre-mer"),
    _valeur("plafond_annuel", "2500.00", tranche="<11"),
    _valeur("plafond_annuel", "4000.00", tranche="11-49"),
    _valeur("plafond_annuel", "5000.00", tranche="<11", territoire="outre-mer"),
    _valeur("plafond_annuel", "7000.00", tranche="11-49", territoire="outre-mer"),
    _valeur("cout_horaire", "60.00", "1516"),
    _valeur("cout_jour_groupe", "1200.00", "1516"),
    _valeur("groupe_min", "3", "1516"),
    _valeur("salaire_horaire", "15.00", "1516"),
    _valeur("nuit", "150.00", "1516"),
    _valeur("repas", "25.00", "1516"),
    _valeur("plafond_annuel", "4500.00", "1516", tranche="<11"),
    _valeur("plafond_annuel", "5600.00", "1516", tranche="11-49"),
    _valeur("cout_horaire", "sans", "0573"),
    _valeur("salaire_horaire", "13.00", "0573"),
    _valeur("plafond_annuel", "6000.00", "0573", tranche="<11"),
    _valeur("plafond_annuel", "12000.00", "0573", tranche="11-49"),
)

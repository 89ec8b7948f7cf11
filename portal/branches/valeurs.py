"""Parameters of the engine itself, whatever the dispositif, with the values known at the start."""

from __future__ import annotations

from datetime import date

from portal.kit import ParametreDeclare, ValeurInitiale
from portal.kit.controles import CLE_PERSONNES_MAX

PARAMETRES = (
    ParametreDeclare(
        cle=CLE_PERSONNES_MAX,
        libelle="Nombre de personnes au plus dans un dossier",
        unite="personnes",
    ),
    ParametreDeclare(
        cle="dossier.delai_complement",
        libelle="Délai proposé pour répondre à une demande de complément",
        unite="jours calendaires",
    ),
    ParametreDeclare(
        cle="rattachement.code_mois",
        libelle="Vie d’un code d’activation après sa réception",
        unite="mois",
    ),
    ParametreDeclare(
        cle="rattachement.relance_jours",
        libelle="Rappel aux administrateurs d’une demande sans réponse, après",
        unite="jours ouvrés",
    ),
    ParametreDeclare(
        cle="rattachement.recours_jours",
        libelle="Autre voie proposée à qui n’a pas eu de réponse, après",
        unite="jours ouvrés",
    ),
)

VALEURS = (
    ValeurInitiale(
        cle=CLE_PERSONNES_MAX,
        valeur="30",
        du=date(2020, 1, 1),
        source="Foire aux questions Mon Espace",
    ),
    ValeurInitiale(
        cle="dossier.delai_complement",
        valeur="15",
        du=date(2020, 1, 1),
        source="Usage de l’OPCO",
    ),
    ValeurInitiale(
        cle="rattachement.code_mois",
        valeur="3",
        du=date(2020, 1, 1),
        source="Foire aux questions Mon Espace, «\u00a0Codes d’activation et sécurité\u00a0»",
    ),
    ValeurInitiale(
        cle="rattachement.relance_jours",
        valeur="5",
        du=date(2020, 1, 1),
        source="Usage de l’OPCO",
    ),
    ValeurInitiale(
        cle="rattachement.recours_jours",
        valeur="15",
        du=date(2020, 1, 1),
        source="Usage de l’OPCO",
    ),
)

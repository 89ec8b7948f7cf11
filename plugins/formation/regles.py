"""Controls of an action de formation. Pure functions; each names its source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from portal.kit import Cadre, Constat, Donnees, controle
from portal.kit.controles import dates_en_ordre, nir_concordant, nir_unique, personnes_max

PERSONNES = "stagiaires.personnes"
AGE_VRAISEMBLABLE = 100
"""Beyond it the year is a typing mistake, whatever the law."""


@controle(
    "depot-avant-debut",
    "Le dossier est déposé avant le début de la formation",
    "Foire aux questions Mon Espace\u00a0; règles de l’OPCO",
)
def depot_avant_debut(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    debut = donnees.lire("formation.debut")
    if debut and debut <= cadre.aujourd_hui:
        yield Constat(
            "La formation est déjà commencée\u00a0: le dossier se dépose avant son début. "
            "Corrigez la date, ou voyez avec votre conseiller.",
            ("formation.debut",),
        )


@controle(
    "delai-depot",
    "Le dossier est déposé assez tôt",
    "Règles de l’OPCO, délai fixé par la branche",
    severite="avertissement",
)
def delai_depot(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    debut = donnees.lire("formation.debut")
    delai = cadre.parametres.lire("formation.delai_depot")
    if not debut or delai is None or debut <= cadre.aujourd_hui:
        return
    jours = int(delai.valeur)
    if debut < cadre.aujourd_hui + timedelta(days=jours):
        yield Constat(
            f"Il reste moins de {jours} jours avant le début\u00a0: la réponse peut arriver après. "
            "Vous pouvez transmettre quand même.",
            ("formation.debut",),
        )


@controle(
    "qualiopi",
    "L’organisme est certifié Qualiopi",
    "Code du travail, article L. 6316-1",
)
def qualiopi(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    if donnees.lire("organisme.qualiopi") is False:
        yield Constat(
            "Sans certification Qualiopi, la formation ne peut pas être financée. "
            "Choisissez un organisme certifié.",
            ("organisme.qualiopi",),
        )


@controle(
    "duree-possible",
    "La durée tient dans le nombre de jours et dans la période",
    "Code du travail, articles L. 3121-18 et L. 6321-6",
)
def duree_possible(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    heures, jours = donnees.lire("formation.heures"), donnees.lire("formation.jours")
    debut, fin = donnees.lire("formation.debut"), donnees.lire("formation.fin")
    limite = cadre.parametres.lire("formation.heures_par_jour")
    if heures and jours and limite and heures > jours * limite.montant:
        yield Constat(
            f"{_nombre(heures)}\u00a0h en {_nombre(jours)} jour(s), c’est plus de {limite.valeur}\u00a0h par jour. "
            "Corrigez la durée ou le nombre de jours.",
            ("formation.heures", "formation.jours"),
        )
    if jours and debut and fin and debut <= fin and jours > (fin - debut).days + 1:
        yield Constat(
            "Il y a plus de jours de formation que de jours entre le début et la fin. "
            "Corrigez les dates ou le nombre de jours.",
            ("formation.jours", "formation.fin"),
        )


@controle(
    "age-stagiaires",
    "Chaque stagiaire a l’âge de travailler",
    "Code du travail, article L. 4153-1",
)
def age_stagiaires(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    minimum = cadre.parametres.lire("formation.age_minimum")
    for ligne in donnees.lignes(PERSONNES):
        naissance = ligne.get("date_naissance")
        if naissance is None or minimum is None:
            continue
        jour = cadre.aujourd_hui
        age = (
            jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day))
        )
        if not int(minimum.valeur) <= age <= AGE_VRAISEMBLABLE:
            yield Constat(
                "Cette date de naissance donne un âge impossible pour un salarié. Vérifiez l’année.",
                (f"{PERSONNES}.{ligne['cle']}.date_naissance",),
            )


@controle(
    "entreprise-moins-50",
    "L’entreprise compte moins de 50 salariés",
    "Code du travail, article L. 6332-17",
    severite="avertissement",
)
def moins_de_50(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    effectif = donnees.lire("entreprise.effectif")
    if effectif and effectif >= 50:
        yield Constat(
            "À partir de 50 salariés, les fonds légaux du plan ne peuvent pas financer la "
            "formation\u00a0; seul un fonds conventionnel ou volontaire le peut.",
            ("entreprise.effectif",),
        )


def _nombre(valeur: Decimal) -> str:
    return f"{valeur.normalize():f}".replace(".", ",")


CONTROLES = (
    dates_en_ordre(
        "formation.debut",
        "formation.fin",
        "La fin précède le début. Corrigez l’une des deux dates.",
    ),
    depot_avant_debut,
    delai_depot,
    duree_possible,
    qualiopi,
    personnes_max(PERSONNES),
    nir_concordant(PERSONNES),
    nir_unique(PERSONNES),
    age_stagiaires,
    moins_de_50,
)

"""Funding of an action de formation: pure, line by line, each amount with its explanation.

Ceilings are dated parameters of the branch (see `valeurs.py`); nothing here is a figure of law.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from portal.kit import Cadre, Donnees, Financement, LigneFinancement, au_centime
from portal.kit.financement import ValeurDatee

ZERO = Decimal("0.00")
SANS_PLAFOND = "sans"
OUTRE_MER = ("971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988")


def tranche(effectif: int) -> str:
    """Band of the company's size, as the rules of the branches cut it."""
    if effectif < 11:
        return "<11"
    return "11-49" if effectif < 50 else "50+"


def territoire(departement: str) -> str:
    return "outre-mer" if departement.startswith(OUTRE_MER) else "metropole"


def criteres(donnees: Donnees, cadre: Cadre) -> dict[str, str]:
    effectif = donnees.lire("entreprise.effectif") or cadre.entreprise.effectif
    return {
        "tranche": tranche(effectif),
        "territoire": territoire(cadre.entreprise.departement),
    }


def financer(donnees: Donnees, cadre: Cadre) -> Financement:
    """Pédagogie, salaires, repas and nuits, under the ceilings of the branch and of the year."""
    manque = _manque(donnees)
    if manque:
        return Financement(incomplet=manque)
    dimensions = criteres(donnees, cadre)
    if dimensions["tranche"] == "50+":
        return Financement(lignes=_sans_fonds(donnees))
    lignes = [_pedagogie(donnees, cadre, dimensions)]
    if donnees.lire("couts.salaires"):
        lignes.append(_salaires(donnees, cadre, dimensions))
    lignes += _annexes(donnees, cadre, dimensions)
    return Financement(lignes=_plafond_annuel(lignes, donnees, cadre, dimensions))


def _manque(donnees: Donnees) -> tuple[str, ...]:
    attendus = {
        "formation.modalite": "l’organisation de la formation",
        "formation.debut": "la date de début",
        "formation.heures": "la durée",
        "formation.jours": "le nombre de jours",
        "couts.prix": "le coût pédagogique",
    }
    manque = [dit for chemin, dit in attendus.items() if donnees.lire(chemin) is None]
    if not donnees.lignes("stagiaires.personnes"):
        manque.append("les stagiaires")
    return tuple(manque)


def _sans_fonds(donnees: Donnees) -> tuple[LigneFinancement, ...]:
    prix: Decimal = donnees.lire("couts.prix")
    return (
        LigneFinancement(
            code="pedagogie",
            libelle="Coût pédagogique",
            demande=prix,
            accorde=ZERO,
            calcul="Entreprise de 50 salariés et plus\u00a0: hors des fonds légaux du plan.",
            regle="Fonds légaux réservés aux moins de 50 salariés",
            source="Code du travail, article L. 6332-17",
        ),
    )


def _pedagogie(donnees: Donnees, cadre: Cadre, dimensions: dict[str, str]) -> LigneFinancement:
    prix: Decimal = donnees.lire("couts.prix")
    nombre = len(donnees.lignes("stagiaires.personnes"))
    groupe = _groupe(donnees, cadre, dimensions, nombre)
    if groupe is not None:
        plafond, calcul, valeur = groupe
    else:
        horaire = cadre.parametres.lire("formation.cout_horaire", **dimensions)
        if horaire is None:
            return _non_finance("pedagogie", "Coût pédagogique", prix)
        valeur = horaire
        if horaire.valeur == SANS_PLAFOND:
            plafond, calcul = prix, f"Coût réel\u00a0: {_euros(prix)}, sans plafond horaire"
        else:
            heures: Decimal = donnees.lire("formation.heures")
            plafond = au_centime(heures * nombre * horaire.montant)
            calcul = (
                f"{_stagiaires(nombre)} × {_nombre(heures)}\u00a0h × {_euros(horaire.montant)}"
                f" = {_euros(plafond)}"
            )
    return LigneFinancement(
        code="pedagogie",
        libelle="Coût pédagogique",
        demande=prix,
        accorde=min(prix, plafond),
        calcul=calcul if plafond <= prix else f"{calcul}, ramené au prix demandé",
        regle="Plafond du coût pédagogique",
        source=_source(valeur),
    )


def _groupe(
    donnees: Donnees, cadre: Cadre, dimensions: dict[str, str], nombre: int
) -> tuple[Decimal, str, ValeurDatee] | None:
    """Intra: a ceiling per day and group, where the branch has one and the group is big enough."""
    if donnees.lire("formation.modalite") != "intra":
        return None
    jour = cadre.parametres.lire("formation.cout_jour_groupe", **dimensions)
    minimum = cadre.parametres.lire("formation.groupe_min", **dimensions)
    if jour is None or (minimum is not None and nombre < int(minimum.valeur)):
        return None
    jours: Decimal = donnees.lire("formation.jours")
    plafond = au_centime(jours * jour.montant)
    return plafond, f"{_nombre(jours)} jour(s) × {_euros(jour.montant)} = {_euros(plafond)}", jour


def _salaires(donnees: Donnees, cadre: Cadre, dimensions: dict[str, str]) -> LigneFinancement:
    forfait = cadre.parametres.lire("formation.salaire_horaire", **dimensions)
    if forfait is None:
        return _non_finance("salaires", "Salaires", ZERO)
    nombre = len(donnees.lignes("stagiaires.personnes"))
    heures: Decimal = donnees.lire("formation.heures")
    montant = au_centime(heures * nombre * forfait.montant)
    return LigneFinancement(
        code="salaires",
        libelle="Salaires",
        demande=montant,
        accorde=montant,
        calcul=f"{_stagiaires(nombre)} × {_nombre(heures)}\u00a0h × {_euros(forfait.montant)}",
        regle="Forfait horaire de salaire",
        source=_source(forfait),
    )


def _annexes(donnees: Donnees, cadre: Cadre, dimensions: dict[str, str]) -> list[LigneFinancement]:
    if not donnees.lire("couts.annexes"):
        return []
    lignes = []
    for code, libelle, quantite, cle in (
        ("repas", "Repas", "couts.repas", "formation.repas"),
        ("nuits", "Nuits d’hébergement", "couts.nuits", "formation.nuit"),
    ):
        nombre = donnees.lire(quantite) or 0
        demande: Decimal = donnees.lire(f"couts.cout_{code}") or ZERO
        if not nombre and not demande:
            continue
        unite = cadre.parametres.lire(cle, **dimensions)
        if unite is None:
            lignes.append(_non_finance(code, libelle, demande))
            continue
        plafond = au_centime(nombre * unite.montant)
        lignes.append(
            LigneFinancement(
                code=code,
                libelle=libelle,
                demande=demande,
                accorde=min(demande, plafond),
                calcul=f"{nombre} × {_euros(unite.montant)} = {_euros(plafond)} au plus",
                regle=f"Plafond par unité\u00a0: {libelle.lower()}",
                source=_source(unite),
            )
        )
    return lignes


def _plafond_annuel(
    lignes: list[LigneFinancement], donnees: Donnees, cadre: Cadre, dimensions: dict[str, str]
) -> tuple[LigneFinancement, ...]:
    """What is left of the company's yearly ceiling bounds the lines, in their order."""
    plafond = cadre.parametres.lire("formation.plafond_annuel", **dimensions)
    if plafond is None:
        return tuple(lignes)
    annee = donnees.lire("formation.debut").year
    reste = max(ZERO, plafond.montant - cadre.deja_engage.get(annee, ZERO))
    bornees = []
    disponible = reste
    for ligne in lignes:
        accorde = min(ligne.accorde, disponible)
        disponible -= accorde
        if accorde < ligne.accorde:
            ligne = replace(
                ligne,
                accorde=accorde,
                calcul=f"{ligne.calcul}\u00a0; limité à {_euros(accorde)} par le plafond annuel "
                f"de l’entreprise ({_euros(plafond.montant)} en {annee}, reste {_euros(reste)})",
                source=_sources(ligne.source, _source(plafond)),
            )
        bornees.append(ligne)
    return tuple(bornees)


def _non_finance(code: str, libelle: str, demande: Decimal) -> LigneFinancement:
    return LigneFinancement(
        code=code,
        libelle=libelle,
        demande=demande,
        accorde=ZERO,
        calcul="Votre branche ne prévoit pas de financement pour ce poste.",
        regle="Poste non financé",
        source="Règles de prise en charge de la branche",
    )


def _sources(*textes: str) -> str:
    """Where an amount comes from, each text said once."""
    return "\u00a0; ".join(dict.fromkeys(textes))


def _source(valeur: ValeurDatee) -> str:
    return f"{valeur.source}, à partir du {valeur.du:%d/%m/%Y}"


def _nombre(valeur: Decimal) -> str:
    return f"{valeur.normalize():f}".replace(".", ",")


def _euros(montant: Decimal) -> str:
    entier, _, centimes = f"{au_centime(montant):,.2f}".partition(".")
    return f"{entier.replace(',', chr(0x202F))},{centimes}\u00a0€"


def _stagiaires(nombre: int) -> str:
    return f"{nombre} stagiaire{'s' if nombre > 1 else ''}"

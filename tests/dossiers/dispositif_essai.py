"""A dispositif for the engine's tests: every kind of field, few rules, simple money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from portal.kit import (
    Cadre,
    Constat,
    Dispositif,
    Donnees,
    Echeance,
    Etape,
    Financement,
    LigneFinancement,
    MotifRefus,
    Personne,
    Piece,
    Resume,
    au_centime,
    champ,
    controle,
)
from portal.kit.controles import dates_en_ordre, nir_concordant, nir_unique, personnes_max
from portal.kit.identifiants import cle_nir
from portal.kit.types import DateFr, Iban, Montant, OuiNon, Siret, Texte

CODE = "essai"
PERSONNES = "personnes.inscrits"


def _detail(valides: Mapping[str, Any]) -> bool:
    return bool(valides.get("avec_detail"))


class Projet(BaseModel):
    intitule: Texte = champ("Intitulé du projet", longueur_max=200)
    objectif: Texte = champ("Objectif", widget="zone", longueur_max=2000, obligatoire=False)
    debut: DateFr = champ("Date de début", widget="date", exemple="14/03/2026")
    fin: DateFr = champ("Date de fin", widget="date", exemple="15/03/2026")
    lieu: str = champ("Lieu", widget="radios", choix=(("ici", "Ici"), ("ailleurs", "Ailleurs")))
    avec_detail: OuiNon = champ("Ajouter un détail", widget="oui_non", pilote=True)
    detail: Texte = champ("Détail", si=_detail)


class Organisme(BaseModel):
    siret: Siret = champ(
        "SIRET de l’organisme",
        widget="siret",
        pilote=True,
        remplit=(("denomination", "denomination"),),
    )
    denomination: Texte = champ("Nom de l’organisme", longueur_max=120)
    iban: Iban = champ("IBAN de l’organisme", widget="iban", secret="iban", obligatoire=False)


class Inscrits(BaseModel):
    inscrits: list[Personne] = champ(
        "Personnes inscrites",
        widget="groupe",
        ajouter="Ajouter une personne",
        titre_ligne="Personne",
        manque="Ajoutez au moins une personne.",
    )


class Couts(BaseModel):
    prix: Montant = champ("Prix HT", widget="montant")
    exact: OuiNon = champ("Je certifie l’exactitude du prix", widget="case")


@controle("prix-plausible", "Le prix est plausible", "Règle d’essai", severite="avertissement")
def prix_plausible(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    prix = donnees.lire("couts.prix")
    if prix is not None and prix > 10_000:
        yield Constat("Ce prix est élevé\u00a0: vérifiez-le.", ("couts.prix",))


def financer(donnees: Donnees, cadre: Cadre) -> Financement:
    prix: Decimal | None = donnees.lire("couts.prix")
    if prix is None:
        return Financement(incomplet=("le prix",))
    return Financement(
        lignes=(
            LigneFinancement(
                code="prix",
                libelle="Prix",
                demande=prix,
                accorde=au_centime(prix / 2),
                calcul="la moitié du prix",
                regle="Moitié du prix",
                source="Règle d’essai, 2026",
            ),
        )
    )


def resumer(donnees: Donnees) -> Resume:
    return Resume(
        intitule=donnees.lire("projet.intitule", ""),
        debut=donnees.lire("projet.debut"),
        fin=donnees.lire("projet.fin"),
        personnes=tuple(
            f"{p.get('prenom', '')} {p.get('nom', '')}".strip() for p in donnees.lignes(PERSONNES)
        ),
        organisme_siret=donnees.lire("organisme.siret"),
        organisme_nom=donnees.lire("organisme.denomination", ""),
    )


def echeancier(resume: Resume, accorde: Decimal) -> tuple[Echeance, ...]:
    lendemain = resume.fin + timedelta(days=1) if resume.fin else None
    return (Echeance("À la fin", lendemain, accorde),)


ESSAI = Dispositif(
    code=CODE,
    libelle="Dispositif d’essai",
    resume="Pour les essais du moteur.",
    prefixe="ES",
    etapes=(
        Etape(code="projet", libelle="Projet", modele=Projet, aide="Ce que vous voulez faire."),
        Etape(code="organisme", libelle="Organisme", modele=Organisme),
        Etape(code="personnes", libelle="Personnes", modele=Inscrits),
        Etape(code="couts", libelle="Coûts", modele=Couts),
    ),
    pieces=(
        Piece(code="convention", libelle="Convention", contenu="Signée par les deux parties."),
        Piece(code="programme", libelle="Programme", contenu="Le déroulé.", obligatoire=False),
        Piece(
            code="certificat",
            libelle="Certificat de réalisation",
            contenu="Établi après coup.",
            moment="realisation",
        ),
    ),
    controles=(
        nir_concordant(PERSONNES),
        nir_unique(PERSONNES),
        personnes_max(PERSONNES),
        dates_en_ordre("projet.debut", "projet.fin", "La fin précède le début."),
        prix_plausible,
    ),
    financer=financer,
    echeancier=echeancier,
    resumer=resumer,
    motifs_refus=(MotifRefus(code="non", libelle="Hors champ", suite="Voyez votre conseiller."),),
    guide="Remplissez les étapes dans l’ordre qui vous convient.",
)


def nir(rang: int = 0) -> str:
    """A synthetic NIR of a woman born in March 1990, one per rank."""
    treize = f"29003{10 + rang % 80:02d}{rang // 80 + 100:03d}{rang % 900 + 50:03d}"
    return f"{treize}{cle_nir(treize):02d}"


def personne(rang: int = 0, **autres: str) -> dict[str, str]:
    return {
        "cle": f"{rang + 1:08x}",
        "nom": f"Garnier{rang}",
        "prenom": "Inès",
        "sexe": "F",
        "date_naissance": "05/03/1990",
        "nir": nir(rang),
        "conforme": "oui",
        **autres,
    }


def a_plat(groupe: str, lignes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Rows as a browser posts them: `groupe.cle.champ`."""
    return {
        f"{groupe}.{li['cle']}.{nom}": valeur
        for li in lignes
        for nom, valeur in li.items()
        if nom != "cle"
    }


def postes(
    personnes: int = 2, *, debut: date = date(2027, 3, 15), organisme_siret: str = "73282932000074"
) -> dict[str, dict[str, str]]:
    """A complete dossier as a browser posts it, step by step."""
    return {
        "projet": {
            "intitule": "Atelier d’écriture",
            "objectif": "Écrire",
            "debut": f"{debut:%d/%m/%Y}",
            "fin": f"{debut + timedelta(days=1):%d/%m/%Y}",
            "lieu": "ici",
            "avec_detail": "non",
        },
        "organisme": {"siret": organisme_siret, "denomination": "Ateliers du Nord", "iban": ""},
        "personnes": a_plat("inscrits", [personne(rang) for rang in range(personnes)]),
        "couts": {"prix": "1 250,50", "exact": "oui"},
    }

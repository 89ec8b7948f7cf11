"""`portal plugin new NAME`: a small plugin that passes the conformance tests, to be filled in."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template


class PluginImpossible(Exception):
    """Why the plugin can't be made, in one French sentence."""


PLUGIN = Template('''"""$nom: a dispositif of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

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
    champ,
    controle,
    hookimpl,
)
from portal.kit.types import DateFr, Montant, Texte


class Projet(BaseModel):
    intitule: Texte = champ("Intitulé du projet", longueur_max=200)
    debut: DateFr = champ("Date de début", widget="date", exemple="14/03/2026")
    fin: DateFr = champ("Date de fin", widget="date", exemple="15/03/2026")
    cout: Montant = champ("Coût HT", widget="montant", suffixe="€")


class Personnes(BaseModel):
    personnes: list[Personne] = champ(
        "Personnes", widget="groupe", ajouter="Ajouter une personne", titre_ligne="Personne"
    )


@controle("dates", "Les dates se suivent", "Règle de gestion")
def dates(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
    debut, fin = donnees.lire("projet.debut"), donnees.lire("projet.fin")
    if debut and fin and debut > fin:
        yield Constat("La fin précède le début. Corrigez l’une des deux dates.", ("projet.fin",))


def financer(donnees: Donnees, cadre: Cadre) -> Financement:
    cout: Decimal | None = donnees.lire("projet.cout")
    if cout is None:
        return Financement(incomplet=("le coût",))
    return Financement(
        lignes=(
            LigneFinancement(
                code="cout",
                libelle="Coût du projet",
                demande=cout,
                accorde=cout,
                calcul="Coût réel",
                regle="Prise en charge au coût réel",
                source="Règles de la branche",
            ),
        )
    )


def resumer(donnees: Donnees) -> Resume:
    return Resume(
        intitule=donnees.lire("projet.intitule", ""),
        debut=donnees.lire("projet.debut"),
        fin=donnees.lire("projet.fin"),
        personnes=tuple(
            f"{p.get('prenom', '')} {p.get('nom', '')}".strip()
            for p in donnees.lignes("personnes.personnes")
        ),
    )


def echeancier(resume: Resume, accorde: Decimal) -> tuple[Echeance, ...]:
    lendemain = resume.fin + timedelta(days=1) if resume.fin else None
    return (Echeance("À la fin", lendemain, accorde),)


@hookimpl
def dispositifs() -> Sequence[Dispositif]:
    return (
        Dispositif(
            code="$nom",
            libelle="$libelle",
            resume="À décrire en une phrase.",
            prefixe="$prefixe",
            etapes=(
                Etape(code="projet", libelle="Projet", modele=Projet),
                Etape(code="personnes", libelle="Personnes", modele=Personnes),
            ),
            pieces=(Piece(code="devis", libelle="Devis", contenu="Daté, avec le coût HT."),),
            controles=(dates,),
            financer=financer,
            echeancier=echeancier,
            resumer=resumer,
            motifs_refus=(
                MotifRefus(
                    code="non-eligible",
                    libelle="Le projet ne relève pas de ce dispositif",
                    suite="Voyez avec votre conseiller quel dispositif convient.",
                ),
            ),
            guide="À écrire : ce qu’il faut avoir sous la main, et ce qui se passe après.",
        ),
    )
''')

ESSAI = Template('''"""$nom keeps what every dispositif must keep."""

from pathlib import Path

from portal.loader import charger
from portal.testing.conformite import fautes


def test_le_dispositif_est_conforme():
    plugins = charger(Path(__file__).parent.parent, points_entree=False)
    assert fautes(plugins.dispositifs()["$nom"]) == []
''')


def creer(nom: str, plugins: Path) -> Path:
    """Write the plugin's folder; its path."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,30}", nom):
        raise PluginImpossible("Le nom est fait de minuscules, chiffres et _ (3 à 31 caractères).")
    dossier = plugins / nom
    if dossier.exists():
        raise PluginImpossible(f"Le dossier {dossier} existe déjà.")
    mots = {
        "nom": nom,
        "libelle": nom.replace("_", " ").capitalize(),
        "prefixe": (nom.replace("_", "").upper() + "X")[:3],
    }
    try:
        dossier.mkdir(parents=True)
        (dossier / "__init__.py").touch()
        (dossier / "plugin.py").write_text(PLUGIN.substitute(mots), encoding="utf-8")
        (dossier / f"test_{nom}.py").write_text(ESSAI.substitute(mots), encoding="utf-8")
    except OSError as erreur:
        raise PluginImpossible(f"Le dossier {plugins} n’accepte pas d’écriture.") from erreur
    return dossier

"""A plugin for the tests: a dispositif of its own, and every hook that built-in plugins do not use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel

from portal.kit import (
    Cadre,
    Cible,
    Contexte,
    Dispositif,
    Donnees,
    Echeance,
    Etape,
    Financement,
    Lien,
    LigneFinancement,
    MotifRefus,
    Resume,
    Vue,
    champ,
    hookimpl,
)
from portal.kit.types import DateFr, Montant, Texte

from . import tables as _tables

PAQUET = __name__.rpartition(".")[0]


class Projet(BaseModel):
    intitule: Texte = champ("Intitulé", longueur_max=100)
    debut: DateFr = champ("Début", widget="date")
    cout: Montant = champ("Coût", widget="montant")


def financer(donnees: Donnees, cadre: Cadre) -> Financement:
    cout = donnees.lire("projet.cout")
    if cout is None:
        return Financement(incomplet=("le coût",))
    ligne = LigneFinancement(
        code="cout", libelle="Coût", demande=cout, accorde=cout / 2,
        calcul="La moitié", regle="Moitié", source="Essai",
    )  # fmt: skip
    return Financement((ligne,))


def resumer(donnees: Donnees) -> Resume:
    debut = donnees.lire("projet.debut")
    return Resume(intitule=donnees.lire("projet.intitule", ""), debut=debut, fin=debut)


def echeancier(resume: Resume, accorde: Decimal) -> tuple[Echeance, ...]:
    return (Echeance("Après", resume.fin and resume.fin + timedelta(days=1), accorde),)


VELO = Dispositif(
    code="velo", libelle="Atelier vélo", resume="Pour l’essai.", prefixe="VE",
    etapes=(Etape(code="projet", libelle="Projet", modele=Projet),),
    pieces=(), controles=(), financer=financer, echeancier=echeancier, resumer=resumer,
    motifs_refus=(MotifRefus(code="non", libelle="Non", suite="Rien."),),
    cible="fonds_essai", guide="Pour l’essai.",
)  # fmt: skip


@hookimpl
def dispositifs() -> Sequence[Dispositif]:
    return (VELO,)


@get("/p/essai/bonjour", droit="connecte")
async def bonjour(contexte: NamedDependency[Contexte]) -> Vue:
    return Vue("bonjour.html", {"jour": await contexte.horloge.aujourd_hui()})


@post("/p/essai/compter/{dossier:int}", droit="connecte")
async def demander_compte(contexte: NamedDependency[Contexte], dossier: FromPath[int]) -> Vue:
    await contexte.planifier("compter", dossier=dossier)
    await contexte.journaliser("compte", "essai")
    return await _accueil(contexte)


async def _accueil(contexte: Contexte) -> Vue:
    return Vue("bonjour.html", {"jour": await contexte.horloge.aujourd_hui()})


async def compter(dossier: int) -> None:
    """A job of the plugin."""
    await _tables.Compte.insert(_tables.Compte(dossier=dossier))


@hookimpl
def cibles() -> Sequence[Cible]:
    return (
        Cible(
            code="fonds_essai",
            nom="Fonds d’essai",
            adresse=("1 rue X", "75001 Paris"),
            siren="732829320",
        ),
    )


@hookimpl
def tables() -> Sequence[str]:
    return (f"{PAQUET}.piccolo_app",)


@hookimpl
def pages() -> Sequence[Any]:
    return (bonjour, demander_compte)


@hookimpl
def navigation() -> Sequence[Lien]:
    return (Lien("Page d’essai", "/p/essai/bonjour"),)


@hookimpl
def taches() -> Sequence[Any]:
    return (compter,)

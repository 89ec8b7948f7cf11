"""A plugin for the tests: every hook that the built-in plugins do not use yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get

from portal.kit import Cible, Contexte, Lien, Vue, hookimpl

from . import tables as _tables

PAQUET = __name__.rpartition(".")[0]


@get("/p/essai/bonjour", droit="connecte")
async def bonjour(contexte: Contexte) -> Vue:
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
    return (bonjour,)


@hookimpl
def navigation() -> Sequence[Lien]:
    return (Lien("Page d’essai", "/p/essai/bonjour"),)


@hookimpl
def taches() -> Sequence[Any]:
    return (compter,)

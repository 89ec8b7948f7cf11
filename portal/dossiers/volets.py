"""Panels that upper rooms add to a dossier's page (money, payments): this room knows none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from portal.web.identite import Personne


@dataclass(frozen=True)
class Volet:
    """A section of the dossier's page: its title, the partial that draws it, and its values."""

    titre: str
    gabarit: str
    valeurs: dict[str, Any] = field(default_factory=dict)


FournirVolet = Callable[[Personne, dict[str, Any]], Awaitable[Volet | None]]
VOLETS: list[FournirVolet] = []


async def volets(moi: Personne, dossier: dict[str, Any]) -> list[Volet]:
    """The panels that have something to say on this dossier, in the order of registration."""
    trouves = [await fournir(moi, dossier) for fournir in VOLETS]
    return [v for v in trouves if v is not None]

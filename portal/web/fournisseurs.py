"""What upper packages give to pages that lie lower: navigation, tasks, sign-in of who asks.

`app.py` fills one `Fournisseurs`; nothing here imports whom it serves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Request

from portal.web.identite import ChargerPersonne, Personne


@dataclass(frozen=True)
class Lien:
    libelle: str
    url: str
    icone: str = ""
    actif: bool = False


@dataclass(frozen=True)
class Tache:
    """Something a person has to do, with the link to the exact place."""

    titre: str
    url: str
    detail: str = ""
    echeance: date | None = None
    urgence: bool = False


FournirTaches = Callable[[Personne], Awaitable[list[Tache]]]
FournirLiens = Callable[[Personne], list[Lien]]
Parquer = Callable[[Request[Any, Any, Any]], Awaitable[str | None]]


@dataclass
class Fournisseurs:
    """Registered once at start."""

    charger_personne: ChargerPersonne | None = None
    parquer: Parquer | None = None
    taches: list[FournirTaches] = field(default_factory=list)
    navigation: list[FournirLiens] = field(default_factory=list)

    def liens(self, moi: Personne) -> list[Lien]:
        return [lien for fournir in self.navigation for lien in fournir(moi)]

    async def taches_de(self, moi: Personne) -> list[Tache]:
        toutes = [tache for fournir in self.taches for tache in await fournir(moi)]
        return sorted(toutes, key=lambda t: (not t.urgence, t.echeance or date.max, t.titre))

"""Who is asking. Filled in by the provider that `app.py` registers; this room knows no account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

ROLES_INTERNES = (
    "conseiller", "aef", "gestionnaire", "referent_poec", "comptable", "branche", "administrateur",
)  # fmt: skip


@dataclass(frozen=True)
class Personne:
    """The signed-in person of a request. `droits` are the rights held on at least one company;
    `profils` the profiles under which companies are within reach; `cloche` counts unread
    notifications."""

    compte_id: int
    uid: str
    email: str
    nom_affiche: str
    session_id: int
    roles: frozenset[str] = frozenset()
    droits: frozenset[str] = frozenset()
    profils: frozenset[str] = frozenset()
    cloche: int = 0
    attributs: dict[str, Any] = field(default_factory=dict)

    @property
    def est_interne(self) -> bool:
        return bool(self.roles)

    @property
    def a_confirmer(self) -> bool:
        """Staff whose session rests on a password alone: it reaches the second proof and nothing else."""
        return bool(self.attributs.get("a_confirmer"))

    @property
    def renfort_jusque(self) -> datetime | None:
        """Until when this session's second proof is worth an IBAN or an administrator."""
        jusque: datetime | None = self.attributs.get("renfort_jusque")
        return jusque

    def a_le_droit(self, droit: str) -> bool:
        return droit in self.droits or "*" in self.droits


ChargerPersonne = Callable[[str], Awaitable[Personne | None]]

COOKIE_SUR = "__Host-session"
COOKIE_LOCAL = "session"


def nom_cookie(https: bool) -> str:
    """Browsers drop `__Host-` cookies without Secure: over http (loopback only) another name."""
    return COOKIE_SUR if https else COOKIE_LOCAL


def personne_de(connexion: ASGIConnection[Any, Any, Any, Any]) -> Personne | None:
    return connexion.scope["state"].get("personne")


def fournir_moi(request: Request[Any, Any, Any]) -> Personne:
    """The dependency `moi` of handlers. The guard has run: someone is signed in."""
    moi = personne_de(request)
    assert moi is not None, "un gestionnaire qui demande « moi » exige une connexion"
    return moi


def fournir_visiteur(request: Request[Any, Any, Any]) -> Personne | None:
    """The dependency `visiteur`: the signed-in person, or None on a public page."""
    return personne_de(request)


Moi = NamedDependency[Personne]
"""Annotation of a handler's `moi`."""

Visiteur = NamedDependency[Personne | None]
"""Annotation of a handler's `visiteur`."""

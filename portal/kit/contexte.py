"""What plugin pages and jobs receive: hands without coupling. `app.py` supplies the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from portal.kit.financement import Parametres


@dataclass(frozen=True)
class Vue:
    """A page to render: template path under the plugin's prefix, and its values."""

    gabarit: str
    valeurs: Mapping[str, Any] = field(default_factory=dict)
    statut: int = 200


@dataclass(frozen=True)
class Lien:
    """An entry of the navigation. `pour`: 'public', 'connecte' or 'interne'."""

    libelle: str
    url: str
    pour: str = "connecte"


@runtime_checkable
class Horloge(Protocol):
    async def aujourd_hui(self) -> date: ...
    async def maintenant(self) -> datetime: ...


@runtime_checkable
class LecteurParametres(Protocol):
    async def au(self, idcc: str | None, jour: date) -> Parametres: ...


@runtime_checkable
class Contexte(Protocol):
    """Given to each plugin handler as the dependency `contexte`."""

    @property
    def horloge(self) -> Horloge: ...
    @property
    def parametres(self) -> LecteurParametres: ...
    @property
    def compte_id(self) -> int | None:
        """The account of the signed-in person; None on a public page."""
        ...

    async def planifier(self, tache: str, **ids: int) -> None:
        """Enqueue a job of the plugin in the current transaction."""
        ...

    async def notifier(self, compte_id: int, titre: str, url: str) -> None:
        """Ring someone's bell."""
        ...

    async def journaliser(self, action: str, objet: str, **details: Any) -> None:
        """Write an audit line in the current transaction."""
        ...

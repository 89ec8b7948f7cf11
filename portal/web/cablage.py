"""What a room hands to the application: its pages, and what it provides to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar.di import Provide

from portal.kit import Cible, Dispositif
from portal.settings import Settings
from portal.web.fournisseurs import Fournisseurs


@dataclass
class Cablage:
    """Passed to each room's `cabler(c)` in order, lower rooms first."""

    settings: Settings
    fournisseurs: Fournisseurs
    dispositifs: dict[str, Dispositif] = field(default_factory=dict)
    cibles: dict[str, Cible] = field(default_factory=dict)
    gestionnaires: list[Any] = field(default_factory=list)
    dependances: dict[str, Provide] = field(default_factory=dict)
    globaux: dict[str, Any] = field(default_factory=dict)

"""`portal import NAME FILE`: fill the copy of the register from its files, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from portal.core.entreprises.registre import conseillers, sirene, successions
from portal.core.entreprises.registre.bilan import Bilan
from portal.core.entreprises.registre.lecture import FichierIllisible

__all__ = ["IMPORTS", "Bilan", "FichierIllisible"]

IMPORTS: dict[str, Callable[..., Coroutine[Any, Any, Bilan]]] = {
    "sirene": sirene.importer,
    "successions": successions.importer,
    "conseillers": conseillers.importer,
}

"""The dispositifs in use, by code. Filled once at start by the wiring."""

from __future__ import annotations

from portal.kit import Dispositif
from portal.web.erreurs import Introuvable

DISPOSITIFS: dict[str, Dispositif] = {}


def dispositif(code: str) -> Dispositif:
    """Raises `Introuvable` when no loaded plugin brings it any more."""
    trouve = DISPOSITIFS.get(code)
    if trouve is None:
        raise Introuvable()
    return trouve


def libelle(code: str) -> str:
    """Label for lists, even of a dispositif whose plugin is gone."""
    trouve = DISPOSITIFS.get(code)
    return trouve.libelle if trouve else code

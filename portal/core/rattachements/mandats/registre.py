"""Which dispositifs accept a mandate: filled in at start from what plugins declare."""

from __future__ import annotations

from collections.abc import Iterable

from portal.kit import Dispositif

ACCEPTES: dict[str, str] = {}
"""Code to label of the dispositifs that declare `mandat`."""


def declarer(dispositifs: Iterable[Dispositif]) -> None:
    """Know these dispositifs, and no other."""
    ACCEPTES.clear()
    ACCEPTES.update({d.code: d.libelle for d in dispositifs if d.mandat})

"""The ledger has no page of its own: rooms above post to it and read it."""

from portal.branches import docteur
from portal.grandlivre.queries import ecarts
from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    """Its totals are examined by `portal doctor`."""
    docteur.EXAMENS["le grand livre"] = ecarts

"""The ledger has no page of its own: rooms above post to it and read it."""

from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    """Nothing to hand over."""

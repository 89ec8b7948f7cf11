"""The ledger has no page: upper rooms write in it and show it."""

from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    """Nothing to hand over."""

"""What this room hands to the application."""

from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    """Register the room's pages and providers."""

"""What the journal hands to the application: its job (registered on import), no page of its own."""

from portal.core.journal import sceaux
from portal.web.cablage import Cablage

TACHES = (sceaux.sceller,)


def cabler(c: Cablage) -> None:
    """Nothing to add: importing this module registered the sealing job."""

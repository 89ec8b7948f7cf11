"""What the demonstration adds to the application; assembled only when the settings say so."""

from portal.demo import pages
from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    c.gestionnaires += [
        pages.courriels,
        pages.courriel,
        pages.horloge,
        pages.deplacer,
        pages.composants,
    ]

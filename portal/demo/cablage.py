"""What the demonstration adds to the application; assembled only when the settings say so."""

from portal.core.comptes import personas as offerts
from portal.demo import pages, personas
from portal.web.cablage import Cablage


def cabler(c: Cablage) -> None:
    c.gestionnaires += [
        pages.courriels,
        pages.courriel,
        pages.horloge,
        pages.deplacer,
        pages.composants,
    ]
    if personas.offrir not in offerts.PERSONAS:
        offerts.PERSONAS.append(personas.offrir)

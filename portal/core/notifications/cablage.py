"""What notifications hand to the application: pages, jobs (registered on import), handlers."""

from portal.core.notifications import abonnements, abonnements_mandats, pages, resume
from portal.web.cablage import Cablage

TACHES = (resume.resumer, resume.envoyer_resume)


def cabler(c: Cablage) -> None:
    c.gestionnaires += [
        pages.lister,
        pages.cloche,
        pages.ouvrir,
        pages.lire,
        pages.tout_lire,
    ]
    abonnements.abonner()
    abonnements_mandats.abonner()

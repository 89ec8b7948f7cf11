"""What the home hands to the application."""

from portal.core.accueil import pages
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Acces, Lien
from portal.web.identite import Personne


def navigation(moi: Personne) -> list[Lien]:
    """What everybody has: the first entry and the last."""
    return [
        Lien("Accueil", "/accueil", "accueil", ordre=0),
        Lien("Aide et contacts", "/aide", "aide", ordre=100),
    ]


async def acces(moi: Personne) -> list[Acces]:
    """Shortcuts that need nothing of the upper rooms."""
    if moi.est_interne:
        return []
    return [
        Acces("Demander un rattachement", "/rattachements/demander", ordre=80),
        Acces("J’ai un code d’activation", "/rattachements/code", ordre=81),
    ]


def cabler(c: Cablage) -> None:
    c.gestionnaires.append(pages.accueil)
    c.fournisseurs.navigation.append(navigation)
    c.fournisseurs.acces.append(acces)

"""What the branches hand to the application."""

from litestar.di import Provide

from portal.branches import (
    pages,
    pages_connaitre,
    pages_dispositifs,
    pages_installation,
    pages_ouvertures,
    pages_parametres,
    referentiel,
)
from portal.core.comptes import preferences
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Acces, Lien
from portal.web.identite import Personne


def navigation(moi: Personne) -> list[Lien]:
    liens = []
    if {"branche", "administrateur"} & moi.roles:
        liens.append(Lien("Branches", "/branches", "branches", ordre=40))
    if "administrateur" in moi.roles:
        liens.append(Lien("Installation", "/installation", "reglages", ordre=90))
    return liens


async def acces(moi: Personne) -> list[Acces]:
    return [Acces("Dispositifs et pièces à fournir", "/dispositifs", ordre=70)]


def cabler(c: Cablage) -> None:
    c.gestionnaires += [
        pages.lister,
        pages.montrer,
        pages_ouvertures.montrer,
        pages_ouvertures.ouvrir,
        pages_ouvertures.fermer,
        pages_ouvertures.annuler,
        pages_parametres.montrer,
        pages_parametres.poser,
        pages_installation.installation,
        pages_dispositifs.lister,
        pages_dispositifs.montrer,
        *pages_connaitre.GESTIONNAIRES,
    ]
    dispositifs = c.dispositifs
    c.dependances.setdefault("dispositifs", Provide(lambda: dispositifs, sync_to_thread=False))
    c.fournisseurs.navigation.append(navigation)
    preferences.proposer_secteurs((b.idcc, f"{b.nom} ({b.idcc})") for b in referentiel.de_l_opco())
    c.fournisseurs.acces.append(acces)

"""Main pages for those who use them: axe finds nothing, nothing overflows, one h1 a page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.demo.entreprises import GROS
from portal.demo.personas import MOT_DE_PASSE
from tests.parcours.conftest import Entrer
from tests.parcours.histoire import connecter

ETROIT = 320


@dataclass(frozen=True)
class Tournee:
    """Who looks at what. `ouvrir`: on that page the first row of the list is opened too."""

    email: str
    pages: tuple[str, ...]
    ouvrir: tuple[str, ...] = ()


TOURNEES = (
    Tournee(
        "",
        (
            "/", "/connexion", "/compte/creer", "/mot-de-passe/oublie", "/aide", "/accessibilite",
            "/mentions-legales", "/donnees-personnelles", "/dispositifs", "/demo/composants",
            "/nulle-part",
        ),
    ),
    Tournee(
        "claire.morel@demo.example",
        (
            "/accueil", "/notifications", "/compte", "/rattachements", "/rattachements/demander",
            "/rattachements/code", "/dossiers", "/dossiers/nouveau", "/factures", "/factures/proforma",
            "/factures/deposer", "/factures?vue=toutes", "/reglements", "/rib", "/recherche?q=formation",
            f"/entreprise/{GROS.siren}/adherent/journal",
        ),
        ("/dossiers?etat=brouillon", "/dossiers?etat=a_completer", "/dossiers?etat=en_cours"),
    ),
    Tournee(
        "marc.tessier@demo.example",
        ("/accueil", "/instruction", "/dossiers", "/remboursements", "/factures", "/entreprises"),
        ("/instruction", "/instruction?etat=en_instruction&les_miens=oui", "/remboursements"),
    ),
    Tournee("julie.arnaud@demo.example", ("/accueil", "/reglements/lots", "/factures")),
    Tournee("sophie.renaud@demo.example", ("/accueil", "/branches", "/branches/0573",
            "/branches/0573/dispositifs/action_formation")),
    Tournee("karim.haddad@demo.example", ("/accueil", "/entreprises", "/installation"), ("/entreprises?q=Comptoir",)),
)  # fmt: skip


@pytest.mark.parametrize("tournee", TOURNEES, ids=lambda t: t.email.partition("@")[0] or "personne")
async def test_pages_principales(tournee: Tournee, entrer: Entrer) -> None:
    visiteur = await entrer(
        f"pages-{tournee.email.partition('.')[0]}-", largeurs=(1280, 390, ETROIT)
    )
    if tournee.email:
        await connecter(visiteur, tournee.email, MOT_DE_PASSE)
    for chemin in tournee.pages:
        reponse = await visiteur.aller(chemin)
        attendu = 404 if chemin == "/nulle-part" else 200
        assert reponse is not None
        assert reponse.status == attendu, f"{chemin} : {reponse.status}"
    for chemin in tournee.ouvrir:
        await visiteur.aller(chemin)
        premier = visiteur.page.locator("main table tbody th a").first
        assert await premier.count(), f"rien à ouvrir sur {chemin}"
        await visiteur.suivre(premier)


async def test_theme_sombre(entrer: Entrer) -> None:
    """The dark theme has contrasts of its own."""
    visiteur = await entrer("sombre-", theme="dark")
    await visiteur.aller("/demo/composants")
    await connecter(visiteur, "claire.morel@demo.example", MOT_DE_PASSE)
    await visiteur.aller("/dossiers")

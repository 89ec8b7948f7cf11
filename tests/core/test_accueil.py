"""D12: the signed-in home says what to do, even to somebody who has nothing yet."""

from __future__ import annotations

from dataclasses import replace

from portal.core.notifications import operations
from portal.infra.base import executer
from portal.web.fournisseurs import Chiffre, Fournisseurs, Lien, Tache
from tests.core.comptes_aides import connecter, personne


async def test_d12_sans_rattachement_l_accueil_dit_par_ou_commencer(navigateur) -> None:
    compte = await personne()
    nav = navigateur()
    await connecter(nav, compte.email)
    page = await nav.get("/accueil")
    assert page.h1 == "Bonjour Claire Durand"
    assert "/rattachements/demander" in page.liens("Demander un rattachement")
    assert "/rattachements/code" in page.liens("Saisir le code")
    assert "Aucune notification pour l’instant" in page.texte


async def test_d12_taches_et_chiffres_des_fournisseurs(navigateur, litestar) -> None:
    compte = await personne()
    fournisseurs: Fournisseurs = litestar.state.rendu.fournisseurs
    avant = replace(fournisseurs)

    async def taches(moi):
        return (
            [Tache("Terminer le brouillon", "/compte", "Tableur")]
            if moi.email == compte.email
            else []
        )

    async def chiffres(moi):
        return [Chiffre("à compléter", 3, "/compte")] if moi.email == compte.email else []

    fournisseurs.taches = [*avant.taches, taches]
    fournisseurs.chiffres = [*avant.chiffres, chiffres]
    try:
        await operations.notifier([compte.id], "essai", "Bienvenue", "/compte")
        nav = navigateur()
        await connecter(nav, compte.email)
        page = await nav.get("/accueil")
    finally:
        fournisseurs.taches, fournisseurs.chiffres = avant.taches, avant.chiffres
    assert page.liens("Terminer le brouillon") == ["/compte"]
    assert "3 à compléter" in page.texte
    assert page.formulaire(contenant="_cle").get("action").endswith("/ouvrir")


async def test_d12_personnel_de_l_opco_sans_invitation_a_se_rattacher(navigateur) -> None:
    compte = await personne()
    await executer(
        "insert into role_interne (compte, role) values ($1, 'administrateur')", compte.id
    )
    nav = navigateur()
    await connecter(nav, compte.email)
    page = await nav.get("/accueil")
    assert "Demander un rattachement" not in page.texte
    await executer(
        "update role_interne set role = 'branche', idcc = '9999' where compte = $1", compte.id
    )
    assert "Rien à faire pour le moment." in (await nav.get("/accueil")).texte
    liens = page.html.xpath("//nav[@aria-label='Navigation principale']//a/@href")
    assert liens[0] == "/accueil"
    assert liens[-1] == "/aide"
    assert "/branches" in liens
    assert "/installation" in liens


def test_d12_navigation_dans_l_ordre_connu() -> None:
    fournisseurs = Fournisseurs(
        navigation=[
            lambda moi: [
                Lien("Aide et contacts", "/aide", ordre=100),
                Lien("Accueil", "/", ordre=0),
            ],
            lambda moi: [Lien("D’un plugin", "/p/x/")],
            lambda moi: [Lien("Mes dossiers", "/dossiers", ordre=10)],
        ]
    )
    assert [x.libelle for x in fournisseurs.liens(None)] == [
        "Accueil",
        "Mes dossiers",
        "D’un plugin",
        "Aide et contacts",
    ]

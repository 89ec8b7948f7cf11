"""A02, A05: what a factor that goes, and a password that changes, leave of other sessions."""

from __future__ import annotations

from typing import Any

from portal.core.comptes import facteurs, operations, reinitialisation
from portal.core.comptes.queries import charger_personne
from portal.infra.base import executer, sql1, valeur
from portal.testing.sessions import ouvrir
from portal.web.garde import renforce
from portal.web.identite import Personne
from tests.core.comptes_aides import (
    MOT_DE_PASSE,
    adresse,
    connecter,
    courriels,
    lien_recu,
    oublier_limites,
    personne,
)
from tests.core.rattachements_aides import personne as agent
from tests.core.rattachements_aides import societe

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def session_de(compte: int, *, renforcee: bool = True) -> tuple[str, Personne]:
    jeton = await ouvrir(compte, renforcee=renforcee)
    moi = await charger_personne(jeton)
    assert moi is not None
    return jeton, moi


async def test_a05_a_factor_removed_weakens_the_other_sessions() -> None:
    compte = await personne()
    await facteurs.installer_totp(compte.id, SECRET)
    _, moi = await session_de(compte.id)
    ailleurs, autre = await session_de(compte.id)
    assert renforce(autre)
    (facteur,) = await facteurs.lister(compte.id)
    assert await facteurs.retirer(moi, facteur.uid) is None
    relu = await charger_personne(ailleurs)
    assert relu is not None
    assert not renforce(relu)


async def test_a05_lost_factors_reset_end_the_sessions_and_are_told() -> None:
    compte = await personne()
    await facteurs.installer_totp(compte.id, SECRET)
    jeton, moi = await session_de(compte.id)
    await facteurs.commencer_totp(moi)
    assert await facteurs.retirer_tous(compte.id, compte.uid, "Claire", acteur=None) == 1
    assert await charger_personne(jeton) is None
    assert await valeur("select count(*) from defi where session = $1", moi.session_id) == 0
    (avis, *_) = await courriels(compte.email)
    assert "est retirée" in avis["sujet"]


async def test_a02_a_stolen_password_does_not_change_it_where_there_is_a_second_factor(
    navigateur: Any,
) -> None:
    await oublier_limites()
    nav, compte = navigateur(), await personne()
    await facteurs.installer_totp(compte.id, SECRET)
    await connecter(nav, compte.email, renforcee=False)
    page = await nav.get("/compte/mot-de-passe")
    assert page.chemin.startswith("/connexion/confirmer")
    avant = await sql1("select mot_de_passe from compte where id = $1", compte.id)
    page = await nav.post(
        "/compte/mot-de-passe",
        {
            "_cle": "k",
            "actuel": MOT_DE_PASSE,
            "mot_de_passe": "Autre-Passe-9",
            "confirmation": "Autre-Passe-9",
        },
    )
    assert page.chemin.startswith("/connexion/confirmer")
    assert await sql1("select mot_de_passe from compte where id = $1", compte.id) == avant


async def test_a02_a_new_password_ends_the_links_that_were_mailed(navigateur: Any) -> None:
    await oublier_limites()
    nav, compte = navigateur(), await personne(adresse())
    await reinitialisation.demander(compte.email, "192.0.2.9")
    jeton = (await lien_recu(compte.email)).rpartition("/")[2]
    assert await reinitialisation.lire_lien(jeton) is not None
    await connecter(nav, compte.email)
    await nav.soumettre(
        await nav.get("/compte/mot-de-passe"),
        "/compte/mot-de-passe",
        actuel=MOT_DE_PASSE,
        mot_de_passe="Colline-Verte-93",
        confirmation="Colline-Verte-93",
    )
    assert await reinitialisation.lire_lien(jeton) is None


async def test_c03_naming_an_administrator_asks_staff_for_a_fresh_proof(navigateur: Any) -> None:
    s, moi = await societe(), await agent()
    await operations.donner_role(moi.compte_id, "conseiller", acteur=None)
    nav = navigateur()
    jeton = await ouvrir(moi.compte_id)
    nav.client.cookies.set("session", jeton, domain="127.0.0.1")
    await executer(
        "update session set renforcee_le = renforcee_le - interval '2 hours' where compte = $1",
        moi.compte_id,
    )
    page = await nav.post(
        f"/entreprises/{s.siren}/adherent/administrateurs",
        {"_cle": "k2", "email": adresse(), "nom": "Roy", "prenom": "Ana"},
    )
    assert page.chemin.startswith("/connexion/confirmer") or page.h1 == "Protéger mon compte"
    assert (
        await valeur("select count(*) from administrateur_annonce where siren = $1", s.siren) == 0
    )

"""A06: another e-mail address, proven on the new one, told to the former; nothing disclosed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.core.comptes import changement_email, limites, sessions
from portal.core.comptes.queries import charger_personne
from portal.infra import clock
from portal.infra.base import executer, sql1, valeur
from portal.testing.navigateur import Navigateur, PageLue
from tests.core.comptes_aides import (
    MOT_DE_PASSE,
    adresse,
    code_recu,
    connecter,
    courriels,
    lignes_du_journal,
    oublier_limites,
    personne,
)

ICI = {"appareil": "essai", "ip": "192.0.2.7"}


async def demander(nav: Navigateur, email: str) -> PageLue:
    return await nav.soumettre(await nav.get("/compte/email"), "/compte/email", email=email)


@pytest.fixture(autouse=True)
async def _limites() -> None:
    await oublier_limites()


async def test_a06_the_address_changes_once_its_code_is_given(navigateur) -> None:
    nav, ancienne, nouvelle = navigateur(), adresse(), adresse("nouvelle")
    compte = await personne(ancienne)
    ailleurs = (await sessions.connecter(ancienne, MOT_DE_PASSE, **ICI)).jeton
    await connecter(nav, ancienne, renforcee=False)
    avant = nav.client.cookies["session"]
    page = await demander(nav, nouvelle.upper())
    assert page.h1 == "Vérifier ma nouvelle adresse"
    assert await valeur("select email from compte where id = $1", compte.id) == ancienne
    page = await nav.soumettre(page, "/compte/email/code", code=await code_recu(nouvelle))
    assert page.chemin == "/compte"
    assert nouvelle in page.texte
    assert await charger_personne(str(ailleurs)) is None
    assert await charger_personne(avant) is None
    (avis, *_) = await courriels(ancienne)
    assert "a changé" in avis["sujet"]
    assert nouvelle not in avis["texte"]
    assert "appelez-nous" in avis["texte"]
    assert (await sessions.connecter(nouvelle, MOT_DE_PASSE, **ICI)).jeton
    assert not (await sessions.connecter(ancienne, MOT_DE_PASSE, **ICI)).jeton
    assert "compte.email_change" in await lignes_du_journal(compte.uid)


async def test_a06_an_address_that_has_an_account_is_not_told_apart(navigateur) -> None:
    nav, autre = navigateur(), await personne()
    compte = await personne()
    await connecter(nav, compte.email, renforcee=False)
    page = await demander(nav, autre.email)
    libre = await demander(nav, adresse("libre"))
    assert page.h1 == libre.h1
    await demander(nav, autre.email)
    (avis, *_) = await courriels(autre.email)
    assert "a déjà un compte" in avis["sujet"]
    assert not re.search(r"\b\d{6}\b", avis["texte"])
    moi = await charger_personne(nav.client.cookies["session"])
    assert moi is not None
    # No code is right: the ones that one would try least of all.
    assert (await changement_email.prouver(moi, "000000"))[0] == "faux"
    page = await nav.get("/compte/email/code")
    page = await nav.soumettre(page, "/compte/email/code", code="123456")
    assert "Il vous reste 3" in page.erreur("code").replace("\u00a0", " ")


async def test_a06_five_tries_then_none(navigateur) -> None:
    nav, nouvelle = navigateur(), adresse("nouvelle")
    compte = await personne()
    await connecter(nav, compte.email, renforcee=False)
    page = await demander(nav, nouvelle)
    juste = await code_recu(nouvelle)
    faux = "111111" if juste != "111111" else "222222"
    for _ in range(5):
        page = await nav.soumettre(page, "/compte/email/code", code=faux)
    assert "Trop d’essais" in page.erreur("code")
    page = await nav.soumettre(page, "/compte/email/code", code=juste)
    assert page.statut == 422
    assert await valeur("select email from compte where id = $1", compte.id) == compte.email


async def test_a06_a_late_code_no_longer_serves(navigateur, monkeypatch) -> None:
    nav, nouvelle = navigateur(), adresse("nouvelle")
    await connecter(nav, (await personne()).email, renforcee=False)
    page = await demander(nav, nouvelle)
    await executer(
        "update changement_email set expire_le = expire_le - interval '11 minutes' where email = $1",
        nouvelle,
    )
    page = await nav.soumettre(page, "/compte/email/code", code=await code_recu(nouvelle))
    assert "n’est plus valable" in page.erreur("code")


async def test_a06_a_code_is_good_for_its_address_alone(navigateur) -> None:
    nav, une, autre = navigateur(), adresse("une"), adresse("autre")
    await connecter(nav, (await personne()).email, renforcee=False)
    await demander(nav, une)
    code = await code_recu(une)
    page = await demander(nav, autre)
    page = await nav.soumettre(page, "/compte/email/code", code=code)
    assert page.statut == 422


async def test_a06_an_account_made_meanwhile_keeps_its_address(navigateur) -> None:
    nav, nouvelle = navigateur(), adresse("nouvelle")
    compte = await personne()
    await connecter(nav, compte.email, renforcee=False)
    page = await demander(nav, nouvelle)
    code = await code_recu(nouvelle)
    await personne(nouvelle)
    page = await nav.soumettre(page, "/compte/email/code", code=code)
    assert page.statut in (200, 422)
    assert await valeur("select email from compte where id = $1", compte.id) == compte.email


async def test_a06_my_own_address_is_refused_and_codes_are_rationed(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    await connecter(nav, compte.email, renforcee=False)
    page = await demander(nav, compte.email)
    assert "déjà votre adresse" in page.erreur("email")
    for _ in range(limites.ENVOI_ADRESSE.libres):
        page = await demander(nav, adresse("neuve"))
        assert page.h1 == "Vérifier ma nouvelle adresse"
    page = await demander(nav, adresse("neuve"))
    assert page.statut == 429
    assert "recommencez dans" in page.texte


async def test_a06_an_old_session_gives_its_password_first(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    await connecter(nav, compte.email, renforcee=False)
    await executer(
        "update session set creee_le = creee_le - interval '20 minutes' where compte = $1",
        compte.id,
    )
    page = await nav.get("/compte/email")
    assert page.h1 == "Confirmer mon mot de passe"
    page = await nav.soumettre(page, "/connexion/mot-de-passe", actuel=MOT_DE_PASSE)
    assert page.h1 == "Changer d’adresse e-mail"


async def test_a06_links_to_a_new_password_sent_to_the_former_address_end(navigateur) -> None:
    nav, nouvelle = navigateur(), adresse("nouvelle")
    compte = await personne()
    await executer(
        "insert into jeton_reinit (jeton, compte, cree_le, expire_le) values ($1, $2, $3, $4)",
        compte.uid.bytes * 2,
        compte.id,
        clock.instant(),
        clock.instant() + timedelta(minutes=30),
    )
    await connecter(nav, compte.email, renforcee=False)
    page = await demander(nav, nouvelle)
    await nav.soumettre(page, "/compte/email/code", code=await code_recu(nouvelle))
    lien = await sql1("select utilise_le from jeton_reinit where compte = $1", compte.id)
    assert lien is not None
    assert lien["utilise_le"] is not None

"""A05, H08: an IBAN and an administrator ask for a second factor; what was posted is found again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from portal.core.comptes import defis, facteurs, purge, secours, totp
from portal.demo.personas import PERSONNAGES, lister
from portal.infra import clock
from portal.infra.base import executer, valeur
from portal.testing.navigateur import Navigateur, PageLue
from portal.testing.sessions import ouvrir
from portal.web.identite import Personne
from tests.core.rattachements_aides import administrateur, en_attente, etat_de, personne, societe

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
IBAN = "FR7630006000011234567890189"
CONFIRMER = "/connexion/confirmer"


async def entrer(navigateur: Any, moi: Personne) -> Navigateur:
    """Signed in by a password alone."""
    nav: Navigateur = navigateur()
    nav.client.cookies.set(
        "session", await ouvrir(moi.compte_id, renforcee=False), domain="127.0.0.1"
    )
    return nav


async def prouver(nav: Navigateur, page: PageLue) -> PageLue:
    code = totp.code_du_pas(SECRET, totp.pas_de(clock.instant()))
    return await nav.soumettre(page, CONFIRMER, code=code)


async def perimer(moi: Personne) -> None:
    """A quarter of an hour goes by."""
    await executer(
        "update session set renforcee_le = renforcee_le - interval '15 minutes' where compte = $1",
        moi.compte_id,
    )


async def test_h08_an_iban_asks_for_a_second_factor_made_first_where_there_is_none(
    navigateur,
) -> None:
    s = await societe()
    nav = await entrer(navigateur, await administrateur(s))
    page = await nav.get(f"/rib/{s.siren}/adherent")
    assert page.h1 == "Protéger mon compte"
    assert "Un IBAN ou un administrateur changé par un inconnu" in page.texte
    page = await nav.soumettre(page, "/compte/second-facteur/application")
    secret = page.html.xpath("string(//code)").replace(" ", "")
    page = await nav.soumettre(
        page,
        "/compte/second-facteur/application/verifier",
        code=pyotp.TOTP(secret).at(clock.instant()),
    )
    assert page.liens("continuer") == [f"/rib/{s.siren}/adherent"]
    assert (await nav.get(f"/rib/{s.siren}/adherent")).formulaire(contenant="iban") is not None


async def test_h08_an_iban_posted_too_late_is_found_again_after_the_proof(navigateur) -> None:
    s = await societe()
    moi = await administrateur(s)
    await facteurs.installer_totp(moi.compte_id, SECRET)
    nav, ici = await entrer(navigateur, moi), f"/rib/{s.siren}/adherent"
    page = await prouver(nav, await nav.get(ici))
    assert page.chemin == ici
    await perimer(moi)
    await executer("update second_facteur set dernier_pas = null where compte = $1", moi.compte_id)
    page = await nav.soumettre(page, ici, iban=IBAN, certifie="oui")
    assert page.h1 == "Vérifier mon identité"
    assert not await valeur("select count(*) from rib where siren = $1", s.siren)
    page = await prouver(nav, page)
    assert page.h1 == "Votre saisie est gardée"
    page = await nav.soumettre(page, ici)
    assert page.chemin == "/rib"
    assert (
        await valeur("select count(*) from rib where siren = $1 and etat = 'actif'", s.siren) == 1
    )


@pytest.mark.parametrize("modele", ["administrateur", "consultation"])
async def test_c08_naming_an_administrator_asks_for_it_other_rights_do_not(
    navigateur, modele: str
) -> None:
    s = await societe()
    moi = await administrateur(s)
    await facteurs.installer_totp(moi.compte_id, SECRET)
    demande = await en_attente(await personne("Inès"), s)
    nav = await entrer(navigateur, moi)
    ici = f"/entreprise/{s.siren}/adherent/demandes/{demande}"
    page = await nav.soumettre(await nav.get(ici), f"{ici}/accepter", modele=modele)
    if modele == "administrateur":
        assert page.h1 == "Vérifier mon identité"
        assert await etat_de(demande) == "en_attente"
        page = await prouver(nav, page)
        assert page.h1 == "Votre saisie est gardée"
        page = await nav.soumettre(page, f"{ici}/accepter")
    assert page.chemin.endswith("/utilisateurs")
    assert await etat_de(demande) == "actif"


async def test_a05_htmx_is_sent_to_the_proof(navigateur) -> None:
    s = await societe()
    moi = await administrateur(s)
    await facteurs.installer_totp(moi.compte_id, SECRET)
    nav = await entrer(navigateur, moi)
    page = await nav.get(f"/rib/{s.siren}/adherent", headers={"HX-Request": "true"}, suivre=False)
    assert page.statut == 401
    assert page.reponse.headers["hx-redirect"] == f"{CONFIRMER}?suite=/rib/{s.siren}/adherent"


async def test_a05_one_code_posted_twice_at_once_opens_one_session(navigateur) -> None:
    moi = await personne()
    await facteurs.installer_totp(moi.compte_id, SECRET)
    code = totp.code_du_pas(SECRET, totp.pas_de(clock.instant()))
    verdicts = await asyncio.gather(*(facteurs.verifier_totp(moi, code) for _ in range(4)))
    assert sorted(v.issue for v in verdicts) == ["deja", "deja", "deja", "juste"]


async def test_a05_one_recovery_code_posted_twice_at_once_serves_once() -> None:
    moi = await personne()
    (premier, *_) = await secours.renouveler(moi.compte_id)
    verdicts = await asyncio.gather(*(facteurs.verifier_secours(moi, premier) for _ in range(4)))
    assert [v.juste for v in verdicts].count(True) == 1


async def test_a05_challenges_and_late_changes_of_address_go_away() -> None:
    moi = await personne()
    await ouvrir(moi.compte_id)
    session = await valeur("select id from session where compte = $1", moi.compte_id)
    await defis.poser(session, "verifier", b"defi")
    await executer(
        "insert into changement_email (compte, email, cree_le, expire_le)"
        " values ($1, 'a@b.example', $2, $2)",
        moi.compte_id,
        clock.instant() - timedelta(days=2),
    )
    await executer("update defi set expire_le = $2 where session = $1", session, clock.instant())
    await purge.purger()
    assert not await valeur("select count(*) from defi where session = $1", session)
    assert not await valeur(
        "select count(*) from changement_email where compte = $1", moi.compte_id
    )


def test_a05_staff_of_the_demonstration_have_an_application_and_nobody_else() -> None:
    internes = {p.email for p in PERSONNAGES if p.internes}
    secrets = {p["email"]: p["totp_secret"] for p in lister()}
    assert {email for email, secret in secrets.items() if secret} == internes
    assert len({s for s in secrets.values() if s}) == len(internes)
    assert all(len(pyotp.TOTP(s).now()) == 6 for s in secrets.values() if s)

"""A05: second factor by application and recovery codes; staff always, others when it matters."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from portal.core.comptes import facteurs, limites, operations, secours, totp
from portal.core.comptes.queries import charger_personne
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, valeur
from portal.testing.navigateur import Navigateur, PageLue
from tests.core.comptes_aides import (
    IDENTITE,
    MOT_DE_PASSE,
    adresse,
    connecter,
    courriels,
    lignes_du_journal,
    personne,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONFIRMER = "/connexion/confirmer"


async def agent(secret: str | None = SECRET) -> operations.Compte:
    """Somebody of the OPCO's staff, with an application."""
    compte = await operations.creer_interne(
        adresse("agent"), MOT_DE_PASSE, roles=["gestionnaire"], **IDENTITE
    )
    assert compte is not None
    if secret:
        await facteurs.installer_totp(compte.id, secret)
    return compte


def code(secret: str = SECRET, decalage: int = 0) -> str:
    return totp.code_du_pas(secret, totp.pas_de(clock.instant()) + decalage)


@pytest.fixture
async def minuit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The instant stands still at the beginning of a step: no code changes under a test."""
    maintenant = clock.instant()
    debut = maintenant - timedelta(seconds=maintenant.timestamp() % totp.PAS)
    monkeypatch.setattr(clock, "instant", lambda: debut)


async def entrer(nav: Navigateur, email: str) -> PageLue:
    await connecter(nav, email, renforcee=False)
    return await nav.get("/accueil")


async def prouver(nav: Navigateur, page: PageLue, saisi: str, *, suivre: bool = True) -> PageLue:
    return await nav.soumettre(page, CONFIRMER, code=saisi, suivre=suivre)


# The code itself


def test_a05_rfc_6238_vectors() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconde, attendu in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert totp.code_du_pas(secret, seconde // 30) == attendu


@pytest.mark.parametrize(
    ("decalage", "attendu"),
    [(-2, "faux"), (-1, "juste"), (0, "juste"), (1, "juste"), (2, "faux")],
)
async def test_a05_one_step_of_tolerance_each_side(
    minuit: None, decalage: int, attendu: str
) -> None:
    quand = clock.instant()
    assert totp.examiner(SECRET, code(decalage=decalage), quand, None)[0] == attendu


async def test_a05_a_step_serves_once_and_no_earlier_one_after_it(minuit: None) -> None:
    quand, present = clock.instant(), totp.pas_de(clock.instant())
    assert totp.examiner(SECRET, code(), quand, present) == ("deja", None)
    assert totp.examiner(SECRET, code(decalage=-1), quand, present) == ("deja", None)
    assert totp.examiner(SECRET, code(decalage=1), quand, present) == ("juste", present + 1)


async def test_a05_the_secret_lies_sealed_in_the_safe() -> None:
    compte = await agent()
    ligne = await sql1(
        "select s.chiffre, s.masque, s.genre from second_facteur f join secret s on s.id = f.secret"
        " where f.compte = $1",
        compte.id,
    )
    assert ligne is not None
    assert SECRET.encode() not in bytes(ligne["chiffre"])
    assert set(ligne["masque"]) == {"*"}
    assert ligne["genre"] == "totp"


# Staff


async def test_a05_staff_with_a_password_alone_reaches_the_proof_and_nothing_else(
    navigateur, litestar
) -> None:
    nav = navigateur()
    compte = await agent()
    await entrer(nav, compte.email)
    for chemin in ("/accueil", "/compte", "/instruction", "/compte/securite", "/notifications"):
        page = await nav.get(chemin, suivre=False)
        assert page.reponse.headers["location"] == f"{CONFIRMER}?suite={chemin}"
    page = await nav.post("/compte", {"_cle": "a"}, suivre=False)
    assert page.reponse.headers["location"].startswith(CONFIRMER)
    page = await nav.get("/connexion/confirmer")
    assert page.h1 == "Vérifier mon identité"
    assert not page.html.xpath("//nav[@aria-label='Navigation principale']")
    assert (await nav.get("/aide")).texte.count("Se connecter")  # public pages take her for nobody


async def test_a05_staff_can_leave_without_the_second_factor(navigateur) -> None:
    nav = navigateur()
    compte = await agent()
    page = await entrer(nav, compte.email)
    await nav.soumettre(page, "/deconnexion")
    assert await valeur(
        "select count(*) from session where compte = $1 and terminee_le is not null", compte.id
    )


async def test_a05_a_right_code_leads_where_she_was_going_under_a_new_token(
    navigateur, minuit: None
) -> None:
    nav = navigateur()
    compte = await agent()
    await connecter(nav, compte.email, renforcee=False)
    avant = nav.client.cookies["session"]
    page = await nav.get("/compte/securite")
    assert page.h1 == "Vérifier mon identité"
    page = await prouver(nav, page, code())
    assert page.chemin == "/compte/securite"
    assert nav.client.cookies["session"] != avant
    assert await charger_personne(avant) is None
    assert "connexion.confirmee" in await lignes_du_journal(compte.uid)


async def test_a05_the_same_code_is_refused_a_second_time(navigateur, minuit: None) -> None:
    compte = await agent()
    nav, autre = navigateur(), navigateur()
    assert (await prouver(nav, await entrer(nav, compte.email), code())).chemin == "/accueil"
    page = await prouver(autre, await entrer(autre, compte.email), code())
    assert page.statut == 422
    assert "a déjà servi" in page.erreur("code")


async def test_a05_wrong_codes_are_slowed_and_told_to_the_owner(navigateur, minuit: None) -> None:
    compte = await agent()
    nav = navigateur()
    page = await entrer(nav, compte.email)
    for _ in range(limites.SECOND_FACTEUR.libres):
        page = await prouver(nav, page, "000000" if code() != "000000" else "000001")
    assert page.statut == 429
    assert page.reponse.headers["retry-after"]
    page = await prouver(nav, await nav.get(CONFIRMER), code())  # right, but too soon
    assert page.statut == 429
    assert [c for c in await courriels(compte.email) if "codes faux" in c["sujet"]]
    await executer("delete from tentative where genre = 'second_facteur'")
    assert (await prouver(nav, await nav.get(CONFIRMER), code())).chemin == "/accueil"


async def test_a05_a_code_of_letters_is_told_apart(navigateur) -> None:
    compte = await agent()
    nav = navigateur()
    page = await prouver(nav, await entrer(nav, compte.email), "abc")
    assert page.statut == 422
    assert "6 chiffres" in page.erreur("code").replace("\u00a0", " ")


async def test_a05_staff_without_a_factor_makes_one_first(navigateur, minuit: None) -> None:
    nav = navigateur()
    compte = await agent(secret=None)
    await connecter(nav, compte.email, renforcee=False)
    page = await nav.get("/notifications")
    assert page.h1 == "Protéger mon compte"
    assert "Les comptes de l’OPCO demandent" in page.texte
    page = await nav.soumettre(page, "/compte/second-facteur/application")
    assert page.html.xpath("//img[starts-with(@src, 'data:image/svg')]")
    secret = page.html.xpath("string(//code)").replace(" ", "")
    page = await nav.soumettre(
        page,
        "/compte/second-facteur/application/verifier",
        code=pyotp.TOTP(secret).at(clock.instant()),
    )
    assert page.h1 == "Gardez vos codes de secours"
    codes = page.html.xpath("//ul[@class='codes']//code/text()")
    assert len(set(codes)) == secours.NOMBRE
    assert page.liens("continuer") == ["/notifications"]
    assert (await nav.get("/notifications")).chemin == "/notifications"
    assert "second_facteur.ajoute" in await lignes_du_journal(compte.uid)
    assert "vérification" in (await courriels(compte.email))[0]["sujet"]
    textes = [c["texte"] for c in await courriels(compte.email)]
    assert not any(c in t for c in [*codes, secret] for t in textes)


async def test_a05_a_wrong_code_keeps_the_same_picture(navigateur, minuit: None) -> None:
    nav = navigateur()
    compte = await agent(secret=None)
    page = await entrer(nav, compte.email)
    page = await nav.soumettre(page, "/compte/second-facteur/application")
    secret = page.html.xpath("string(//code)")
    page = await nav.soumettre(page, "/compte/second-facteur/application/verifier", code="12345x")
    assert page.statut == 422
    assert page.html.xpath("string(//code)") == secret
    assert not await facteurs.en_a(compte.id)


async def test_a05_a_role_given_under_an_open_session_asks_at_once(navigateur) -> None:
    nav = navigateur()
    compte = await personne()
    await connecter(nav, compte.email, renforcee=False)
    assert (await nav.get("/compte")).chemin == "/compte"
    await operations.donner_role(compte.id, "comptable", acteur=None)
    assert (await nav.get("/compte")).h1 == "Protéger mon compte"


# Recovery codes


async def test_a05_a_recovery_code_serves_once(navigateur, minuit: None) -> None:
    compte = await agent()
    (premier, *_) = await secours.renouveler(compte.id)
    nav, autre = navigateur(), navigateur()
    page = await nav.soumettre(
        await entrer(nav, compte.email),
        f"{CONFIRMER}/secours",
        code_secours=premier.lower().replace("-", " "),
    )
    assert page.chemin == "/accueil"
    assert "Il vous en reste 9" in page.texte
    page = await autre.soumettre(
        await entrer(autre, compte.email), f"{CONFIRMER}/secours", code_secours=premier
    )
    assert page.statut == 422
    assert "déjà servi" in page.erreur("code_secours")
    assert premier not in str(await sql("select * from code_secours where compte = $1", compte.id))
    assert "code de secours" in (await courriels(compte.email))[0]["sujet"]


async def test_a05_new_codes_end_the_former_ones() -> None:
    compte = await agent()
    avant = await secours.renouveler(compte.id)
    apres = await secours.renouveler(compte.id)
    assert not await secours.depenser(compte.id, avant[0])
    assert await secours.depenser(compte.id, apres[0])
    assert await secours.restants(compte.id) == secours.NOMBRE - 1


async def test_a05_another_s_recovery_code_is_worth_nothing() -> None:
    un, deux = await agent(), await agent()
    codes = await secours.renouveler(un.id)
    assert not await secours.depenser(deux.id, codes[0])


# Her own settings


async def test_a05_a_stolen_session_makes_no_first_factor_without_the_password(
    navigateur, monkeypatch: pytest.MonkeyPatch
) -> None:
    nav = navigateur()
    compte = await personne()
    await connecter(nav, compte.email, renforcee=False)
    assert (await nav.get("/compte/second-facteur")).h1 == "Protéger mon compte"
    await executer(
        "update session set creee_le = creee_le - interval '20 minutes' where compte = $1",
        compte.id,
    )
    page = await nav.get("/compte/second-facteur")
    assert page.h1 == "Confirmer mon mot de passe"
    refusee = await nav.soumettre(page, "/connexion/mot-de-passe", actuel="Pas-le-bon-1")
    assert "Ce n’est pas" in refusee.erreur("actuel")
    page = await nav.soumettre(page, "/connexion/mot-de-passe", actuel=MOT_DE_PASSE)
    assert page.h1 == "Protéger mon compte"


async def test_a05_removing_a_factor_asks_for_it_first(navigateur, minuit: None) -> None:
    nav = navigateur()
    compte = await personne()
    await facteurs.installer_totp(compte.id, SECRET)
    await secours.renouveler(compte.id)
    await connecter(nav, compte.email, renforcee=False)
    (facteur,) = await facteurs.lister(compte.id)
    page = await nav.get("/compte/securite")
    page = await nav.soumettre(page, f"/compte/second-facteur/{facteur.uid}/retirer")
    assert page.h1 == "Vérifier mon identité"
    page = await prouver(nav, page, code())
    assert page.h1 == "Votre saisie est gardée"
    page = await nav.soumettre(page, f"/compte/second-facteur/{facteur.uid}/retirer")
    assert page.chemin == "/compte/securite"
    assert "est retiré" in page.texte
    assert not await facteurs.en_a(compte.id)
    assert await secours.restants(compte.id) == 0


async def test_a05_staff_keep_one_factor_at_least(navigateur, minuit: None) -> None:
    nav = navigateur()
    compte = await agent()
    await connecter(nav, compte.email)
    (facteur,) = await facteurs.lister(compte.id)
    page = await nav.get("/compte/securite")
    assert not page.html.xpath("//form[contains(@action, '/retirer')]")
    page = await nav.post(f"/compte/second-facteur/{facteur.uid}/retirer", {"_cle": adresse()})
    assert page.statut == 422
    assert await facteurs.en_a(compte.id)


async def test_a05_another_s_factor_is_not_found(navigateur) -> None:
    nav = navigateur()
    moi, autre = await personne(), await agent()
    await connecter(nav, moi.email)
    (facteur,) = await facteurs.lister(autre.id)
    page = await nav.post(f"/compte/second-facteur/{facteur.uid}/retirer", {"_cle": adresse()})
    assert page.statut == 404
    assert await facteurs.en_a(autre.id)


async def test_a05_the_proof_survives_a_change_of_password(navigateur) -> None:
    nav = navigateur()
    compte = await agent()
    await connecter(nav, compte.email)
    page = await nav.get("/compte/mot-de-passe")
    page = await nav.soumettre(
        page, "/compte/mot-de-passe", actuel=MOT_DE_PASSE,
        mot_de_passe="Viaduc-bleu-48", confirmation="Viaduc-bleu-48",
    )  # fmt: skip
    assert page.chemin == "/compte/securite"


async def test_a05_no_code_is_shown_outside_the_demonstration(
    navigateur, litestar, monkeypatch
) -> None:
    from portal.core.comptes import personas
    from portal.core.comptes.personas import Persona

    compte = await agent()
    offerte = Persona("Gestionnaire", compte.email, MOT_DE_PASSE, "Essai", SECRET)
    monkeypatch.setattr(personas, "PERSONAS", [lambda: [offerte]])
    nav = navigateur()
    assert "Le code du moment" in (await entrer(nav, compte.email)).texte
    monkeypatch.setattr(litestar.state.settings, "demo", False)
    assert "code du moment" not in (await nav.get(CONFIRMER)).texte
    monkeypatch.setattr(litestar.state.settings, "demo", True)
    monkeypatch.setattr(personas, "PERSONAS", [])
    assert "code du moment" not in (await nav.get(CONFIRMER)).texte

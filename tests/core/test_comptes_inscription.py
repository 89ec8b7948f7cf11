"""A01: e-mail, code, password and identity; nothing is told of other people's accounts."""

import asyncio
import re
from datetime import timedelta

import pytest

from portal.core.comptes import inscription
from portal.core.comptes.evenements import AdresseProuvee
from portal.infra import clock, evenements
from portal.infra.base import sql1
from tests.core.comptes_aides import (
    IDENTITE,
    MOT_DE_PASSE,
    adresse,
    code_recu,
    courriels,
    demander_code,
    lignes_du_journal,
    oublier_limites,
    personne,
)  # fmt: skip

FIN = {**IDENTITE, "mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


@pytest.fixture
def plus_tard(monkeypatch):
    vrai = clock.instant

    def avancer(**duree):
        monkeypatch.setattr(clock, "instant", lambda: vrai() + timedelta(**duree))

    return avancer


def _faux(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def _jusqu_a_la_fin(nav, email):
    page = await demander_code(nav, email)
    return await nav.soumettre(page, "/compte/code", code=await code_recu(email))


async def test_a01_from_the_address_to_a_signed_in_account(navigateur) -> None:
    nav, email = navigateur(), adresse()
    vus = []

    async def voir(evt: AdresseProuvee) -> None:
        vus.append(evt.email)

    evenements.sur(AdresseProuvee, voir)
    page = await demander_code(nav, f"  {email.upper()} ")
    assert page.chemin == "/compte/code"
    assert "courrier indésirable" in page.texte
    assert "ne-pas-repondre@" in page.texte
    code = await code_recu(email)
    page = await nav.soumettre(page, "/compte/code", code=f" {code[:3]} {code[3:]} ")
    assert page.chemin == "/compte/finaliser"
    page = await nav.soumettre(page, "/compte/finaliser", suivre=False, **FIN)
    assert page.reponse.headers["location"] == "/accueil"
    page = await nav.get("/compte")
    assert page.h1 == "Mon compte"
    compte = await sql1("select * from compte where email = $1", email)
    assert (compte["nom"], compte["prenom"], compte["telephone"]) == ("Durand", "Claire", None)
    assert compte["mot_de_passe"].startswith("$argon2id$")
    assert vus == [email]
    assert "compte.cree" in await lignes_du_journal(compte["uid"])


async def test_a01_a_former_user_is_told_which_address_to_use(navigateur) -> None:
    page = await navigateur().get("/compte/creer")
    assert "l’ancien portail" in page.texte
    assert "expéditeurs de confiance" in page.texte


@pytest.mark.parametrize(
    "saisi", ["", "claire", "claire@", "claire@exemplé.fr", "a" * 260 + "@b.fr"]
)
async def test_a01_an_address_that_is_none_is_refused(navigateur, saisi) -> None:
    nav = navigateur()
    page = await nav.soumettre(await nav.get("/compte/creer"), "/compte/creer", email=saisi)
    assert page.statut == 422
    assert page.erreur("email")
    assert page.html.xpath("string(//title)").startswith("Erreur")


async def test_a01_a_known_address_gets_the_same_pages_and_only_its_owner_is_told(
    navigateur,
) -> None:
    connue, inconnue = adresse(), adresse()
    await personne(connue)
    pages = []
    for email in (connue, inconnue):
        nav = navigateur()
        page = await demander_code(nav, email)
        suite = await nav.soumettre(page, "/compte/code", code="000000")
        pages.append([_neutre(p, email) for p in (page, suite)])
        assert [p.statut for p in (page, suite)] == [200, 422]
    assert pages[0] == pages[1]
    (mail,) = await courriels(connue)
    assert "déjà un compte" in mail["sujet"]
    assert re.search(r"\b\d{6}\b", mail["texte"]) is None
    assert "code de vérification" in (await courriels(inconnue))[0]["sujet"]


def _neutre(page, email) -> str:
    return re.sub(r'name="_cle" value="[^"]+"', "", page.reponse.text).replace(email, "x")


async def test_a01_no_code_works_for_a_known_address(navigateur, monkeypatch) -> None:
    email = adresse()
    await personne(email)
    monkeypatch.setattr(inscription, "nouveau_code", lambda: "424242")
    nav = navigateur()
    page = await nav.soumettre(await demander_code(nav, email), "/compte/code", code="424242")
    assert page.statut == 422


async def test_a01_a_wrong_code_says_how_many_tries_are_left_then_none(navigateur) -> None:
    nav, email = navigateur(), adresse()
    page = await demander_code(nav, email)
    code = await code_recu(email)
    for restants in ("4 essais", "3 essais", "2 essais", "1 essai"):
        page = await nav.soumettre(page, "/compte/code", code=_faux(code))
        assert page.statut == 422
        assert restants in page.erreur("code")
    page = await nav.soumettre(page, "/compte/code", code=_faux(code))
    assert "Trop d’essais" in page.erreur("code")
    page = await nav.soumettre(page, "/compte/code", code=code)
    assert "Trop d’essais" in page.erreur("code"), "the right code comes too late"


@pytest.mark.parametrize("saisi", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
async def test_a01_what_is_not_six_digits_costs_no_try(navigateur, saisi) -> None:
    nav, email = navigateur(), adresse()
    page = await nav.soumettre(await demander_code(nav, email), "/compte/code", code=saisi)
    assert page.statut == 422
    ligne = await sql1("select essais from code_courriel where email = $1", email)
    assert ligne["essais"] == 0


async def test_a01_tries_sent_at_once_are_counted_one_by_one() -> None:
    email = adresse()
    envoi = await inscription.demarrer(email, "192.0.2.1")
    code = await code_recu(email)
    issues = await asyncio.gather(
        *(inscription.prouver(envoi.jeton, f"{(int(code) + n) % 10**6:06d}") for n in range(1, 31))
    )
    assert sorted(i[0] for i in issues).count("faux") == 4
    assert (await inscription.prouver(envoi.jeton, code))[0] == "epuise"


async def test_a01_a_late_code_is_refused(navigateur, plus_tard) -> None:
    nav, email = navigateur(), adresse()
    page = await demander_code(nav, email)
    plus_tard(minutes=10, seconds=1)
    page = await nav.soumettre(page, "/compte/code", code=await code_recu(email))
    assert page.statut == 422
    assert "10 minutes" in page.erreur("code")


async def test_a01_a_code_is_worth_nothing_in_another_browser(navigateur) -> None:
    victime, autre, email = navigateur(), navigateur(), adresse()
    await demander_code(victime, email)
    code = await code_recu(email)
    page = await demander_code(autre, adresse())
    page = await autre.soumettre(page, "/compte/code", code=code)
    assert page.statut == 422


async def test_a01_the_code_is_kept_hashed() -> None:
    email = adresse()
    await inscription.demarrer(email, "192.0.2.2")
    ligne = await sql1("select code, jeton from code_courriel where email = $1", email)
    assert len(ligne["code"]) == len(ligne["jeton"]) == 32
    assert (await code_recu(email)).encode() not in ligne["code"]


async def test_a01_a_new_code_ends_the_former_and_is_limited(navigateur) -> None:
    nav, email = navigateur(), adresse()
    page = await demander_code(nav, email)
    ancien = await code_recu(email)
    page = await nav.soumettre(page, "/compte/code/renvoyer")
    assert "Un nouveau code est parti" in page.texte
    nouveau = await code_recu(email)
    if ancien != nouveau:
        refusee = await nav.soumettre(page, "/compte/code", code=ancien)
        assert refusee.statut == 422
    page = await nav.soumettre(await nav.get("/compte/code"), "/compte/code/renvoyer")
    page = await nav.soumettre(page, "/compte/code/renvoyer")
    assert page.statut == 429
    assert "5 minutes" in page.texte
    assert int(page.reponse.headers["retry-after"]) > 200
    assert len(await courriels(email)) == 3


async def test_a01_the_limit_is_the_same_for_a_known_address(navigateur) -> None:
    connue, inconnue = adresse(), adresse()
    await personne(connue)
    for email in (connue, inconnue):
        statuts = [(await demander_code(navigateur(), email)).statut for _ in range(4)]
        assert statuts == [200, 200, 200, 429]


async def test_a01_the_last_step_without_the_code_is_refused(navigateur) -> None:
    nav, email = navigateur(), adresse()
    await demander_code(nav, email)
    page = await nav.post("/compte/finaliser", {**FIN, "_cle": "forgee-1", "email": email})
    assert page.statut == 403
    assert "non vérifiée" in page.h1
    page = await navigateur().post("/compte/finaliser", {**FIN, "_cle": "forgee-2"})
    assert page.statut == 403
    assert await sql1("select 1 from compte where email = $1", email) is None
    assert (await nav.get("/compte/finaliser")).chemin == "/compte/creer"


async def test_a01_the_token_changes_with_the_proof(navigateur) -> None:
    nav, email = navigateur(), adresse()
    page = await demander_code(nav, email)
    avant = nav.client.cookies["inscription"]
    await nav.soumettre(page, "/compte/code", code=await code_recu(email))
    assert nav.client.cookies["inscription"] != avant
    voleur = navigateur()
    voleur.client.cookies.set("inscription", avant, path="/compte")
    page = await voleur.post("/compte/finaliser", {**FIN, "_cle": "forgee-3"})
    assert page.statut == 403


async def test_a01_the_proof_serves_once_and_for_an_hour(navigateur, plus_tard) -> None:
    nav, email = navigateur(), adresse()
    page = await _jusqu_a_la_fin(nav, email)
    jeton = nav.client.cookies["inscription"]
    await nav.soumettre(page, "/compte/finaliser", suivre=False, **FIN)
    rejoue = navigateur()
    rejoue.client.cookies.set("inscription", jeton, path="/compte")
    assert (await rejoue.post("/compte/finaliser", {**FIN, "_cle": "encore"})).statut == 403
    autre, seconde = navigateur(), adresse()
    await _jusqu_a_la_fin(autre, seconde)
    plus_tard(hours=1, seconds=1)
    assert (await autre.post("/compte/finaliser", {**FIN, "_cle": "tard"})).statut == 403


async def test_a01_the_same_form_twice_makes_one_account(navigateur) -> None:
    nav, email = navigateur(), adresse()
    page = await _jusqu_a_la_fin(nav, email)
    donnees = {**dict(page.formulaire("/compte/finaliser").form_values()), **FIN}
    envoi = nav.post("/compte/finaliser", donnees, suivre=False)
    encore = nav.post("/compte/finaliser", donnees, suivre=False)
    reponses = [*await asyncio.gather(envoi, encore)]
    reponses.append(await nav.post("/compte/finaliser", donnees, suivre=False))
    assert [r.reponse.headers["location"] for r in reponses] == ["/accueil"] * 3
    assert (await sql1("select count(*) as n from compte where email = $1", email))["n"] == 1


async def test_a01_two_sign_ups_of_one_address_make_one_account(navigateur) -> None:
    email, un, deux = adresse(), navigateur(), navigateur()
    pages = [await _jusqu_a_la_fin(nav, email) for nav in (un, deux)]
    await un.soumettre(pages[0], "/compte/finaliser", suivre=False, **FIN)
    page = await deux.soumettre(pages[1], "/compte/finaliser", **FIN)
    assert page.chemin == "/connexion"
    assert "a déjà un compte" in page.texte


@pytest.mark.parametrize(
    ("champ", "saisi"),
    [
        ("nom", ""), ("nom", "<script>"), ("nom", "http://x.fr"), ("nom", "'-"), ("nom", "x" * 81),
        ("prenom", "  "), ("civilite", "Dr"), ("telephone", "12"),
    ],
)  # fmt: skip
async def test_a01_each_field_says_what_is_wrong(navigateur, champ, saisi) -> None:
    nav, email = navigateur(), adresse()
    page = await _jusqu_a_la_fin(nav, email)
    page = await nav.soumettre(page, "/compte/finaliser", **{**FIN, champ: saisi})
    assert page.statut == 422
    assert champ in "".join(page.html.xpath("//div[@role='alert']//a/@href"))
    assert MOT_DE_PASSE not in page.reponse.text, "a password is not sent back"


async def test_a01_names_of_everybody_are_taken_as_they_are(navigateur) -> None:
    nav, email = navigateur(), adresse()
    page = await _jusqu_a_la_fin(nav, email)
    saisi = {**FIN, "nom": " O'Brien-Ñandú  李 ", "prenom": "Anne‑Zoé".replace("‑", "-"),
             "telephone": "06 12 34 56 78"}  # fmt: skip
    await nav.soumettre(page, "/compte/finaliser", suivre=False, **saisi)
    compte = await sql1("select nom, telephone from compte where email = $1", email)
    assert compte == {"nom": "O'Brien-Ñandú 李", "telephone": "+33612345678"}
    assert "06 12 34 56 78" in (await nav.get("/compte")).reponse.text

"""A02: what a password must be, and how it is kept."""

import asyncio

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from portal.core.comptes import courants, motdepasse
from portal.core.comptes.operations import changer_mot_de_passe
from portal.core.comptes.queries import charger_personne
from portal.core.comptes.sessions import connecter
from portal.infra.base import executer, sql1
from portal.web.erreurs import TropDeTentatives
from tests.core.comptes_aides import (
    MOT_DE_PASSE,
    adresse,
    courriels,
    oublier_limites,
    personne,
)  # fmt: skip
from tests.core.comptes_aides import (
    connecter as se_connecter,
)

EMAIL = "claire.durand@entreprise.example"
ICI = {"appareil": "Essai", "ip": "192.0.2.7"}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


@pytest.mark.parametrize(
    ("choisi", "dit"),
    [
        ("Aa1!", "8 caractères au moins"),
        ("passerelle-7", "une majuscule"),
        ("PASSERELLE-7", "une minuscule"),
        ("Passerelle-x", "un chiffre"),
        ("Passerelle77", "un caractère spécial"),
        ("", "8 caractères au moins, une majuscule, une minuscule, un chiffre, un caractère"),
        ("Azerty123!", "trop courant"),
        ("Motdepasse1!", "trop courant"),
        ("Bonjour2026!", "trop courant"),
        ("P@ssw0rd1!", "trop courant"),
        ("Été2026!", "trop courant"),
        ("M0tdep@sse-2026", "trop courant"),
        ("@Zerty123!", "trop courant"),
        ("A1z2e3r4t5!", "trop courant"),
        ("1Qaz2wsx!", "trop courant"),
        ("$Oleil2024", "trop courant"),
        ("Bonjour-Bonjour1!", "trop courant"),
        ("MarieParis-75", "trop courant"),
        ("MonEspace1!", "trop courant"),
        ("Opco-Démo-2026", "trop courant"),
        ("Aa-123456789", "trop courant"),
        ("Ａｚｅｒｔｙ123!", "trop courant"),
        ("Aa1!Aa1!Claire.Durand", "début de votre adresse"),
        ("A1!" + "a" * 198, "200 caractères au plus"),
    ],
)
def test_a02_the_rule_says_what_is_missing(choisi, dit) -> None:
    critique = motdepasse.critiquer(choisi, EMAIL)
    assert critique is not None
    assert dit in critique.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "choisi",
    [
        MOT_DE_PASSE,
        "Ça tient, 3 fois",
        "Дом-№7 на реке",
        "Xk9!72#4",
        "Tr0mpette-9!",
        "Lyon-Rhône-Écluse-4",
    ],
)
def test_a02_a_password_that_keeps_the_rule_is_taken(choisi) -> None:
    assert motdepasse.critiquer(choisi, EMAIL) is None


def test_a02_the_list_of_common_passwords_is_what_its_generator_makes() -> None:
    ecrites = motdepasse.COURANTS.read_text(encoding="utf-8").split()
    assert ecrites == courants.entrees()
    assert len(ecrites) > 1000
    assert all(e.isalpha() and e == e.lower() for e in ecrites)


@pytest.mark.parametrize(
    ("saisi", "dit"),
    [
        ("", ""),
        ("abc", "Il manque : 8 caractères au moins, une majuscule, un chiffre, un caractère"),
        ("Azerty123!", "trop courant"),
        ("Quai-vert7", "Suffisant Plus long, il résisterait mieux"),
        (MOT_DE_PASSE, "Solide"),
    ],
)
async def test_a02_its_strength_is_told_while_it_is_typed(navigateur, saisi, dit) -> None:
    reponse = await navigateur().client.post(
        "/mot-de-passe/force",
        data={"mot_de_passe": saisi},
        headers={"Sec-Fetch-Site": "same-origin", "HX-Request": "true"},
    )
    texte = " ".join(html.fromstring(reponse.text or "<p></p>").text_content().split())
    assert dit in texte
    assert bool(texte) == bool(saisi)
    assert saisi not in reponse.text or not saisi


async def test_a02_after_posting_without_javascript_the_page_says_what_is_missing(
    navigateur,
) -> None:
    nav = navigateur()
    await se_connecter(nav, (await personne()).email)
    page = await nav.get("/compte/mot-de-passe")
    assert page.html.xpath("//*[@hx-post='/mot-de-passe/force']")
    page = await nav.soumettre(
        page, "/compte/mot-de-passe", actuel=MOT_DE_PASSE, mot_de_passe="viaduc-7",
        confirmation="viaduc-7",
    )  # fmt: skip
    assert page.erreur("mot_de_passe").endswith("Il manque : une majuscule.")
    assert "viaduc-7" not in page.reponse.text


def test_a02_a_short_local_part_forbids_nothing() -> None:
    assert motdepasse.critiquer("Passerelle-7al", "al@b.fr") is None


@settings(max_examples=200)
@given(st.text(max_size=220))
def test_a02_any_text_gets_an_answer_never_an_error(choisi) -> None:
    critique = motdepasse.critiquer(choisi, EMAIL)
    if critique is None:
        assert 8 <= len(choisi) <= 200
        assert motdepasse.manques(choisi) == []


async def test_a02_a_password_is_verified_however_its_accents_are_composed() -> None:
    empreinte = await motdepasse.hacher("Écluse-77")
    assert await motdepasse.verifier(empreinte, "E\u0301cluse-77")
    assert not await motdepasse.verifier(empreinte, "Ecluse-77")
    assert not await motdepasse.verifier("n'importe quoi", "Écluse-77")


async def test_a02_without_an_account_the_same_work_is_done(monkeypatch) -> None:
    appels = []
    vrai = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, h, p: appels.append(h) or vrai(self, h, p)
    )
    assert not await motdepasse.verifier(None, "personne"), "not even with the dummy's own password"
    assert len(appels) == 1


async def test_a02_parameters_follow_at_the_next_sign_in() -> None:
    compte = await personne()
    ancien = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(MOT_DE_PASSE)
    await executer("update compte set mot_de_passe = $2 where id = $1", compte.id, ancien)
    assert (await connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    apres = (await sql1("select mot_de_passe from compte where id = $1", compte.id))["mot_de_passe"]
    assert "m=8," in apres
    assert (await connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    encore = (await sql1("select mot_de_passe from compte where id = $1", compte.id))[
        "mot_de_passe"
    ]
    assert encore == apres, "no new hash where the parameters are today's"


async def test_a02_a_crowd_waits_a_little_and_then_is_told_so(monkeypatch) -> None:
    monkeypatch.setattr(motdepasse, "EN_ATTENTE_MAX", 5)
    issues = await asyncio.gather(
        *(motdepasse.verifier(None, "x") for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(i, TropDeTentatives) for i in issues) == 7
    assert await motdepasse.verifier(None, "x") is False, "and then all goes on"


async def test_a02_changing_it_ends_the_other_sessions_and_renews_this_one(navigateur) -> None:
    compte = await personne()
    ici, ailleurs = navigateur(), navigateur()
    await se_connecter(ici, compte.email)
    await se_connecter(ailleurs, compte.email)
    avant = ici.client.cookies["session"]
    page = await ici.get("/compte/mot-de-passe")
    nouveau = "Ecluse-du-Nord-9"
    page = await ici.soumettre(
        page, "/compte/mot-de-passe", actuel=MOT_DE_PASSE, mot_de_passe=nouveau,
        confirmation=nouveau,
    )  # fmt: skip
    assert page.chemin == "/compte/securite"
    assert ici.client.cookies["session"] != avant
    assert await charger_personne(avant) is None
    assert (await ailleurs.get("/compte")).chemin.startswith("/connexion")
    assert "a changé" in (await courriels(compte.email))[0]["sujet"]
    assert (await connecter(compte.email, nouveau, **ICI)).jeton


@pytest.mark.parametrize(
    ("champs", "nom", "dit"),
    [
        ({"actuel": "Autre-chose-1"}, "actuel", "pas votre mot de passe actuel"),
        ({"confirmation": "Autre-chose-1"}, "confirmation", "différents"),
        ({"mot_de_passe": "faible"}, "mot_de_passe", "Il manque"),
    ],
)
async def test_a02_a_change_that_is_refused_says_why(navigateur, champs, nom, dit) -> None:
    compte, nav = await personne(), navigateur()
    await se_connecter(nav, compte.email)
    bons = {"actuel": MOT_DE_PASSE, "mot_de_passe": "Ecluse-9bis", "confirmation": "Ecluse-9bis"}
    page = await nav.soumettre(
        await nav.get("/compte/mot-de-passe"), "/compte/mot-de-passe", **{**bons, **champs}
    )
    assert page.statut == 422
    assert dit in page.erreur(nom)
    assert (await connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton


async def test_a02_guessing_the_present_password_is_slowed() -> None:
    compte = await personne()
    jeton = (await connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    moi = await charger_personne(jeton)
    for _ in range(5):
        nouveau, attente = await changer_mot_de_passe(moi, "faux", "Ecluse-9bis", **ICI)
        assert nouveau is None
    assert attente > 0
    nouveau, attente = await changer_mot_de_passe(moi, MOT_DE_PASSE, "Ecluse-9bis", **ICI)
    assert (nouveau, attente > 0) == (None, True)


async def test_a02_hashes_are_argon2id_with_a_salt_each() -> None:
    un, deux = await personne(adresse()), await personne(adresse())
    empreintes = [
        (await sql1("select mot_de_passe from compte where id = $1", c.id))["mot_de_passe"]
        for c in (un, deux)
    ]
    assert empreintes[0] != empreintes[1]
    assert all(e.startswith("$argon2id$") for e in empreintes)

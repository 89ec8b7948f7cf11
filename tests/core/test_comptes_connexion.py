"""A04: sign in and out, sessions, limits by rate; nobody learns which addresses have accounts."""

import asyncio
import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from portal.core.comptes import limites, pages_connexion, personas, sessions
from portal.core.comptes.operations import desactiver
from portal.core.comptes.queries import charger_personne
from portal.infra import base, clock
from tests.core.comptes_aides import (
    MOT_DE_PASSE,
    adresse,
    connecter,
    lignes_du_journal,
    oublier_limites,
    personne,
)  # fmt: skip

ICI = {"appareil": "Essai", "ip": "192.0.2.8"}
AILLEURS = {"appareil": "Essai", "ip": "203.0.113.9"}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


@pytest.fixture
def plus_tard(monkeypatch):
    vrai = clock.instant

    def avancer(**duree):
        monkeypatch.setattr(clock, "instant", lambda: vrai() + timedelta(**duree))

    return avancer


@pytest.fixture
def argon2(monkeypatch):
    """Counts what argon2 is asked to do."""
    appels = []
    for nom in ("verify", "hash"):
        vrai = getattr(PasswordHasher, nom)

        def compter(self, *args, _nom=nom, _vrai=vrai, **kw):
            appels.append(_nom)
            return _vrai(self, *args, **kw)

        monkeypatch.setattr(PasswordHasher, nom, compter)
    return appels


async def test_a04_the_home_page_offers_the_ways_in(navigateur) -> None:
    nav = navigateur()
    page = await nav.get("/")
    for libelle in ("Créer mon compte", "Se connecter", "Mot de passe oublié", "Aide"):
        (lien, *_) = page.liens(libelle)
        assert (await nav.get(lien)).statut == 200
    compte = await personne()
    await connecter(nav, compte.email)
    for chemin in ("/", "/connexion", "/compte/creer"):
        assert (await nav.get(chemin, suivre=False)).reponse.headers["location"] == "/accueil"


async def test_a04_sign_in_then_out(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    page = await connecter(nav, compte.email.upper())
    assert page.statut == 303
    entete = page.reponse.headers["set-cookie"]
    assert "HttpOnly" in entete
    assert "samesite=lax" in entete.lower()
    page = await nav.get("/compte")
    jeton = nav.client.cookies["session"]
    page = await nav.soumettre(page, "/deconnexion", suivre=False)
    assert page.reponse.headers["clear-site-data"] == '"storage"'
    assert "session" not in nav.client.cookies
    assert await charger_personne(jeton) is None
    assert (await nav.get("/compte")).chemin == "/connexion?suite=/compte"
    actions = await lignes_du_journal(compte.uid)
    assert actions == ["compte.cree", "connexion", "deconnexion"]
    assert (await nav.post("/deconnexion", suivre=False)).statut == 303, "again is harmless"


async def test_a04_sign_in_leads_back_to_the_page_that_was_asked_for(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    page = await nav.get("/compte/mot-de-passe")
    page = await nav.soumettre(
        page, contenant="mot_de_passe", email=compte.email, mot_de_passe=MOT_DE_PASSE
    )
    assert page.chemin == "/compte/mot-de-passe"


@pytest.mark.parametrize(
    "suite", ["https://mal.example", "//mal.example", "/\\mal.example", "javascript:alert(1)", "x"]
)
async def test_a04_it_never_leads_to_another_site(navigateur, suite) -> None:
    nav, compte = navigateur(), await personne()
    page = await nav.post(
        "/connexion", {"email": compte.email, "mot_de_passe": MOT_DE_PASSE, "suite": suite},
        suivre=False,
    )  # fmt: skip
    assert page.reponse.headers["location"] == "/accueil"


async def test_a04_known_and_unknown_addresses_are_refused_alike(navigateur, argon2) -> None:
    connue, ferme = await personne(), await personne()
    await desactiver(ferme.id, acteur=None)
    pages, appels = [], []
    for email, mot_de_passe in [
        (connue.email, "Pas-le-bon-1"), (adresse(), "Pas-le-bon-1"), (ferme.email, MOT_DE_PASSE),
    ]:  # fmt: skip
        argon2.clear()
        page = await connecter(navigateur(), email, mot_de_passe)
        appels.append(list(argon2))
        texte = re.sub(r'name="_cle" value="[^"]+"', "", page.reponse.text)
        pages.append((page.statut, texte.replace(email, "x")))
    assert appels == [["verify"]] * 3
    assert pages[0] == pages[1] == pages[2]
    assert pages[0][0] == 422


async def test_a04_known_and_unknown_addresses_cost_the_same_statements(monkeypatch) -> None:
    compte, comptes = await personne(), []
    vrai = base._connexion
    n = [0]

    def compter(*args):
        n[0] += 1
        return vrai(*args)

    monkeypatch.setattr(base, "_connexion", compter)
    for email in (compte.email, adresse()):
        n[0] = 0
        await sessions.connecter(email, "Pas-le-bon-1", **ICI)
        comptes.append(n[0])
    assert comptes[0] == comptes[1]


async def test_a04_the_limit_is_the_same_with_and_without_an_account(argon2) -> None:
    compte, suites = await personne(), []
    for email in (compte.email, adresse()):
        attentes = [
            (await sessions.connecter(email, "Pas-le-bon-1", **ICI)).attente for _ in range(6)
        ]
        suites.append([attente > 0 for attente in attentes])
    assert suites[0] == suites[1] == [False] * 4 + [True] * 2
    assert argon2.count("verify") == 10, "a refused try costs no argon2"


async def test_a04_the_wait_grows_and_ends(plus_tard) -> None:
    compte = await personne()
    for _ in range(5):
        refus = await sessions.connecter(compte.email, "Pas-le-bon-1", **ICI)
    assert 0 < refus.attente <= 15
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton is None
    plus_tard(seconds=16)
    encore = await sessions.connecter(compte.email, "Pas-le-bon-1", **ICI)
    assert 15 < encore.attente <= 30
    plus_tard(seconds=50)
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    assert (await sessions.connecter(compte.email, "Pas-le-bon-1", **ICI)).attente == 0


def test_a04_no_wait_is_for_ever() -> None:
    limite = limites.CONNEXION_COMPTE
    assert limite.delai(4) == timedelta()
    assert limite.delai(5) < limite.delai(6) < limite.delai(7)
    assert limite.delai(10_000) == timedelta(minutes=15)


async def test_a04_a_burst_at_once_gets_no_more_than_its_share(argon2, monkeypatch) -> None:
    monkeypatch.setattr(sessions, "SIMULTANEES", 100)
    email = (await personne()).email
    await asyncio.gather(*(sessions.connecter(email, f"Faux-{i}", **ICI) for i in range(30)))
    assert argon2.count("verify") == 5


async def test_a04_a_burst_does_not_hold_every_connection(monkeypatch) -> None:
    email = (await personne()).email
    issues = await asyncio.gather(*(sessions.connecter(email, "Faux-1", **ICI) for _ in range(30)))
    assert sum(i.attente == 2 for i in issues) >= 26
    assert not sessions.saturation._en_cours


async def test_a04_a_stranger_does_not_lock_a_person_out_of_her_usual_place() -> None:
    compte = await personne()
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    for _ in range(6):
        refus = await sessions.connecter(compte.email, "Pas-le-bon-1", **AILLEURS)
    assert refus.attente
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton


async def test_a04_one_address_that_tries_many_accounts_is_slowed() -> None:
    ip = "198.51.100.77"
    for _ in range(30):
        refus = await sessions.connecter(adresse(), "Faux-1", appareil="Essai", ip=ip)
    assert refus.attente
    compte = await personne()
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, appareil="E", ip=ip)).attente
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton


async def test_a04_too_many_tries_say_how_long_to_wait(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    for _ in range(5):
        page = await connecter(nav, compte.email, "Pas-le-bon-1")
    assert page.statut == 429
    assert "Recommencez dans" in page.texte
    assert 0 < int(page.reponse.headers["retry-after"]) <= 15


@pytest.mark.parametrize(
    "champs",
    [{"email": ""}, {"email": "claire"}, {"mot_de_passe": ""}, {"mot_de_passe": "x" * 201}],
)
async def test_a04_an_incomplete_sign_in_is_refused_without_argon2(
    navigateur, argon2, champs
) -> None:
    page = await navigateur().post(
        "/connexion", {"email": adresse(), "mot_de_passe": "Faux-1", **champs}
    )
    assert page.statut == 422
    assert argon2 == []
    assert page.erreur(next(iter(champs)))


async def test_a04_the_demo_s_people_are_one_click_away(navigateur, monkeypatch) -> None:
    compte, nav = await personne(), navigateur()

    async def fournir():
        return [personas.Persona("Gestionnaire", compte.email, MOT_DE_PASSE, "Instruit.")]

    monkeypatch.setattr(personas, "PERSONAS", [fournir])
    page = await nav.get("/connexion")
    (formulaire,) = page.html.xpath("//form[.//*[contains(., 'comme Gestionnaire')]]")
    await nav.post("/connexion", dict(formulaire.form_values()), suivre=False)
    assert (await nav.get("/compte")).statut == 200


async def test_a04_outside_the_demo_nobody_is_offered(navigateur, litestar, monkeypatch) -> None:
    monkeypatch.setattr(
        personas, "PERSONAS", [lambda: [personas.Persona("Rôle", "a@b.fr", "x", "y")]]
    )
    hors_demo = litestar.state.settings.model_copy(update={"demo": False})
    monkeypatch.setattr(pages_connexion, "reglages", lambda request: hors_demo)
    assert "Entrer" not in (await navigateur().get("/connexion")).texte


async def test_a04_another_site_can_t_sign_anybody_in_or_out(navigateur) -> None:
    for chemin in ("/connexion", "/deconnexion"):
        page = await navigateur().post(
            chemin, {"email": "a@b.fr"}, entetes={"Sec-Fetch-Site": "cross-site"}
        )
        assert page.statut == 422


@pytest.mark.parametrize(
    "chemin", ["/accessibilite", "/mentions-legales", "/donnees-personnelles", "/aide"]
)
async def test_pages_that_say_the_same_to_everybody_open_signed_out(navigateur, chemin) -> None:
    page = await navigateur().get(chemin)
    assert page.statut == 200
    assert page.h1

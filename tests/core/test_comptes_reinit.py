"""A03: « Mot de passe oublié »: a link, once, for half an hour; all sessions end."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from portal.core.comptes import reinitialisation, sessions
from portal.core.comptes.operations import desactiver
from portal.core.comptes.queries import charger_personne
from portal.infra import base, clock
from portal.infra.base import sql
from tests.core.comptes_aides import (
    MOT_DE_PASSE,
    adresse,
    courriels,
    lien_recu,
    lignes_du_journal,
    oublier_limites,
    personne,
)  # fmt: skip

ICI = {"appareil": "Essai", "ip": "192.0.2.9"}
NOUVEAU = "Ecluse-du-Nord-9"
FIN = {"mot_de_passe": NOUVEAU, "confirmation": NOUVEAU}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


@pytest.fixture
def plus_tard(monkeypatch):
    vrai = clock.instant

    def avancer(**duree):
        monkeypatch.setattr(clock, "instant", lambda: vrai() + timedelta(**duree))

    return avancer


async def _demander(nav, email, **options):
    page = await nav.get("/mot-de-passe/oublie")
    return await nav.soumettre(page, "/mot-de-passe/oublie", email=email, **options)


async def _chemin(email: str) -> str:
    return (await lien_recu(email)).removeprefix("http://127.0.0.1:8000")


async def test_a03_a_forgotten_password_is_replaced_and_every_session_ends(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    jeton = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    page = await _demander(nav, compte.email)
    assert "30 minutes" in page.texte
    page = await nav.get(await _chemin(compte.email))
    page = await nav.soumettre(page, contenant="confirmation", **FIN)
    assert page.chemin == "/connexion"
    assert "Votre mot de passe est changé" in page.texte
    assert await charger_personne(jeton) is None
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton is None
    assert (await sessions.connecter(compte.email, NOUVEAU, **ICI)).jeton
    assert "a changé" in (await courriels(compte.email))[0]["sujet"]
    actions = await lignes_du_journal(compte.uid)
    assert "mot_de_passe.demande" in actions
    assert "mot_de_passe.reinitialise" in actions


async def test_a03_a_link_serves_once_and_takes_its_siblings_along(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    await _demander(nav, compte.email)
    premier = await _chemin(compte.email)
    await _demander(nav, compte.email)
    second = await _chemin(compte.email)
    page = await nav.get(second)
    await nav.soumettre(page, contenant="confirmation", **FIN)
    for chemin in (premier, second):
        page = await nav.get(chemin)
        assert page.statut == 410
        assert "n’est plus valable" in page.h1
        page = await nav.post(chemin, {**FIN, "_cle": chemin[-12:]})
        assert page.statut == 410


async def test_a03_opening_a_link_does_not_use_it_up(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    await _demander(nav, compte.email)
    chemin = await _chemin(compte.email)
    for _ in range(3):
        assert (await nav.get(chemin)).statut == 200


async def test_a03_a_late_link_is_dead(navigateur, plus_tard) -> None:
    compte, nav = await personne(), navigateur()
    await _demander(nav, compte.email)
    plus_tard(minutes=30, seconds=1)
    assert (await nav.get(await _chemin(compte.email))).statut == 410


async def test_a03_a_link_of_a_closed_account_is_dead(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    await _demander(nav, compte.email)
    await desactiver(compte.id, acteur=None)
    assert (await nav.get(await _chemin(compte.email))).statut == 410


@pytest.mark.parametrize("jeton", ["x", "0" * 43, "x" * 3000])
async def test_a03_an_invented_link_is_dead(navigateur, jeton) -> None:
    assert (await navigateur().get(f"/mot-de-passe/nouveau/{jeton}")).statut == 410


async def test_a03_an_unknown_address_gets_the_same_answer_and_the_same_work(
    navigateur, monkeypatch
) -> None:
    connue, inconnue = (await personne()).email, adresse()
    appels, n = [], [0]
    for nom in ("verify", "hash"):
        monkeypatch.setattr(PasswordHasher, nom, lambda *a, **k: appels.append(1))
    vrai = base._connexion

    def compter(*args):
        n[0] += 1
        return vrai(*args)

    monkeypatch.setattr(base, "_connexion", compter)
    pages, travaux = [], []
    for email in (connue, inconnue):
        nav = navigateur()
        n[0] = 0
        page = await _demander(nav, email)
        travaux.append(n[0])
        texte = re.sub(r'name="_cle" value="[^"]+"', "", page.reponse.text)
        pages.append((page.statut, texte.replace(email, "x")))
    assert pages[0] == pages[1]
    assert travaux[0] == travaux[1]
    assert appels == []
    assert "aucun compte" in (await courriels(inconnue))[0]["texte"]


async def test_a03_the_link_never_follows_the_host_header(navigateur) -> None:
    compte = await personne()
    nav = navigateur(entetes={"Host": "mal.example", "X-Forwarded-Host": "mal.example"})
    await nav.post("/mot-de-passe/oublie", {"email": compte.email})
    (mail,) = await courriels(compte.email)
    assert "mal.example" not in mail["texte"]
    assert "http://127.0.0.1:8000/mot-de-passe/nouveau/" in mail["texte"]


async def test_a03_only_the_hash_of_a_link_is_kept() -> None:
    compte = await personne()
    await reinitialisation.demander(compte.email, "192.0.2.9")
    jeton = (await lien_recu(compte.email)).rpartition("/")[2]
    lignes = await sql("select * from jeton_reinit where compte = $1", compte.id)
    assert jeton not in str(lignes)
    assert len(lignes[0]["jeton"]) == 32


async def test_a03_links_are_limited_alike(navigateur) -> None:
    for email in ((await personne()).email, adresse()):
        statuts = [(await _demander(navigateur(), email)).statut for _ in range(4)]
        assert statuts == [200, 200, 200, 429]
        assert len(await courriels(email)) == 3


async def test_a03_a_reset_lifts_the_limit_of_the_sign_in(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    for _ in range(6):
        await sessions.connecter(compte.email, "Pas-le-bon-1", **ICI)
    await _demander(nav, compte.email)
    await nav.soumettre(await nav.get(await _chemin(compte.email)), contenant="confirmation", **FIN)
    assert (await sessions.connecter(compte.email, NOUVEAU, **ICI)).jeton


@pytest.mark.parametrize(
    ("champs", "nom", "dit"),
    [
        ({"mot_de_passe": "faible"}, "mot_de_passe", "Il manque"),
        ({"mot_de_passe": ""}, "mot_de_passe", "Renseignez"),
        ({"confirmation": "Autre-chose-1"}, "confirmation", "différents"),
    ],
)
async def test_a03_a_password_that_is_refused_leaves_the_link_alive(
    navigateur, champs, nom, dit
) -> None:
    compte, nav = await personne(), navigateur()
    await _demander(nav, compte.email)
    page = await nav.get(await _chemin(compte.email))
    page = await nav.soumettre(page, contenant="confirmation", **{**FIN, **champs})
    assert page.statut == 422
    assert dit in page.erreur(nom)
    page = await nav.soumettre(page, contenant="confirmation", **FIN)
    assert page.chemin == "/connexion"


@pytest.mark.parametrize("saisi", ["", "claire", "claire@@x.fr"])
async def test_a03_an_address_that_is_none_is_refused(navigateur, saisi) -> None:
    page = await _demander(navigateur(), saisi)
    assert page.statut == 422
    assert page.erreur("email")

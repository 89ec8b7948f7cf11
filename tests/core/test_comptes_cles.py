"""A05: passkeys. Challenges are the server's, for this session, once, five minutes."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.comptes import cles, facteurs, secours
from portal.infra.base import executer, sql1
from portal.settings import get_settings
from portal.testing.navigateur import Navigateur, PageLue
from tests.core.authentificateur import Authentificateur
from tests.core.comptes_aides import (
    adresse,
    connecter,
    courriels,
    lignes_du_journal,
    personne,
)

AJOUT, PREUVE = "/compte/second-facteur/cle", "/connexion/confirmer/cle"


async def options(nav: Navigateur, ou: str) -> dict[str, Any]:
    reponse = await nav.client.post(f"{ou}/options", headers={"Sec-Fetch-Site": "same-origin"})
    assert reponse.status_code in (200, 201), reponse.text
    lues: dict[str, Any] = reponse.json()
    return lues


async def envoyer(nav: Navigateur, ou: str, reponse: str, **champs: str) -> PageLue:
    return await nav.post(ou, {"_cle": adresse(), "reponse": reponse, **champs})


async def ajouter(nav: Navigateur, cle: Authentificateur, nom: str = "Clé du bureau") -> PageLue:
    return await envoyer(nav, AJOUT, cle.creer(await options(nav, AJOUT)), nom=nom)


async def equipe(navigateur: Any) -> tuple[Any, Navigateur, Authentificateur]:
    """Somebody with a passkey, signed in anew by her password alone."""
    compte, nav, cle = await personne(), navigateur(), Authentificateur()
    await connecter(nav, compte.email, renforcee=False)
    page = await ajouter(nav, cle)
    assert page.h1 == "Gardez vos codes de secours"
    neuf = navigateur()
    await connecter(neuf, compte.email, renforcee=False)
    return compte, neuf, cle


async def fraiche(nav: Navigateur) -> bool:
    """Whether removing a factor would go on without a proof."""
    return (await nav.get("/compte/second-facteur", suivre=False)).statut == 200


async def test_a05_a_passkey_is_made_listed_and_proven(navigateur) -> None:
    compte, nav, cle = await equipe(navigateur)
    assert not await fraiche(nav)
    page = await envoyer(
        nav, PREUVE, cle.prouver(await options(nav, PREUVE)), suite="/compte/securite"
    )
    assert page.chemin == "/compte/securite"
    assert "Clé du bureau" in page.texte
    assert await fraiche(nav)
    ligne = await sql1(
        "select compteur, utilise_le from second_facteur where compte = $1", compte.id
    )
    assert ligne is not None
    assert ligne["compteur"] == 1
    assert ligne["utilise_le"]
    assert {"second_facteur.ajoute", "connexion.confirmee"} <= set(
        await lignes_du_journal(compte.uid)
    )
    assert any("Clé du bureau" in c["texte"] for c in await courriels(compte.email))
    assert await secours.restants(compte.id) == secours.NOMBRE


async def test_a05_a_challenge_is_answered_once(navigateur) -> None:
    _, nav, cle = await equipe(navigateur)
    reponse = cle.prouver(await options(nav, PREUVE))
    await envoyer(nav, PREUVE, reponse)
    neuf = await envoyer(nav, PREUVE, reponse)
    assert neuf.statut == 422
    assert "n’a pas été reconnue" in neuf.texte


async def test_a05_a_challenge_lasts_five_minutes(navigateur) -> None:
    _, nav, cle = await equipe(navigateur)
    reponse = cle.prouver(await options(nav, PREUVE))
    await executer("update defi set expire_le = expire_le - interval '5 minutes'")
    assert (await envoyer(nav, PREUVE, reponse)).statut == 422
    assert not await fraiche(nav)


async def test_a05_a_challenge_of_another_session_is_worth_nothing(navigateur) -> None:
    compte, nav, cle = await equipe(navigateur)
    autre = navigateur()
    await connecter(autre, compte.email, renforcee=False)
    await options(nav, PREUVE)
    reponse = cle.prouver(await options(autre, PREUVE))
    assert (await envoyer(nav, PREUVE, reponse)).statut == 422


async def test_a05_a_page_of_another_origin_proves_nothing(navigateur) -> None:
    _, nav, cle = await equipe(navigateur)
    cle.origine = "http://localhost.mal.example"
    assert (await envoyer(nav, PREUVE, cle.prouver(await options(nav, PREUVE)))).statut == 422
    assert not await fraiche(nav)


async def test_a05_another_s_passkey_or_key_is_refused(navigateur) -> None:
    _, nav, cle = await equipe(navigateur)
    _, _, etrangere = await equipe(navigateur)
    assert (await envoyer(nav, PREUVE, etrangere.prouver(await options(nav, PREUVE)))).statut == 422
    fausse = Authentificateur(cle_id=cle.cle_id, compteur=5)
    assert (await envoyer(nav, PREUVE, fausse.prouver(await options(nav, PREUVE)))).statut == 422
    assert not await fraiche(nav)


async def test_a05_a_counter_that_goes_back_is_a_copy(navigateur) -> None:
    _, nav, cle = await equipe(navigateur)
    cle.compteur = 10
    await envoyer(nav, PREUVE, cle.prouver(await options(nav, PREUVE)))
    neuf = Authentificateur(cle_id=cle.cle_id, cle=cle.cle, compteur=3)
    assert (await envoyer(nav, PREUVE, neuf.prouver(await options(nav, PREUVE)))).statut == 422


@pytest.mark.parametrize(
    "reponse", ["", "{}", "[]", "null", '{"rawId": 3}', '{"rawId": "AA"}', "x" * 50_000]
)
async def test_a05_what_is_no_answer_gets_a_sentence(navigateur, reponse: str) -> None:
    _, nav, _ = await equipe(navigateur)
    await options(nav, PREUVE)
    page = await envoyer(nav, PREUVE, reponse)
    assert page.statut == 422
    assert "n’a pas été reconnue" in page.texte


@pytest.mark.parametrize("reponse", ["", "{}", '{"rawId": "AA", "id": "AA", "type": "public-key"}'])
async def test_a05_what_is_no_key_is_not_kept(navigateur, reponse: str) -> None:
    compte, nav = await personne(), navigateur()
    await connecter(nav, compte.email, renforcee=False)
    await options(nav, AJOUT)
    page = await envoyer(nav, AJOUT, reponse, nom="Clé")
    assert page.statut == 422
    assert not await facteurs.en_a(compte.id)


async def test_a05_the_same_key_is_not_added_twice(navigateur) -> None:
    compte, nav, cle = await equipe(navigateur)
    await envoyer(nav, PREUVE, cle.prouver(await options(nav, PREUVE)))
    lues = await options(nav, AJOUT)
    assert lues["excludeCredentials"]
    page = await envoyer(nav, AJOUT, cle.creer(lues), nom="Encore")
    assert page.statut == 422
    assert len(await facteurs.lister(compte.id)) == 1


async def test_a05_a_page_by_ip_address_says_where_passkeys_work(navigateur, monkeypatch) -> None:
    nav = navigateur()
    await connecter(nav, (await personne()).email, renforcee=False)
    page = await nav.get("/compte/second-facteur")
    assert "http://localhost:8000" in page.texte
    assert not page.html.xpath("//form[@data-cle]")
    assert page.html.xpath("//form[@action='/compte/second-facteur/application']")


@pytest.mark.parametrize(
    ("url", "attendu"),
    [
        ("http://127.0.0.1:8123", ("localhost", "http://localhost:8123")),
        ("http://[::1]:8123", ("localhost", "http://localhost:8123")),
        ("https://espace.opco.example", ("espace.opco.example", "https://espace.opco.example")),
        ("https://192.0.2.4", None),
    ],
)
def test_a05_passkeys_want_a_name(monkeypatch, url: str, attendu: tuple[str, str] | None) -> None:
    monkeypatch.setattr(get_settings(), "url", url)
    lieu = cles.lieu()
    assert (lieu and (lieu.domaine, lieu.origine)) == attendu


async def test_a05_a_key_without_a_name_gets_a_sentence(navigateur) -> None:
    compte, nav, cle = await personne(), navigateur(), Authentificateur()
    await connecter(nav, compte.email, renforcee=False)
    page = await envoyer(nav, AJOUT, cle.creer(await options(nav, AJOUT)), nom=" ")
    assert page.statut == 422
    assert "n’a pas pu être créée" in page.texte

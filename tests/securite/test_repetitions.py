"""Twice sent is once done: keys of forms, one after the other, at once, somebody else's."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from portal.testing.navigateur import Navigateur
from tests.securite import fabrique as f
from tests.securite.base_figee import compter, defait
from tests.securite.monde import Monde
from tests.securite.routes import routes

MEME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def nav(application: Any, monde: Monde) -> AsyncIterator[Navigateur]:
    nav = monde["administrateur"].navigateur(application)
    yield nav
    await nav.fermer()


async def _poster(nav: Navigateur, chemin: str, cle: str, **champs: str) -> httpx.Response:
    return await nav.client.post(chemin, data={"_cle": cle, **champs}, headers=MEME)


async def test_un_formulaire_envoye_deux_fois_est_fait_une_fois(
    monde: Monde, nav: Navigateur
) -> None:
    cle, chemin = uuid.uuid4().hex, "/dossiers/nouveau"
    champs = {"choix": f.CODE, "lieu": f"{monde.a.siret}|adherent", "confirme": "oui"}
    async with defait():
        avant = await compter("dossier")
        premiere, seconde = [await _poster(nav, chemin, cle, **champs) for _ in range(2)]
        assert premiere.status_code == seconde.status_code == 303
        assert premiere.headers["location"] == seconde.headers["location"]
        assert await compter("dossier") == avant + 1
        ailleurs = await _poster(nav, "/notifications/tout-lire", cle)
        assert ailleurs.status_code == 409
        await _poster(nav, chemin, uuid.uuid4().hex, **champs)
        assert await compter("dossier") == avant + 2


async def test_un_formulaire_envoye_deux_fois_en_meme_temps_est_fait_une_fois(
    application: Any,
) -> None:
    chez, qui = await f.societe(), await f.acteur()
    await f.rattacher(qui, chez)
    champs = {"choix": f.CODE, "lieu": f"{chez.siret}|adherent", "confirme": "oui"}
    navs = [qui.navigateur(application) for _ in range(6)]
    cle = uuid.uuid4().hex
    reponses = await asyncio.gather(*(_poster(n, "/dossiers/nouveau", cle, **champs) for n in navs))
    assert {r.status_code for r in reponses} == {303}
    assert len({r.headers["location"] for r in reponses}) == 1
    assert await compter("dossier", f"siren = '{chez.siren}'") == 1
    for n in navs:
        await n.fermer()


async def test_la_cle_d_un_autre_ne_sert_pas(monde: Monde, application: Any) -> None:
    """Somebody who learns a key gets neither the answer nor in the way of it."""
    cle, chemin = uuid.uuid4().hex, "/dossiers/nouveau"
    moi, voisin = (monde[q].navigateur(application) for q in ("administrateur", "voisin"))
    async with defait():
        champs = {"choix": f.CODE, "confirme": "oui"}
        mien = await _poster(moi, chemin, cle, lieu=f"{monde.a.siret}|adherent", **champs)
        sien = await _poster(voisin, chemin, cle, lieu=f"{monde.b.siret}|adherent", **champs)
        assert mien.status_code == sien.status_code == 303
        assert mien.headers["location"] != sien.headers["location"]
    for n in (moi, voisin):
        await n.fermer()


async def test_un_refus_ne_brule_pas_la_cle(monde: Monde, nav: Navigateur) -> None:
    cle = uuid.uuid4().hex
    async with defait():
        assert (await _poster(nav, "/dossiers/nouveau", cle)).status_code == 422
        champs = {"choix": f.CODE, "lieu": f"{monde.a.siret}|adherent", "confirme": "oui"}
        assert (await _poster(nav, "/dossiers/nouveau", cle, **champs)).status_code == 303


async def test_chaque_route_qui_change_demande_une_cle(
    litestar: Any, monde: Monde, application: Any
) -> None:
    """Without a key nothing is done; those that need none are told by name here."""
    sans_cle = {
        "/connexion", "/deconnexion", "/mot-de-passe/oublie", "/mot-de-passe/force",
        "/connexion/confirmer/cle/options", "/compte/second-facteur/cle/options",
    }  # fmt: skip
    navs = [monde[q].navigateur(application) for q in ("administrateur", "gestionnaire")]
    ecarts = []
    for route in (r for r in routes(litestar)[0] if r.method != "GET"):
        if route.path in sans_cle or "/etapes/" in route.path:
            continue
        nav = navs[route.droit.startswith("interne")]
        async with defait():
            reponse = await nav.client.post(
                route.url(monde), data={"_version": "1", **route.corps}, headers=MEME
            )
        if reponse.status_code != 422 or "incomplet" not in reponse.text:
            ecarts.append(f"{route.nom} : {reponse.status_code}")
    assert not ecarts, "\n".join(ecarts)
    for n in navs:
        await n.fermer()

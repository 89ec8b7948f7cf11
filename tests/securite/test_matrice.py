"""Rights (C09, K03): every route of the router × everybody. What is expected follows from the right
that a route declares and from whose the object is; a new route is in the table by itself.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import pytest
import pytest_asyncio
from litestar import Litestar, get
from litestar.params import FromPath

from portal.infra.base import executer
from portal.testing.navigateur import ORIGINE, Navigateur, PageLue
from portal.web.identite import ROLES_INTERNES
from tests.securite import fabrique as f
from tests.securite.base_figee import defait, differences, empreintes
from tests.securite.monde import Monde
from tests.securite.routes import (
    ADMINISTRATEURS,
    INTERNE,
    PERSONNEL,
    SANS_PERIMETRE,
    A,
    Route,
    parametres_de,
    routes,
)

OK, CONNEXION, ABSENT, INTERDIT = "passe", "connexion", "404", "403"
ENTREPRISES = ("administrateur", "habilite", "partiel", "sans", "voisin")
INTERNES = ("gestionnaire", "ailleurs", "lecteur")
ROLES = {
    "gestionnaire": frozenset(ROLES_INTERNES),
    "ailleurs": frozenset(ROLES_INTERNES) - {"administrateur"},
    "lecteur": frozenset({"referent_poec"}),
}
PROPRIETAIRE = "habilite"
# Say 403 to who comes without having proved an address, 404 to who has no second factor.
SANS_SUITE = {"POST /compte/finaliser", "POST /compte/codes-de-secours"}


def attendu(route: Route, qui: str) -> str:
    """What this person must get on this route."""
    if route.droit == "public":
        return OK
    if qui == "anonyme":
        return CONNEXION
    if route.droit == "connecte":
        return OK if route.de != PERSONNEL or qui == PROPRIETAIRE else ABSENT
    if route.droit.startswith("interne"):
        return _interne(route, qui, frozenset(route.droit.partition(":")[2].split(",")) - {""})
    if qui in INTERNES:
        return INTERDIT if route.internes is None else _interne(route, qui, route.internes)
    return _entreprise(route, qui)


def _interne(route: Route, qui: str, roles: frozenset[str]) -> str:
    if qui not in INTERNES:
        return ABSENT
    if roles and not roles & ROLES[qui]:
        return INTERDIT
    if qui == "ailleurs" and route.de in (A, INTERNE) and not SANS_PERIMETRE.match(route.path):
        return ABSENT
    return OK


def _entreprise(route: Route, qui: str) -> str:
    if qui == "voisin":
        return ABSENT if route.de == A else OK
    if qui == "sans":
        return OK if route.droit == "contributions.consulter" else INTERDIT
    if qui == "partiel" and route.de == A and not route.droit.endswith(".consulter"):
        return INTERDIT
    if qui != "administrateur" and ADMINISTRATEURS.search(route.path):
        return INTERDIT
    return OK


def obtenu(reponse: Any) -> str:
    if reponse.status_code in (401, 303) and "/connexion" in (
        reponse.headers.get("location", "") + reponse.headers.get("hx-redirect", "")
    ):
        return CONNEXION
    if reponse.status_code in (403, 404):
        return str(reponse.status_code)
    return OK if reponse.status_code < 500 else f"{reponse.status_code}"


async def poster(nav: Navigateur, url: str, fichiers: Any = None, **champs: str) -> PageLue:
    """A form as the portal's own pages would send it."""
    poste = {"_cle": uuid.uuid4().hex, "_version": "1", "version": "1", **champs}
    return await nav.post(url, poste, fichiers=fichiers, suivre=False)


async def demander(nav: Navigateur, route: Route, url: str) -> PageLue:
    if route.method == "GET":
        return await nav.get(url, suivre=False)
    return await poster(nav, url, route.fichiers, **route.corps)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def navs(application: Any, monde: Monde) -> AsyncIterator[dict[str, Navigateur]]:
    ouverts = {nom: qui.navigateur(application) for nom, qui in monde.gens.items()}
    ouverts["anonyme"] = Navigateur(application)
    yield ouverts
    for nav in ouverts.values():
        await nav.fermer()


@pytest.fixture(scope="module")
def toutes(litestar: Litestar) -> list[Route]:
    connues, inconnues = routes(litestar)
    assert not inconnues, f"dites dans routes.py ce que désignent : {inconnues}"
    assert len(connues) > 100
    return connues


def test_une_route_sans_droit_ne_demarre_pas() -> None:
    from portal.web.garde import routes_sans_droit

    @get("/nue")
    async def nue() -> str:
        return ""

    @get("/fausse", droit="dossiers.tout")
    async def fausse() -> str:
        return ""

    app = Litestar([nue, fausse], openapi_config=None)
    assert routes_sans_droit(app.routes) == ["/fausse", "/nue"]


def test_une_route_nouvelle_entre_seule_dans_la_matrice(litestar: Litestar) -> None:
    @get("/nouvelle", droit="rib.saisir")
    async def nouvelle() -> str:
        return ""

    @get("/nouvelle/{truc:str}", droit="rib.saisir")
    async def avec_objet(truc: FromPath[str]) -> str:
        return truc

    connues, inconnues = routes(Litestar([nouvelle, avec_objet], openapi_config=None))
    assert [attendu(r, "sans") for r in connues] == [INTERDIT]
    assert inconnues == ["GET /nouvelle/{truc:str}"]


@pytest.mark.parametrize("qui", ["anonyme", *ENTREPRISES, *INTERNES])
async def test_chaque_route(
    qui: str, toutes: list[Route], navs: dict[str, Navigateur], monde: Monde
) -> None:
    """And whoever is turned away has changed nothing."""
    fautes, avant = [], await empreintes()
    for route in toutes:
        voulu = attendu(route, qui)
        async with defait() if voulu == OK else nullcontext():
            page = await demander(navs[qui], route, route.url(monde))
        vu = obtenu(page.reponse)
        if vu != voulu and not (route.nom in SANS_SUITE and vu in (ABSENT, INTERDIT)):
            fautes.append(f"{route.nom} : {vu} ({page.statut}), attendu {voulu}")
        if vu == voulu == INTERDIT and "administrateur" not in page.texte:
            fautes.append(f"{route.nom} : le refus ne dit pas qui peut donner ce droit")
    assert not fautes, "\n".join(fautes)
    assert differences(avant, await empreintes()) == []


async def test_htmx_hors_connexion_dit_401(
    toutes: list[Route], application: Any, monde: Monde
) -> None:
    nav = Navigateur(application, entetes={"HX-Request": "true"})
    for route in toutes:
        if route.droit != "public":
            page = await demander(nav, route, route.url(monde))
            assert page.statut == 401, route.nom
            assert page.reponse.headers["hx-redirect"].startswith("/connexion"), route.nom
    await nav.fermer()


def _sans_hasard(texte: str, *propres: str) -> str:
    """The page without its keys and without the address that was asked for."""
    for propre in propres:
        texte = texte.replace(propre, "")
    return re.sub(r'name="_cle" value="[^"]+"', "", texte)


@pytest.mark.parametrize("qui", ["voisin", "ailleurs", "partiel"])
async def test_l_objet_d_autrui_repond_comme_un_objet_absent(
    qui: str, toutes: list[Route], navs: dict[str, Navigateur], monde: Monde
) -> None:
    compares = 0
    for route in toutes:
        if attendu(route, qui) != ABSENT or not parametres_de(route.path):
            continue
        la, pas_la = route.url(monde), route.url_absente()
        autrui = await demander(navs[qui], route, la)
        absent = await demander(navs[qui], route, pas_la)
        assert autrui.statut == absent.statut == 404, route.nom
        assert _sans_hasard(autrui.reponse.text, la) == _sans_hasard(absent.reponse.text, pas_la), (
            route.nom
        )
        assert sorted(autrui.reponse.headers) == sorted(absent.reponse.headers), route.nom
        compares += 1
    assert compares > (30 if qui != "partiel" else 5)


@pytest.mark.parametrize("comment", ["habilitation", "rattachement", "compte", "session"])
async def test_un_droit_retire_ne_vaut_plus_rien_a_la_requete_suivante(
    comment: str, monde: Monde, navs: dict[str, Navigateur]
) -> None:
    retrait = {
        "habilitation": "delete from habilitation h using rattachement r"
        " where h.rattachement = r.id and r.compte = $1",
        "rattachement": "update rattachement set etat = 'supprime' where compte = $1",
        "compte": "update compte set actif = false where id = $1",
        "session": "update session set terminee_le = current_timestamp where compte = $1",
    }[comment]
    url = f"/dossiers/{monde.objets['transmis']}"
    async with defait():
        assert (await navs["retire"].get(url)).statut == 200
        await executer(retrait, monde["retire"].compte)
        page = await navs["retire"].get(url, suivre=False)
        assert obtenu(page.reponse) in (CONNEXION, INTERDIT, ABSENT), page.statut
        poste = await poster(navs["retire"], f"{url}/annuler")
        assert obtenu(poste.reponse) in (CONNEXION, INTERDIT, ABSENT), poste.statut


async def test_un_role_interne_retire_ne_vaut_plus_rien(
    monde: Monde, navs: dict[str, Navigateur]
) -> None:
    url = f"/instruction/{monde.objets['instruit']}"
    async with defait():
        assert (await navs["gestionnaire"].get(url)).statut == 200
        await executer("delete from role_interne where compte = $1", monde["gestionnaire"].compte)
        assert (await navs["gestionnaire"].get(url)).statut == 404


async def test_un_export_ne_survit_pas_aux_droits_qui_l_ont_fait(
    monde: Monde, navs: dict[str, Navigateur]
) -> None:
    url = f"/exports/{monde.objets['export']}/fichier"
    async with defait():
        assert (await navs["habilite"].get(url)).statut == 200
        await executer(
            "update rattachement set etat = 'supprime' where compte = $1", monde["habilite"].compte
        )
        assert (await navs["habilite"].get(url)).statut in (403, 404)


async def test_un_role_borne_ne_s_etend_pas_par_un_autre(monde: Monde, application: Any) -> None:
    """Gestionnaire of another branch, who may read everything as conseiller: reads, decides nothing."""
    qui = await f.interne("gestionnaire", idcc=f.AUTRE_IDCC)
    await executer("insert into role_interne (compte, role) values ($1, 'conseiller')", qui.compte)
    nav = qui.navigateur(application)
    avant = await empreintes()
    assert (await nav.get(f"/dossiers/{monde.objets['transmis']}")).statut == 200
    for url, champs in (
        (f"/instruction/{monde.objets['transmis']}/prendre", {}),
        (f"/instruction/{monde.objets['instruit']}/accorder", {}),
        (f"/remboursements/{monde.objets['demande']}/valider",
         {"_version": str(monde.demande_version)}),
        (f"/remboursements/{monde.objets['demande']}/refuser",
         {"_version": str(monde.demande_version), "motif": "Non"}),
    ):  # fmt: skip
        page = await poster(nav, url, **champs)
        assert page.statut in (403, 404), f"{url} : {page.statut}"
    assert differences(avant, await empreintes()) == []
    await nav.fermer()


async def test_l_organisme_nomme_voit_le_dossier_transmis_et_rien_d_autre(
    monde: Monde, navs: dict[str, Navigateur]
) -> None:
    nav = navs["formateur"]
    assert (await nav.get(f"/dossiers/{monde.objets['transmis']}")).statut == 200
    for cle in ("brouillon", "accorde", "a_completer"):
        assert (await nav.get(f"/dossiers/{monde.objets[cle]}")).statut == 404, cle
    piece = {"fichier": ("a.pdf", f.PDF, "application/pdf")}
    for suite in ("annuler", "documents", "repondre", "dupliquer"):
        fichiers = piece if suite == "documents" else None
        page = await poster(
            nav, f"/dossiers/{monde.objets['transmis']}/{suite}", fichiers, piece="convention"
        )
        assert page.statut in (403, 404), suite
    liste = await nav.get("/dossiers")
    assert monde.a.marque in liste.reponse.text
    assert f"/dossiers/{monde.objets['accorde']}" not in liste.reponse.text


async def test_rien_ne_s_ouvre_par_une_autre_methode(
    toutes: list[Route], navs: dict[str, Navigateur], monde: Monde
) -> None:
    permises: dict[str, set[str]] = {}
    for route in toutes:
        permises.setdefault(route.url(monde), set()).add(route.method)
    for url, methodes in permises.items():
        for methode in {"PUT", "PATCH", "DELETE", "HEAD"} - methodes:
            reponse = await navs["administrateur"].client.request(
                methode, ORIGINE + url, headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert reponse.status_code in (404, 405), f"{methode} {url}"

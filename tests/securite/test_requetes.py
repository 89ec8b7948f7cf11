"""What surrounds every request: origin, headers, cookies, redirects, idempotency, slow senders."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from portal import chemins, loader
from portal.app import create_litestar, habiller
from portal.core.comptes.operations import creer_compte
from portal.infra import evenements
from portal.settings import Settings, get_settings
from portal.testing.navigateur import ORIGINE, Navigateur
from portal.web.entetes import CSP
from tests.core.comptes_aides import lien_recu, oublier_limites
from tests.securite import fabrique as f
from tests.securite.base_figee import defait, differences, empreintes
from tests.securite.exploration import departs, explorer
from tests.securite.monde import Monde
from tests.securite.routes import routes

MEME = {"Sec-Fetch-Site": "same-origin"}
PAGES = {
    "publique": ("GET", "/", 200),
    "connexion": ("GET", "/accueil", 303),
    "absente": ("GET", "/nulle-part", 404),
    "méthode": ("DELETE", "/connexion", 405),
    "lourde": ("POST", "/connexion", 413),
    "refusée": ("POST", "/compte/creer", 422),
    "statique": ("GET", "/static/css/base.css", 200),
    "statique absente": ("GET", "/static/css/rien.css", 404),
    "panne": ("GET", "/readyz", 500),
    "vivant": ("GET", "/healthz", 200),
    "figures": ("GET", "/metrics", 200),
}
PRESENTS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
async def nav(application: Any, monde: Monde) -> AsyncIterator[Navigateur]:
    nav = monde["administrateur"].navigateur(application)
    yield nav
    await nav.fermer()


@pytest.fixture(scope="module")
def en_https() -> Any:
    """The application as it is served behind TLS."""
    reglages: Settings = get_settings().model_copy(
        update={"url": "https://espace.example", "relais": 1}
    )
    with evenements.isolement(vide=False):
        app = create_litestar(reglages, loader.charger(chemins.PLUGINS, points_entree=False))
    return habiller(app, reglages)


# Cross-site requests (architecture, decision 9)

ETRANGERES: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ORIGINE},
    {"Sec-Fetch-Site": "SAME-ORIGIN"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://mechant.example"},
    {"Origin": "null"},
    {"Origin": ORIGINE.replace("8000", "8001")},
    {"Origin": ORIGINE + ".mechant.example"},
    {"Origin": ORIGINE.replace("http", "https")},
    {"Referer": ORIGINE + "/compte"},
    {},
)  # fmt: skip


async def test_une_demande_d_un_autre_site_est_refusee_partout(
    litestar: Any, monde: Monde, application: Any
) -> None:
    navs = [monde[q].navigateur(application) for q in ("administrateur", "gestionnaire")]
    avant, vues = await empreintes(), 0
    for route in (r for r in routes(litestar)[0] if r.method != "GET"):
        for entetes in ETRANGERES:
            for nav in navs:
                reponse = await nav.client.request(
                    route.method,
                    route.url(monde),
                    data={"_cle": uuid.uuid4().hex, "_version": "1", **route.corps},
                    headers={**entetes, "HX-Request": "true"},
                )
                assert reponse.status_code == 422, f"{route.nom} {entetes} {reponse.status_code}"
                assert "autre site" in reponse.text
                vues += 1
    assert differences(avant, await empreintes()) == []
    assert vues > 800
    for nav in navs:
        await nav.fermer()


@pytest.mark.parametrize(
    "entetes", [MEME, {"Sec-Fetch-Site": "none"}, {"Origin": ORIGINE},
                {**MEME, "HX-Request": "true"}, {**MEME, "Origin": "null"}]
)  # fmt: skip
async def test_une_demande_du_portail_passe(entetes: dict[str, str], nav: Navigateur) -> None:
    async with defait():
        reponse = await nav.client.post(
            "/notifications/tout-lire", data={"_cle": uuid.uuid4().hex}, headers=entetes
        )
    assert reponse.status_code == 303


# Headers, on every kind of answer


async def _reponses(app: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, httpx.Response]:
    from portal.infra import base

    async def casser(*_: Any) -> None:
        raise RuntimeError("panne voulue")

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=ORIGINE
    )
    reponses = {}
    for nom, (methode, chemin, _) in PAGES.items():
        entetes = dict(MEME)
        if nom == "panne":
            monkeypatch.setattr(base, "sql", casser)
            chemin = "/connexion"
            monkeypatch.setattr("portal.core.comptes.personas.toutes", casser)
        if nom == "lourde":
            entetes["Content-Type"] = "application/x-www-form-urlencoded"
        contenu = b"a=" + b"x" * 25_000_000 if nom == "lourde" else None
        reponses[nom] = await client.request(methode, chemin, content=contenu, headers=entetes)
        monkeypatch.undo()
    await client.aclose()
    return reponses


@pytest.mark.parametrize("https", [False, True])
async def test_les_entetes_de_securite_sont_sur_chaque_reponse(
    https: bool, application: Any, en_https: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reponses = await _reponses(en_https if https else application, monkeypatch)
    for nom, reponse in reponses.items():
        assert reponse.status_code == PAGES[nom][2], f"{nom} : {reponse.status_code}"
        for entete, attendu in PRESENTS.items():
            assert reponse.headers.get(entete) == attendu, f"{nom} : {entete}"
        assert "permissions-policy" in reponse.headers, nom
        assert "access-control-allow-origin" not in reponse.headers, nom
        assert "server" not in reponse.headers, nom
        assert "x-powered-by" not in reponse.headers, nom
        assert ("strict-transport-security" in reponse.headers) == https, nom
        if nom != "statique":
            assert reponse.headers["cache-control"] == "no-store", nom
        if reponse.content and nom not in ("statique", "vivant"):
            assert "charset=utf-8" in reponse.headers["content-type"], nom
    if https:
        hsts = reponses["absente"].headers["strict-transport-security"]
        assert int(re.findall(r"max-age=(\d+)", hsts)[0]) >= 31_536_000
        assert "includeSubDomains" in hsts


def test_la_politique_de_contenu_n_ouvre_rien() -> None:
    regles = dict(r.split(" ", 1) for r in CSP.split("; "))
    assert "unsafe" not in CSP
    assert "*" not in CSP
    assert "http:" not in CSP
    for fermee in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert regles[fermee] == "'none'", fermee
    assert regles["script-src"] == regles["style-src"] == regles["form-action"] == "'self'"


@pytest.mark.parametrize(
    "chemin",
    ["/.git/HEAD", "/.git/config", "/schema", "/schema/openapi.json", "/schema/swagger", "/docs",
     "/openapi.json", "/static/", "/static/css/", "/static/../pyproject.toml", "/debug",
     "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fportal/settings.py", "/.env",
     "/static//etc/passwd", "/pyproject.toml", "/server-status", "/static/css/base.css/"],
)  # fmt: skip
async def test_rien_de_la_maison_ne_sort(chemin: str, application: Any) -> None:
    reponse = await _brut(application, "GET", chemin)
    assert reponse[0] in (404, 405), reponse
    assert b"root:" not in reponse[1]
    assert b"[project]" not in reponse[1]


@pytest.mark.parametrize("methode", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "zq"])
async def test_les_methodes_etranges_sont_fermees(methode: str, application: Any) -> None:
    for chemin in ("/", "/connexion", "/static/css/base.css"):
        statut, corps = await _brut(application, methode, chemin, {"X-Zq": "echo-zq"})
        assert statut in (404, 405, 422), f"{chemin} : {statut}"
        assert b"echo-zq" not in corps


async def _brut(
    app: Any, methode: str, chemin: str, entetes: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """A request whose path no client has tidied up."""
    envoyes: list[dict[str, Any]] = []

    async def recevoir() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def envoyer(message: Any) -> None:
        envoyes.append(message)

    from urllib.parse import unquote

    portee = {
        "type": "http", "method": methode, "path": unquote(chemin), "raw_path": chemin.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [(n.lower().encode(), v.encode()) for n, v in (entetes or {}).items()],
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1), "state": {}, "asgi": {},
    }  # fmt: skip
    await app(portee, recevoir, envoyer)
    corps = b"".join(m.get("body", b"") for m in envoyes)
    return next(m["status"] for m in envoyes if m["type"] == "http.response.start"), corps


async def test_les_figures_ne_sortent_pas_de_la_machine(application: Any) -> None:
    """Through a proxy on the same machine the peer is local too: what it forwards is not."""
    statut, _ = await _brut(application, "GET", "/metrics")
    assert statut == 200
    for entete in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert (await _brut(application, "GET", "/metrics", {entete: "203.0.113.9"}))[0] == 404


# Cookies


@pytest.mark.parametrize("https", [False, True])
async def test_chaque_cookie_est_ferme(https: bool, application: Any, en_https: Any) -> None:
    """Session, sign-up, flash: HttpOnly, SameSite, no Domain; Secure and `__Host-` over TLS."""
    await oublier_limites()
    app, origine = (en_https, "https://espace.example") if https else (application, ORIGINE)
    email = f"{uuid.uuid4().hex}@essai.example"
    await creer_compte(email, "Passerelle-7bis", civilite="M.", nom="Roy", prenom="Luc")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=origine, headers=MEME)
    poses: list[str] = []
    identifiants = {"email": email, "mot_de_passe": "Passerelle-7bis"}
    for chemin, champs in (
        ("/compte/creer", {"email": f"{uuid.uuid4().hex}@essai.example"}),
        ("/connexion", identifiants),
        ("/notifications/tout-lire", {}),
        ("/deconnexion", {}),
    ):
        reponse = await client.post(chemin, data={"_cle": uuid.uuid4().hex, **champs})
        assert reponse.status_code == 303, f"{chemin} : {reponse.status_code}"
        poses += reponse.headers.get_list("set-cookie")
    poses += (await client.get("/")).headers.get_list("set-cookie")
    await client.aclose()
    noms = {pose.partition("=")[0] for pose in poses}
    assert noms == {"inscription", "eclair", "__Host-session" if https else "session"}
    for pose in poses:
        attributs = {a.strip().lower() for a in pose.split(";")[1:]}
        assert "httponly" in attributs, pose
        assert attributs & {"samesite=lax", "samesite=strict"}, pose
        assert not any(a.startswith("domain") for a in attributs), pose
        assert ("secure" in attributs) == https, pose
        if pose.startswith("__Host-"):
            assert "path=/" in attributs, pose


async def test_la_sortie_efface_ce_que_le_navigateur_garde(application: Any) -> None:
    qui = await f.acteur()
    nav = qui.navigateur(application)
    reponse = await nav.client.post("/deconnexion", headers=MEME)
    assert reponse.headers["clear-site-data"]
    assert (await nav.client.get("/accueil")).status_code == 303, "le cookie rejoué vaut encore"
    await nav.fermer()


# Redirects and hosts

AILLEURS = (
    "https://mechant.example", "//mechant.example", "/\\mechant.example", "\\\\mechant.example",
    "https:mechant.example", "///mechant.example", "/%09/mechant.example\t", "javascript:zq()",
    " //mechant.example", "/accueil\r\nSet-Cookie: zq=1", "http://127.0.0.1:8000" + "@mechant.example",
    "/\t/mechant.example", "//127.0.0.1:8000" + "@mechant.example", "data:text/html,zq", "/é",
)  # fmt: skip


@pytest.mark.parametrize("suite", AILLEURS)
async def test_la_suite_reste_dans_le_portail(
    suite: str, nav: Navigateur, application: Any
) -> None:
    email = f"{uuid.uuid4().hex}@essai.example"
    await creer_compte(email, "Passerelle-7bis", civilite="M.", nom="Roy", prenom="Luc")
    anonyme = Navigateur(application)
    reponses = [
        await nav.client.get(f"/connexion?suite={quote(suite)}"),
        await anonyme.client.post(
            "/connexion",
            data={"email": email, "mot_de_passe": "Passerelle-7bis", "suite": suite},
            headers=MEME,
        ),
    ]
    for reponse in reponses:
        assert reponse.status_code == 303
        cible = httpx.URL(ORIGINE).join(reponse.headers["location"])
        assert f"{cible.scheme}://{cible.netloc.decode()}" == ORIGINE, reponse.headers["location"]
        assert "zq=1" not in reponse.headers.get("set-cookie", "")
    await anonyme.fermer()


async def test_un_hote_faux_n_entre_ni_dans_un_courriel_ni_dans_une_page(application: Any) -> None:
    await oublier_limites()
    email = f"{uuid.uuid4().hex}@essai.example"
    await creer_compte(email, "Passerelle-7bis", civilite="M.", nom="Roy", prenom="Luc")
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(application),
        base_url=ORIGINE,
        headers={**MEME, "Host": "mechant.example", "X-Forwarded-Host": "mechant.example",
                 "X-Forwarded-Proto": "gopher", "Forwarded": "host=mechant.example"},
    )  # fmt: skip
    reponses = [
        await client.post("/mot-de-passe/oublie", data={"email": email}),
        await client.get("/connexion"),
        await client.get("/accueil"),
        await client.get("/static"),
    ]
    await client.aclose()
    assert (await lien_recu(email)).startswith(get_settings().url + "/mot-de-passe/nouveau/")
    for reponse in reponses:
        assert "mechant" not in reponse.text + str(reponse.headers)


# Reading changes nothing


@pytest.mark.parametrize("qui", ["anonyme", "administrateur", "gestionnaire"])
async def test_lire_ne_change_rien(qui: str, monde: Monde, application: Any) -> None:
    """The whole database is the same before and after every GET."""
    nav = Navigateur(application) if qui == "anonyme" else monde[qui].navigateur(application)
    avant = await empreintes(sans=frozenset())
    vu = await explorer(nav, departs(monde, qui))
    assert len(vu.pages) > (10 if qui == "anonyme" else 40)
    assert differences(avant, await empreintes(sans=frozenset())) == []
    await nav.fermer()


# Slow senders


async def test_ceux_qui_envoient_lentement_ne_tiennent_pas_la_base(application: Any) -> None:
    """Thirty bodies that never end, over a pool of ten connections: others are served."""
    fini = asyncio.Event()

    def portee() -> dict[str, Any]:
        return {
            "type": "http", "method": "POST", "path": "/connexion", "raw_path": b"/connexion",
            "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
            "headers": [(b"sec-fetch-site", b"same-origin"),
                        (b"content-type", b"application/x-www-form-urlencoded")],
            "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1), "state": {}, "asgi": {},
        }  # fmt: skip

    async def recevoir() -> dict[str, Any]:
        await fini.wait()
        return {"type": "http.request", "body": b"email=a", "more_body": False}

    async def envoyer(_: Any) -> None:
        pass

    lents = [asyncio.create_task(application(portee(), recevoir, envoyer)) for _ in range(30)]
    await asyncio.sleep(0.1)
    nav = Navigateur(application)
    try:
        demande = nav.client.post("/compte/creer", data={"_cle": uuid.uuid4().hex}, headers=MEME)
        reponse = await asyncio.wait_for(demande, 10)
        assert reponse.status_code == 422
    finally:
        fini.set()
        await asyncio.gather(*lents)
        await nav.fermer()

"""What a browser says of itself: its token, address, device; and the cookies that it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from portal.core.comptes import cles
from portal.settings import Settings
from portal.web.identite import nom_cookie

COOKIE_INSCRIPTION = "inscription"
CHEMIN_INSCRIPTION = "/compte"
DUREE_INSCRIPTION = 3600
# « cache » too would make Chromium sign people out slowly; pages are `no-store` anyway.
EFFACER_DONNEES = '"storage"'

_NAVIGATEURS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip

Requete = Request[Any, Any, Any]


def reglages(request: Requete) -> Settings:
    return request.app.state.settings


def en_https(request: Requete) -> bool:
    return reglages(request).url.startswith("https://")


def adresse_ip(request: Requete) -> str:
    """The address that limits count by; the one that our own proxies saw, where there are any."""
    directe = request.client.host if request.client else "inconnue"
    relais = reglages(request).relais
    if not relais:
        return directe
    vues = [v.strip() for v in request.headers.get("x-forwarded-for", "").split(",") if v.strip()]
    return vues[-relais][:45] if len(vues) >= relais else directe


def nommer_appareil(request: Requete) -> str:
    """« Firefox sur Windows »: enough for a person to know her own."""
    agent = request.headers.get("user-agent", "")
    navigateur = next((nom for signe, nom in _NAVIGATEURS if signe in agent), "Navigateur inconnu")
    systeme = next((nom for signe, nom in _SYSTEMES if signe in agent), None)
    return f"{navigateur} sur {systeme}" if systeme else navigateur


def jeton_de_session(request: Requete) -> str | None:
    return request.cookies.get(nom_cookie(en_https(request)))


def poser_session(request: Requete, reponse: Response[Any], jeton: str) -> None:
    """The browser keeps the token until it closes; the server decides how long it is worth."""
    https = en_https(request)
    reponse.set_cookie(
        Cookie(
            nom_cookie(https), value=jeton, httponly=True, samesite="lax", secure=https, path="/"
        )
    )


def retirer_session(request: Requete, reponse: Response[Any]) -> None:
    https = en_https(request)
    reponse.set_cookie(
        Cookie(
            nom_cookie(https),
            value="",
            max_age=0,
            httponly=True,
            samesite="lax",
            secure=https,
            path="/",
        )
    )
    reponse.headers["Clear-Site-Data"] = EFFACER_DONNEES


def jeton_inscription(request: Requete) -> str | None:
    return request.cookies.get(COOKIE_INSCRIPTION)


def poser_inscription(request: Requete, reponse: Response[Any], jeton: str | None) -> None:
    """Bind a sign-up to this browser; None ends it."""
    reponse.set_cookie(
        Cookie(
            COOKIE_INSCRIPTION,
            value=jeton or "",
            max_age=DUREE_INSCRIPTION if jeton else 0,
            httponly=True,
            samesite="lax",
            secure=en_https(request),
            path=CHEMIN_INSCRIPTION,
        )
    )


@dataclass(frozen=True)
class ClesIci:
    """Whether this page can use passkeys, and the address where they can be if it can't."""

    possibles: bool
    ailleurs: str | None = None


def cles_ici(request: Requete) -> ClesIci:
    """Passkeys want a name: a page reached by this machine's address points to « localhost »."""
    lieu = cles.lieu()
    if lieu is None:
        return ClesIci(False)
    if lieu.domaine == "localhost" and request.url.hostname != "localhost":
        return ClesIci(False, lieu.origine)
    return ClesIci(True)

"""From a template to an answer: whole page, or the fragment that htmx asked for."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from jinja2 import Environment
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from portal.web.fournisseurs import Fournisseurs, Lien
from portal.web.identite import Personne, personne_de

ECLAIR = "eclair"


@dataclass(frozen=True)
class Page:
    """What the layout needs to know of the request."""

    moi: Personne | None
    cloche: int
    navigation: list[Lien]
    eclair: str | None
    chemin: str
    demo: bool
    recherche: bool = False
    """Whether the header offers the search: it leads to lists that this person may read."""


@dataclass
class Rendu:
    """Kept in the application's state: environment, providers, key of the flash message."""

    environnement: Environment
    fournisseurs: Fournisseurs
    cle_eclair: bytes
    demo: bool


def rendre(
    request: Request[Any, Any, Any],
    gabarit: str,
    *,
    fragment: str | None = None,
    statut: int = 200,
    **valeurs: Any,
) -> Response[bytes]:
    """Render a page. For an htmx request the `fragment` alone, which the page itself includes."""
    rendu: Rendu = request.app.state.rendu
    partiel = fragment is not None and request.headers.get("hx-request") == "true"
    eclair = None if partiel else _lire_eclair(request, rendu.cle_eclair)
    moi = personne_de(request)
    chemin = request.scope["path"]
    page = Page(
        moi=moi,
        cloche=moi.cloche if moi and not moi.a_confirmer else 0,
        navigation=_navigation(rendu.fournisseurs, moi, chemin),
        eclair=eclair,
        chemin=chemin,
        demo=rendu.demo,
        recherche=moi is not None
        and not moi.a_confirmer
        and (moi.est_interne or moi.a_le_droit("dossiers.consulter")),
    )
    modele = rendu.environnement.get_template(fragment if partiel and fragment else gabarit)
    reponse = Response(
        modele.render(page=page, **valeurs).encode(),
        status_code=statut,
        media_type="text/html; charset=utf-8",
        headers={"Vary": "HX-Request"} if fragment else {},
    )
    if eclair is not None:
        _poser_eclair(request, reponse, "", 0)
    return reponse


def rediriger(request: Request[Any, Any, Any], url: str, message: str | None = None) -> Redirect:
    """303 to a page of the portal; `message` is shown there once."""
    reponse = Redirect(url, status_code=303)
    if message:
        rendu: Rendu = request.app.state.rendu
        _poser_eclair(request, reponse, _signer(message, rendu.cle_eclair), 60)
    return reponse


def _poser_eclair(
    request: Request[Any, Any, Any], reponse: Response[Any], valeur: str, duree: int
) -> None:
    """Secure by the portal's address: behind a proxy the request itself looks like plain http."""
    https = request.app.state.settings.url.startswith("https://")
    reponse.set_cookie(
        Cookie(
            ECLAIR,
            value=valeur,
            httponly=True,
            samesite="lax",
            secure=https,
            max_age=duree,
            path="/",
        )
    )


def url_interne(saisie: str | None, defaut: str = "/accueil") -> str:
    """A `suite` taken from a query, only if it is a path of this portal."""
    if (
        saisie
        and saisie.startswith("/")
        and not saisie.startswith(("//", "/\\"))
        and all(" " < c < "\x7f" for c in saisie)
    ):
        return saisie
    return defaut


def _navigation(fournisseurs: Fournisseurs, moi: Personne | None, chemin: str) -> list[Lien]:
    if moi is None or moi.a_confirmer:
        return []
    liens = fournisseurs.liens(moi)
    allume = next((li.url for li in liens if _sous(chemin, li.url)), None) or next(
        (url for debut, url in fournisseurs.sous.items() if _sous(chemin, debut)), None
    )
    return [replace(lien, actif=lien.url == allume) for lien in liens]


def _sous(chemin: str, debut: str) -> bool:
    return chemin == debut or chemin.startswith(debut + "/")


def _sceau(texte: bytes, cle: bytes) -> str:
    return hmac.new(cle, texte, sha256).hexdigest()[:32]


def _signer(message: str, cle: bytes) -> str:
    texte = base64.urlsafe_b64encode(message.encode())
    return f"{texte.decode()}.{_sceau(texte, cle)}"


def _lire_eclair(request: Request[Any, Any, Any], cle: bytes) -> str | None:
    valeur = request.cookies.get(ECLAIR)
    if not valeur or "." not in valeur:
        return None
    texte, sceau = valeur.rsplit(".", 1)
    if not hmac.compare_digest(sceau.encode(), _sceau(texte.encode(), cle).encode()):
        return None
    try:
        return base64.urlsafe_b64decode(texte).decode()
    except ValueError:
        return None

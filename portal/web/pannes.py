"""Every error becomes a page in French, or the fragment that htmx can show."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect

from portal.web.erreurs import ErreurPage, Introuvable, NonConnecte, RenfortExige
from portal.web.rendu import rendre, url_interne
from portal.web.requetes import ANNULER, SURS

journal = structlog.get_logger()

BASE_ABSENTE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    TimeoutError,
)

_TITRES = {
    400: (
        "Demande incomplète",
        "Rechargez la page et recommencez. Si cela persiste, contactez-nous.",
    ),
    404: ("Page introuvable", Introuvable().message),
    405: ("Action impossible ici", "Repartez de l’accueil et recommencez."),
    413: (
        "Envoi trop volumineux",
        "Le fichier dépasse la taille permise. Réduisez-le, puis déposez-le à nouveau.",
    ),
    429: ("Trop de tentatives", "Patientez quelques minutes, puis recommencez."),
}


def page_erreur(
    request: Request[Any, Any, Any], statut: int, titre: str, message: str, **v: Any
) -> Response[Any]:
    request.scope["state"][ANNULER] = True
    return rendre(
        request, "web/erreur.html", fragment="web/_erreur.html", statut=statut,
        titre=titre, message=message, reference=v.get("reference"), detail=v.get("detail"),
    )  # fmt: skip


def sur_erreur_page(request: Request[Any, Any, Any], erreur: ErreurPage) -> Response[Any]:
    reponse = page_erreur(request, erreur.statut, erreur.titre, erreur.message, **erreur.valeurs)
    if secondes := getattr(erreur, "secondes", None):
        reponse.headers["Retry-After"] = str(secondes)
    return reponse


def sur_non_connecte(request: Request[Any, Any, Any], erreur: NonConnecte) -> Response[Any]:
    """To the sign-in page and back; a posted form is parked meanwhile, if its author is known."""
    return _detour(request, "/connexion", erreur.reprise, d_ou_l_on_vient(request))


def sur_renfort_exige(request: Request[Any, Any, Any], erreur: RenfortExige) -> Response[Any]:
    """To the page that asks for the proof, and back."""
    return _detour(request, erreur.ou, erreur.reprise, d_ou_l_on_vient(request))


def d_ou_l_on_vient(request: Request[Any, Any, Any]) -> str:
    """The page of the portal whose form was posted."""
    return url_interne(urlsplit(request.headers.get("referer", "")).path, "")


def _detour(
    request: Request[Any, Any, Any], ou: str, reprise: str | None, retour: str = ""
) -> Response[Any]:
    chemin = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method in SURS:
        suite = f"{ou}?suite={quote(chemin, safe='/')}"
    elif reprise:
        suite = f"{ou}?reprise={reprise}"
    else:
        suite = f"{ou}?suite={quote(retour, safe='/')}" if retour else ou
    if request.headers.get("hx-request") == "true":
        return Response(
            b"",
            status_code=401,
            media_type="text/html; charset=utf-8",
            headers={"HX-Redirect": suite},
        )
    return Redirect(suite, status_code=303)


def sur_http(request: Request[Any, Any, Any], erreur: HTTPException) -> Response[Any]:
    titre, message = _TITRES.get(erreur.status_code, _TITRES[400])
    statut = 404 if isinstance(erreur, NotAuthorizedException) else erreur.status_code
    return page_erreur(request, statut, titre, message)


def _route(request: Request[Any, Any, Any]) -> str:
    """Which page, without what its address holds: a token may stand there."""
    return str(request.scope.get("path_template") or "inconnue")


def sur_panne(request: Request[Any, Any, Any], erreur: Exception) -> Response[Any]:
    """Anything unforeseen: a reference to quote, no detail; the log has the rest."""
    reference = uuid.uuid4().hex[:8].upper()
    if isinstance(erreur, BASE_ABSENTE):
        journal.error("base indisponible", reference=reference, erreur=type(erreur).__name__)
        reponse = page_erreur(
            request, 503, "Le portail reprend son souffle",
            "Nos données sont momentanément inaccessibles. Rien de ce qui était enregistré n’est "
            "perdu\u00a0; revenez en arrière pour retrouver votre saisie, et recommencez dans une minute.",
            reference=reference,
        )  # fmt: skip
        reponse.headers["Retry-After"] = "10"
        return reponse
    journal.error("panne", reference=reference, route=_route(request), exc_info=erreur)
    return page_erreur(
        request, 500, "Une erreur est survenue",
        "Nous n’avons pas pu faire ce que vous demandiez. Recommencez\u00a0; si cela persiste, "
        "contactez-nous en donnant cette référence.",
        reference=reference,
    )  # fmt: skip


GESTIONNAIRES: dict[Any, Any] = {
    ErreurPage: sur_erreur_page,
    NonConnecte: sur_non_connecte,
    RenfortExige: sur_renfort_exige,
    HTTPException: sur_http,
    Exception: sur_panne,
}

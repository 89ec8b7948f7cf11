"""The bell and the list behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from portal.core.notifications import operations, queries
from portal.core.notifications.queries import Filtre
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre, url_interne

LISTE = "/notifications"


def _url(filtre: Filtre, apres: str | None = None) -> str:
    parametres = ({"filtre": filtre} if filtre != "toutes" else {}) | (
        {"apres": apres} if apres else {}
    )
    return f"{LISTE}?{urlencode(parametres)}" if parametres else LISTE


@get(LISTE, droit="connecte")
async def lister(
    request: Request[Any, Any, Any],
    moi: Moi,
    filtre: FromQuery[str] = "toutes",
    apres: FromQuery[str | None] = None,
) -> Response[Any]:
    """All notifications of the signed-in person, or the unread ones."""
    choix: Filtre = "non_lues" if filtre == "non_lues" else "toutes"
    page = await queries.lister(moi.compte_id, choix, apres)
    return rendre(
        request,
        "notifications/liste.html",
        fragment="notifications/_liste.html",
        notifications=page.lignes,
        filtre=choix,
        non_lues=moi.cloche,
        ici=_url(choix, apres),
        suivant=_url(choix, page.suivant) if page.suivant else None,
        premier=_url(choix) if apres else None,
    )


@get("/notifications/cloche", droit="connecte")
async def cloche(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """The bell alone, with its count of now."""
    return rendre(request, "notifications/_cloche.html", nombre=moi.cloche)


@post("/notifications/{uid:uuid}/ouvrir", droit="connecte")
async def ouvrir(request: Request[Any, Any, Any], moi: Moi, uid: FromPath[UUID]) -> Redirect:
    """Mark as read and go to the object."""
    url = await operations.ouvrir(moi.compte_id, uid)
    if url is None:
        raise Introuvable()
    return rediriger(request, url_interne(url))


@post("/notifications/{uid:uuid}/lire", droit="connecte")
async def lire(request: Request[Any, Any, Any], moi: Moi, uid: FromPath[UUID]) -> Redirect:
    """Mark as read and stay."""
    if not await operations.marquer_lue(moi.compte_id, uid):
        raise Introuvable()
    return rediriger(request, await _retour(request), "Notification marquée comme lue.")


@post("/notifications/tout-lire", droit="connecte")
async def tout_lire(request: Request[Any, Any, Any], moi: Moi) -> Redirect:
    """Mark all as read."""
    await operations.tout_marquer_lu(moi.compte_id)
    return rediriger(
        request, await _retour(request), "Toutes vos notifications sont marquées comme lues."
    )


async def _retour(request: Request[Any, Any, Any]) -> str:
    """The list as it was filtered, posted with the form; only pages of this list."""
    poste = str((await request.form()).get("_retour", ""))
    return url_interne(poste, LISTE) if poste.partition("?")[0] == LISTE else LISTE

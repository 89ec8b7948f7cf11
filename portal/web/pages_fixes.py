"""Pages that say the same to everybody: accessibility, legal notice, personal data."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from portal.settings import Settings
from portal.web.rendu import rendre

Requete = Request[Any, Any, Any]


def _page(request: Requete, gabarit: str) -> Response[bytes]:
    settings: Settings = request.app.state.settings
    return rendre(
        request,
        gabarit,
        opco_adresse=settings.opco_adresse,
        opco_siren=settings.opco_siren,
        expediteur=settings.mail_from,
    )


@get("/accessibilite", droit="public")
async def accessibilite(request: Requete) -> Response[bytes]:
    """How far the portal is accessible, and whom to tell."""
    return _page(request, "web/accessibilite.html")


@get("/mentions-legales", droit="public")
async def mentions_legales(request: Requete) -> Response[bytes]:
    """Who publishes the portal."""
    return _page(request, "web/mentions_legales.html")


@get("/donnees-personnelles", droit="public")
async def donnees_personnelles(request: Requete) -> Response[bytes]:
    """What is kept of people, why, how long."""
    return _page(request, "web/donnees_personnelles.html")


GESTIONNAIRES = [accessibilite, mentions_legales, donnees_personnelles]

"""The right that every handler declares, and the guard that asks for it.

`droit="public"`, `"connecte"`, `"interne"`, `"interne:gestionnaire,comptable"` or
`"<domaine>.<verbe>"` (held on at least one company, or staff allowed by `interne=...` roles).
Which objects are within reach is the queries' business.

`renfort=True` also asks for a second factor proven in this session a moment ago. Staff whose session
has none reach only the handlers that say `avant_second=True`; public pages take them for nobody.
"""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler

from portal.infra import clock
from portal.web.erreurs import Interdit, Introuvable, NonConnecte, RenfortExige
from portal.web.identite import Personne, personne_de

DOMAINES = ("dossiers", "factures", "rib", "rattachements", "contributions")
VERBES = ("consulter", "saisir", "supprimer")
DROITS = tuple(f"{d}.{v}" for d in DOMAINES for v in VERBES)


def valider_droit(droit: Any) -> bool:
    """Whether a handler's declaration is one that the guard understands."""
    if not isinstance(droit, str):
        return False
    return (
        droit in ("public", "connecte", "interne")
        or droit.startswith("interne:")
        or droit in DROITS
    )


async def garder(
    connexion: ASGIConnection[Any, Any, Any, Any], gestionnaire: BaseRouteHandler
) -> None:
    """Litestar guard of the whole application: default deny."""
    droit = gestionnaire.opt.get("droit")
    if not valider_droit(droit):
        raise Introuvable()
    moi = personne_de(connexion)
    attend = moi is not None and moi.a_confirmer and not gestionnaire.opt.get("avant_second")
    if droit == "public":
        if attend:
            connexion.scope["state"]["personne"] = None
        return
    if moi is None:
        raise NonConnecte(await _parquer(connexion))
    if attend:
        raise RenfortExige(await _parquer(connexion))
    _exiger_droit(moi, droit, gestionnaire)
    if gestionnaire.opt.get("renfort") and not renforce(moi):
        raise RenfortExige(await _parquer(connexion))


def renforce(moi: Personne) -> bool:
    """Whether this session has proven a second factor a moment ago."""
    return moi.renfort_jusque is not None and moi.renfort_jusque > clock.instant()


def _exiger_droit(moi: Personne, droit: Any, gestionnaire: BaseRouteHandler) -> None:
    if droit == "connecte":
        return
    if str(droit).startswith("interne"):
        roles = set(str(droit).partition(":")[2].split(",")) - {""}
        if not moi.est_interne:
            raise Introuvable()
        if roles and not roles & moi.roles:
            raise Interdit("Un administrateur de l’OPCO peut vous donner ce rôle.")
        return
    if moi.roles & set(str(gestionnaire.opt.get("interne", "")).split(",")):
        return
    if not moi.a_le_droit(str(droit)):
        raise Interdit()


async def _parquer(connexion: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Keep what was posted with an ended session (here: exception handlers can't await)."""
    if not isinstance(connexion, Request) or connexion.method in ("GET", "HEAD", "OPTIONS"):
        return None
    parquer = connexion.app.state.rendu.fournisseurs.parquer
    return await parquer(connexion) if parquer else None


def routes_sans_droit(routes: Any) -> list[str]:
    """Paths whose handler declares no right: must be empty, a test and the start-up check it."""
    return sorted(
        {
            route.path
            for route in routes
            for gestionnaire in getattr(route, "route_handlers", [])
            if isinstance(gestionnaire, HTTPRouteHandler)
            and not valider_droit(gestionnaire.opt.get("droit"))
            and gestionnaire.http_methods != {"OPTIONS"}
        }
    )

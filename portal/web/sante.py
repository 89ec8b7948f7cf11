"""What a supervisor asks: alive, ready, figures; and the list of routes."""

from __future__ import annotations

import time
from typing import Any

import prometheus_client
from litestar import Litestar, Request, Response, get
from litestar.enums import ScopeType
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.infra import jobs, migrations
from portal.web.erreurs import Introuvable

REQUETES = prometheus_client.Counter(
    "portal_requetes_total", "Requêtes par route et statut", ["route", "statut"]
)
DUREES = prometheus_client.Histogram("portal_requete_secondes", "Durée des requêtes", ["route"])


RELAYE = ("x-forwarded-for", "x-real-ip", "forwarded")


class Mesures(ASGIMiddleware):
    """Counts and times requests by route template."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        debut = time.perf_counter()
        statut = 500

        async def noter(message: Message) -> None:
            nonlocal statut
            if message["type"] == "http.response.start":
                statut = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, noter)
        finally:
            route = str(scope.get("path_template") or "autre")
            REQUETES.labels(route, str(statut)).inc()
            DUREES.labels(route).observe(time.perf_counter() - debut)


@get("/healthz", droit="public", sans_identite=True)
async def vivant() -> dict[str, str]:
    """Alive: the process answers, with or without a database."""
    return {"etat": "ok"}


@get("/readyz", droit="public", sans_identite=True)
async def pret(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Ready: the database answers, no migration of ours waits, jobs have their queue. Whether a worker
    takes them is said, and keeps nobody from being served."""
    try:
        attendent = await migrations.en_attente(request.app.state.apps)
        taches = await jobs.etat()
    except Exception as erreur:
        return Response({"etat": "indisponible", "cause": type(erreur).__name__}, status_code=503)
    if attendent:
        return Response({"etat": "indisponible", "cause": "migrations"}, status_code=503)
    return Response({"etat": "ok", "worker": "present" if taches["workers"] else "absent"})


@get("/metrics", droit="public")
async def mesures(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus figures, to the machine itself only: not to those whom a proxy on it forwards."""
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    if not local or any(nom in request.headers for nom in RELAYE):
        raise Introuvable()
    return Response(prometheus_client.generate_latest(), media_type="text/plain; version=0.0.4")


def lister_routes(app: Litestar) -> list[dict[str, Any]]:
    """For `portal routes --json` and the permission matrix."""
    return sorted(
        (
            {
                "method": methode,
                "path": route.path,
                "droit": gestionnaire.opt.get("droit"),
                "plugin": gestionnaire.opt.get("plugin"),
            }
            for route in app.routes
            for gestionnaire in getattr(route, "route_handlers", [])
            if isinstance(gestionnaire, HTTPRouteHandler)
            for methode in gestionnaire.http_methods - {"OPTIONS"}
        ),
        key=lambda r: (r["path"], r["method"]),
    )

"""What surrounds each request: identity, origin, one transaction, idempotency."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.infra import base
from portal.web.erreurs import Conflit, Refus
from portal.web.fournisseurs import Fournisseurs
from portal.web.identite import nom_cookie, personne_de
from portal.web.saisies import RequeteNette, exiger_adresse_nette

SURS = frozenset({"GET", "HEAD", "OPTIONS"})
ANNULER = "annuler_transaction"


class Origine(ASGIMiddleware):
    """Refuses changing requests that another site made a browser send (architecture, sessions), and
    addresses that nobody types."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, url: str) -> None:
        parties = urlsplit(url)
        self.origine = f"{parties.scheme}://{parties.netloc}"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        exiger_adresse_nette(scope)
        if (
            scope["type"] == ScopeType.HTTP
            and scope["method"] not in SURS
            and not self._admise(ASGIConnection(scope))
        ):
            raise Refus("Cette demande vient d’un autre site. Reprenez depuis la page du portail.")
        await next_app(scope, receive, send)

    def _admise(self, connexion: ASGIConnection[Any, Any, Any, Any]) -> bool:
        site = connexion.headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        return connexion.headers.get("origin") == self.origine


class Identite(ASGIMiddleware):
    """Puts the signed-in person into the request's state; a handler may do without
    (`sans_identite`: it answers when there is no database)."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, fournisseurs: Fournisseurs, https: bool) -> None:
        self.fournisseurs = fournisseurs
        self.cookie = nom_cookie(https)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        gestionnaire = scope.get("route_handler")
        if gestionnaire is not None and gestionnaire.opt.get("sans_identite"):
            scope["state"]["personne"] = None
            await next_app(scope, receive, send)
            return
        jeton = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(self.cookie)
        charger = self.fournisseurs.charger_personne
        scope["state"]["personne"] = await charger(jeton) if jeton and charger else None
        await next_app(scope, receive, send)


class UneTransaction(ASGIMiddleware):
    """One changing request, one transaction. The answer leaves after the commit.

    An answer below 500 commits; a raised error rolls back (its handler sets `ANNULER`).
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in SURS:
            await next_app(scope, receive, send)
            return
        messages: list[Message] = []

        async def retenir(message: Message) -> None:
            messages.append(message)

        formulaire = await _recevoir(scope, receive)
        try:
            async with base.transaction():
                await next_app(scope, receive, retenir)
                if scope["state"].get(ANNULER):
                    raise _Annulation
                await _garder_suite(scope, messages)
        except _Annulation:
            pass
        finally:
            if formulaire is not None:
                await formulaire.close()
        for message in messages:
            await send(message)


class _Annulation(Exception):
    pass


async def _recevoir(scope: Scope, receive: Receive) -> FormMultiDict | None:
    """Read what is posted before the transaction opens: whoever sends slowly holds no connection of
    the database. On a page for people who are signed in, nothing is read of nobody."""
    gestionnaire = scope.get("route_handler")
    droit = gestionnaire.opt.get("droit") if gestionnaire is not None else None
    if scope["state"].get("personne") is None and droit != "public":
        return None
    return await RequeteNette(scope, receive).form()


async def avant_requete(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Idempotency: a key seen before answers what it answered, without doing it again.

    Runs inside the request's transaction: two simultaneous posts of one key wait for each other.
    """
    gestionnaire = request.route_handler
    if request.method in SURS or gestionnaire.opt.get("sans_cle"):
        return None
    cle = request.headers.get("idempotency-key") or _cle_postee(await request.form())
    if not cle or len(cle) > 100:
        raise Refus("Ce formulaire est incomplet. Rechargez la page et recommencez.")
    moi = personne_de(request)
    empreinte = hashlib.sha256(f"{moi.compte_id if moi else 0}:{cle}".encode()).digest()
    # A path may hold a single-use token: only its digest is kept.
    chemin = hashlib.sha256(request.scope["path"].encode()).hexdigest()
    pose = await base.sql1(
        "insert into requete_faite (cle, chemin) values ($1, $2) on conflict (cle) do nothing"
        " returning 1 as pose",
        empreinte,
        chemin,
    )
    request.scope["state"]["cle_requete"] = empreinte
    if pose:
        return None
    faite = await base.sql1("select chemin, suite from requete_faite where cle = $1", empreinte)
    if faite is None or faite["chemin"] != chemin or faite["suite"] is None:
        raise Conflit(
            "Déjà envoyé",
            "Ce formulaire a déjà été envoyé. Rechargez la page pour voir où en est votre demande.",
        )
    request.scope["state"]["cle_requete"] = None
    return Redirect(faite["suite"], status_code=303)


async def _garder_suite(scope: Scope, messages: list[Message]) -> None:
    """Keep where a done request led; forget the key of one that was refused, to be mended."""
    empreinte = scope["state"].get("cle_requete")
    debut = next((m for m in messages if m["type"] == "http.response.start"), None)
    if not empreinte or debut is None:
        return
    suite = Headers.from_scope({"headers": debut["headers"]}).get("location")  # type: ignore[arg-type]
    if debut["status"] == 303 and suite:
        await base.executer("update requete_faite set suite = $2 where cle = $1", empreinte, suite)
    else:
        await base.executer("delete from requete_faite where cle = $1", empreinte)


def _cle_postee(formulaire: Any) -> str:
    valeur = formulaire.get("_cle", "")
    return valeur if isinstance(valeur, str) else ""

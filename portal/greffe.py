"""How a plugin's pages and jobs join the application, and the hands they are given."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router
from litestar.di import Provide
from litestar.response import Response

from portal.branches.queries import Lecteur
from portal.core.journal import operations as journal
from portal.core.notifications import operations as notifications
from portal.infra import clock, jobs
from portal.kit import Contexte, Vue
from portal.loader import Plugins
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Lien
from portal.web.identite import Personne, personne_de
from portal.web.rendu import rendre


class Horloge:
    """The portal's business clock."""

    async def aujourd_hui(self) -> Any:
        return await clock.aujourd_hui()

    async def maintenant(self) -> Any:
        return await clock.maintenant()


class ContexteReel:
    """What a plugin's handlers receive as `contexte`. Implements `portal.kit.Contexte`."""

    def __init__(self, plugin: str, acteur: Personne | None) -> None:
        self._plugin = plugin
        self._acteur = acteur
        self.compte_id = acteur.compte_id if acteur else None
        self.horloge = Horloge()
        self.parametres = Lecteur()

    async def planifier(self, tache: str, **ids: int) -> None:
        await jobs.planifier(f"{self._plugin}.{tache}", None, None, **ids)

    async def notifier(self, compte_id: int, titre: str, url: str) -> None:
        await notifications.notifier([compte_id], f"plugin.{self._plugin}", titre, url)

    async def journaliser(self, action: str, objet: str, **details: Any) -> None:
        await journal.noter(f"{self._plugin}.{action}", acteur=self._acteur, sujet=objet, **details)


class ReponseVue(Response[Any]):
    """Renders the `Vue` that a plugin's handler returned, under the plugin's own prefix."""

    def to_asgi_response(self, *, request: Any, **options: Any) -> Any:  # type: ignore[override]
        vue = self.content
        if not isinstance(vue, Vue):
            return super().to_asgi_response(request=request, **options)
        plugin = request.route_handler.opt["plugin"]
        page = rendre(request, f"p/{plugin}/{vue.gabarit}", statut=vue.statut, **vue.valeurs)
        return page.to_asgi_response(request=request, **options)


def greffer(c: Cablage, plugins: Plugins) -> None:
    """Add every plugin's pages, jobs and navigation entries."""
    pages: dict[str, list[Any]] = {}
    for nom, page in plugins.pages():
        pages.setdefault(nom, []).append(page)
    for nom, lot in pages.items():
        c.gestionnaires.append(
            Router(
                path="/",
                route_handlers=lot,
                response_class=ReponseVue,
                opt={"plugin": nom},
                dependencies={"contexte": Provide(_fournir(nom), sync_to_thread=False)},
                signature_types=[Contexte],
            )
        )
    for nom, fonction in plugins.taches():
        jobs.tache(f"{nom}.{fonction.__name__}")(fonction)
    liens = plugins.navigation()
    if liens:
        c.fournisseurs.navigation.append(
            lambda moi: [Lien(li.libelle, li.url) for li in _pour(moi, liens)]
        )


def _fournir(plugin: str) -> Any:
    def fournir(request: Request[Any, Any, Any]) -> Contexte:
        return ContexteReel(plugin, personne_de(request))

    return fournir


def _pour(moi: Personne, liens: list[Any]) -> list[Any]:
    genre = "interne" if moi.est_interne else "connecte"
    return [li for li in liens if li.pour in (genre, "public")]

"""`create_app`: the one place that wires everything."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from servestatic import ServeStaticASGI

from portal import chemins, loader
from portal.apps import noms_des_apps
from portal.assemblage import assembler
from portal.infra import base, journalisation
from portal.infra.files import menage
from portal.settings import Settings, get_settings
from portal.web import pannes, purge, sante
from portal.web.entetes import Entetes
from portal.web.fournisseurs import Fournisseurs
from portal.web.gabarits import faire_environnement
from portal.web.garde import garder, routes_sans_droit
from portal.web.identite import fournir_moi, fournir_visiteur
from portal.web.rendu import Rendu
from portal.web.requetes import Identite, Origine, UneTransaction, avant_requete
from portal.web.saisies import RequeteNette

MARGE_FORMULAIRE = 2_000_000
TACHES = (purge, menage)
"""Modules imported for the background jobs that they register."""


def create_litestar(
    settings: Settings | None = None, plugins: loader.Plugins | None = None
) -> Litestar:
    """The Litestar application. Tests pass their own settings and plugins."""
    journalisation.regler()
    settings = settings or get_settings()
    plugins = plugins or loader.charger(settings.plugins_dir or chemins.PLUGINS)
    fournisseurs = Fournisseurs()
    https = settings.url.startswith("https://")
    assemblage = assembler(settings, plugins, fournisseurs)
    environnement = faire_environnement(
        chemins.TEMPLATES,
        chemins.STATIC,
        plugins.gabarits(),
        assemblage.globaux,
        developpement=settings.developpement,
    )
    app = Litestar(
        route_handlers=[sante.vivant, sante.pret, sante.mesures, *assemblage.gestionnaires],
        middleware=[
            sante.Mesures(),
            Origine(settings.url),
            Identite(fournisseurs, https),
            UneTransaction(),
        ],
        request_class=RequeteNette,
        guards=[garder],
        before_request=avant_requete,
        exception_handlers=pannes.GESTIONNAIRES,
        dependencies={
            "moi": Provide(fournir_moi, sync_to_thread=False),
            "visiteur": Provide(fournir_visiteur, sync_to_thread=False),
            **assemblage.dependances,
        },
        state=State(
            {
                "rendu": Rendu(
                    environnement,
                    fournisseurs,
                    hashlib.sha256(b"eclair" + settings.secret_key.encode()).digest(),
                    settings.demo,
                ),
                "plugins": plugins,
                "settings": settings,
                "apps": noms_des_apps(),
            }
        ),
        lifespan=[_vie],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=settings.max_upload + MARGE_FORMULAIRE,
        debug=False,
    )
    oublies = routes_sans_droit(app.routes)
    if oublies:
        raise RuntimeError(f"Routes sans droit déclaré : {', '.join(oublies)}")
    return app


@asynccontextmanager
async def _vie(app: Litestar) -> AsyncIterator[None]:
    await base.ouvrir_pool()
    try:
        yield
    finally:
        await base.fermer_pool()


def habiller(app: Litestar, settings: Settings) -> Any:
    """Static files in front, security headers around everything."""
    servi = ServeStaticASGI(
        app,
        root=chemins.STATIC,
        prefix="static",
        max_age=31_536_000,
        autorefresh=False,
        allow_all_origins=False,
    )
    return Entetes(servi, https=settings.url.startswith("https://"))


def create_app(settings: Settings | None = None, plugins: loader.Plugins | None = None) -> Any:
    """The ASGI application that a server runs."""
    settings = settings or get_settings()
    return habiller(create_litestar(settings, plugins), settings)

"""The administrator's page: versions, plugins loaded and broken, jobs, what to mend."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

from litestar import Request, Response, get

from portal.branches.docteur import etat_des_taches, examiner
from portal.infra.base import sql1
from portal.web.rendu import rendre

PAQUET = "mon-espace"


async def versions() -> list[tuple[str, str]]:
    """What runs here."""
    postgres = await sql1("show server_version")
    try:
        portail = importlib.metadata.version(PAQUET)
    except importlib.metadata.PackageNotFoundError:
        portail = "depuis les sources"
    return [
        ("Portail", portail),
        ("Python", platform.python_version()),
        ("PostgreSQL", str(postgres["server_version"]) if postgres else ""),
    ]


@get("/installation", droit="interne:administrateur")
async def installation(request: Request[Any, Any, Any]) -> Response[Any]:
    """What an administrator of the OPCO looks at before calling somebody."""
    plugins = request.app.state.plugins
    dispositifs = plugins.dispositifs_par_plugin()
    return rendre(
        request,
        "branches/installation.html",
        constats=await examiner(plugins),
        versions=await versions(),
        taches=await etat_des_taches(),
        plugins=[
            {
                "nom": p.nom,
                "etat": "Écarté" if p.erreur else "Chargé",
                "detail": p.erreur or ", ".join(dispositifs.get(p.nom, [])) or "Aucun dispositif",
                "origine": p.origine,
            }
            for p in plugins.charges
        ],
    )

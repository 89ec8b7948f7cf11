"""Asking for a workbook and fetching it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from portal.dossiers import queries as dossiers
from portal.dossiers.export import taches
from portal.dossiers.export.classeur import fabriquer
from portal.dossiers.recherche.queries import Filtres, compter
from portal.infra.base import sql1
from portal.infra.files import lire
from portal.web.erreurs import Interdit, Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

INTERNES = ",".join(dossiers.ROLES_LECTURE)
IMMEDIAT = 2000
"""Rows up to which the workbook is made while one waits."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOM = "Dossiers et factures.xlsx"


@get("/dossiers/export", droit="dossiers.consulter", interne=INTERNES)
async def exporter(request: Request[Any, Any, Any], moi: Moi) -> Response[Any] | Stream:
    """Small: the workbook itself. Large: a page that offers to prepare it."""
    filtres = Filtres.lire(request.query_params)
    if await compter(moi, filtres, IMMEDIAT + 1) > IMMEDIAT:
        return rendre(request, "dossiers/export_demande.html", filtres=filtres)
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "export.xlsx"
        await fabriquer(moi, filtres, chemin)
        contenu = chemin.read_bytes()

    async def flux():  # type: ignore[no-untyped-def]
        yield contenu

    return piece_jointe(flux(), NOM, XLSX)


@post("/dossiers/export", droit="dossiers.consulter", interne=INTERNES)
async def demander(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    poste = {k: str(v) for k, v in (await request.form()).items()}
    uid = await taches.demander(moi, Filtres.lire(poste))
    return rediriger(request, f"/exports/{uid}")


@get("/exports/{uid:uuid}", droit="connecte")
async def suivre(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    export = await _exiger(moi, uid)
    return rendre(request, "dossiers/export.html", fragment="dossiers/_export.html", export=export)


@get("/exports/{uid:uuid}/fichier", droit="connecte")
async def telecharger(uid: FromPath[UUID], moi: Moi) -> Stream:
    export = await _exiger(moi, uid)
    if export["fichier"] is None:
        raise Introuvable()
    if export["portee"] != await taches.portee_de(moi):
        raise Interdit(
            "Vos droits ont changé depuis que cet export a été préparé\u00a0: demandez-en un autre."
            " Un administrateur de votre entreprise peut vous dire ce qui a changé."
        )
    return piece_jointe(await lire(export["fichier"]), NOM, XLSX)


async def _exiger(moi: Personne, uid: UUID) -> dict[str, Any]:
    export = await sql1("select * from export where uid = $1 and compte = $2", uid, moi.compte_id)
    if export is None:
        raise Introuvable()
    return export


GESTIONNAIRES = [exporter, demander, suivre, telecharger]

"""Public pages of the dispositifs: what each is for, its steps, documents and checks."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from portal.branches import queries, referentiel
from portal.branches.commun import Dispositifs
from portal.core.entreprises.fiche import PROFILS
from portal.infra import clock
from portal.infra.texte import plier
from portal.web.erreurs import Introuvable
from portal.web.rendu import rendre


@get("/dispositifs", droit="public")
async def lister(request: Request[Any, Any, Any], dispositifs: Dispositifs) -> Response[Any]:
    """Every dispositif of the portal, with what it is for."""
    return rendre(
        request,
        "branches/dispositifs.html",
        dispositifs=sorted(dispositifs.values(), key=lambda d: plier(d.libelle)),
    )


@get("/dispositifs/{code:str}", droit="public")
async def montrer(
    request: Request[Any, Any, Any], code: FromPath[str], dispositifs: Dispositifs
) -> Response[Any]:
    """One dispositif: who may ask, steps, documents and what each must contain, checks, branches."""
    dispositif = dispositifs.get(code)
    if dispositif is None:
        raise Introuvable()
    ouverts = await queries.ouverts_par_branche(await clock.aujourd_hui())
    return rendre(
        request,
        "branches/dispositif_public.html",
        dispositif=dispositif,
        profils=sorted(PROFILS[p] for p in dispositif.profils),
        depot=[p for p in dispositif.pieces if p.moment == "depot"],
        realisation=[p for p in dispositif.pieces if p.moment == "realisation"],
        branches=[
            (c.idcc, c.nom) for c in referentiel.de_l_opco() if code in ouverts.get(c.idcc, set())
        ],
    )

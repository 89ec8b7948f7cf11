"""« Historique » of « Mes factures »: invoices, payments and accounts of former portals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery

from portal.core.entreprises.fiche import PROFILS
from portal.factures.onglets import onglets
from portal.factures.perimetre import CONSULTER
from portal.reprise import historique
from portal.web.identite import Moi
from portal.web.rendu import rendre

CHEMIN = "/factures/historique"


@get(CHEMIN, droit=CONSULTER)
async def lister(
    request: Request[Any, Any, Any], moi: Moi, apres: FromQuery[str | None] = None
) -> Response[Any]:
    """What the former portal held of the companies within reach."""
    page = await historique.factures(moi, apres)
    return rendre(
        request,
        "reprise/historique.html",
        factures=page.lignes,
        ribs=await historique.ribs(moi),
        profils=PROFILS,
        suivant=f"{CHEMIN}?{urlencode({'apres': page.suivant})}" if page.suivant else None,
        premier=CHEMIN if apres else None,
        onglets=onglets(moi),
        chemin=CHEMIN,
    )

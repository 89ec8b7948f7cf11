"""The home page of a signed-in person, company's or staff's."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from portal.core.accueil.queries import Attaches, attaches
from portal.core.notifications import queries as notifications
from portal.infra import clock
from portal.web.fournisseurs import Fournisseurs
from portal.web.identite import Moi
from portal.web.rendu import Rendu, rendre

DERNIERES = 5
COMMENCER = ("/rattachements/demander", "/rattachements/code")
"""What somebody without a company is told first, and so not again among the shortcuts."""


@get("/accueil", droit="connecte")
async def accueil(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """« Mes tâches », the numbers that matter, « Mes accès rapides », « Mes notifications »."""
    rendu: Rendu = request.app.state.rendu
    fournisseurs: Fournisseurs = rendu.fournisseurs
    liens = Attaches(0, 0) if moi.est_interne else await attaches(moi.compte_id)
    seul = not moi.est_interne and liens.actifs == 0
    recentes = await notifications.lister(moi.compte_id, taille=DERNIERES)
    return rendre(
        request,
        "accueil/accueil.html",
        taches=await fournisseurs.taches_de(moi),
        chiffres=[
            {"nombre": c.valeur, "libelle": c.libelle, "url": c.url, "aide": c.detail}
            for c in await fournisseurs.chiffres_de(moi)
        ],
        acces=[
            {
                "libelle": a.libelle if a.nombre is None else f"{a.libelle} ({a.nombre})",
                "url": a.url,
            }
            for a in await fournisseurs.acces_de(moi)
            if not (seul and a.url in COMMENCER)
        ],
        notifications=recentes.lignes,
        attaches=liens,
        seul=seul,
        aujourd_hui=await clock.aujourd_hui(),
    )

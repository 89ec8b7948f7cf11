"""« Mes règlements »: a company's transfers, and the avis of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from portal.factures.onglets import onglets
from portal.factures.perimetre import CONSULTER, INTERNES
from portal.factures.registre import cible
from portal.reglements import queries
from portal.reglements.etats import PAIEMENTS
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi
from portal.web.rendu import rendre

Requete = Request[Any, Any, Any]


@get("/reglements", droit=CONSULTER)
async def lister(
    request: Requete,
    moi: Moi,
    q: FromQuery[str] = "",
    etat: FromQuery[str] = "",
    apres: FromQuery[str | None] = None,
) -> Response[Any]:
    """Transfers to the companies of this person, newest first."""
    etat = etat if etat in queries.VISIBLES else ""
    page = await queries.mes_reglements(moi, q[:100], etat, apres)
    filtres = {k: v for k, v in (("q", q[:100]), ("etat", etat)) if v}
    return rendre(
        request,
        "reglements/liste.html",
        fragment="reglements/_liste.html",
        lignes=[_ligne(r) for r in page.lignes],
        q=q[:100],
        etat=etat,
        etats=[(e, PAIEMENTS[e][0]) for e in queries.VISIBLES],
        suivant=f"/reglements?{urlencode({**filtres, 'apres': page.suivant})}"
        if page.suivant
        else None,
        premier=f"/reglements?{urlencode(filtres)}" if apres else None,
        filtree=bool(filtres),
        onglets=onglets(moi),
    )


def _ligne(r: queries.Reglement) -> dict[str, Any]:
    mot, ton = PAIEMENTS[r.etat]
    reste = f" et {r.nombre - 1} autre{'s' if r.nombre > 2 else ''}" if r.nombre > 1 else ""
    return {
        "reference": r.reference,
        "url": f"/reglements/avis/{r.uid}",
        "nom": r.nom,
        "factures": f"{r.factures}{reste}",
        "jour": r.jour,
        "montant": r.montant,
        "etat": {"texte": mot, "ton": ton},
    }


@get("/reglements/avis/{uid:uuid}", droit=CONSULTER, interne=INTERNES)
async def avis(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """One transfer: which invoices and dossiers it pays."""
    trouve = await queries.avis(moi, uid)
    if trouve is None:
        raise Introuvable()
    return rendre(
        request,
        "reglements/avis.html",
        avis=trouve,
        etat=PAIEMENTS[trouve.etat],
        payeur=cible(trouve.cible).nom,
        comptable="comptable" in moi.roles,
        lignes=[
            {
                "facture": li.facture,
                "url": f"/factures/{li.facture_uid}",
                "date": li.date_facture,
                "dossier": {"texte": li.dossier, "url": f"/dossiers/{li.dossier_uid}",
                            "aide": li.intitule},
                "demande": li.demande,
                "montant": li.montant,
            }
            for li in trouve.lignes
        ],
    )  # fmt: skip

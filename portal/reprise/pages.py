"""« Historique » of « Mes factures »: invoices, payments and accounts of former portals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel

from portal.core.entreprises.fiche import PROFILS
from portal.factures.onglets import onglets
from portal.factures.perimetre import CONSULTER
from portal.infra import coffre
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import OuiNon
from portal.reglements import rib
from portal.reprise import historique
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
CHEMIN = "/factures/historique"


@get(CHEMIN, droit=CONSULTER)
async def lister(request: Requete, moi: Moi, apres: FromQuery[str | None] = None) -> Response[Any]:
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


class Confirmation(BaseModel):
    """An account of the former portal, taken for the company's own."""

    certifie: OuiNon = champ(
        "Ce compte est bien celui de l’entreprise",
        widget="case",
        manque="Confirmez que ce compte est celui de l’entreprise.",
    )


@get(CHEMIN + "/rib/{uid:uuid}", droit="rib.saisir", renfort=True)
async def voir_rib(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """Whether to be paid on this account from now on."""
    return _page_rib(request, await historique.rib(moi, uid), lire(Confirmation, {}))


@post(CHEMIN + "/rib/{uid:uuid}", droit="rib.saisir", renfort=True, status_code=200)
async def enregistrer_rib(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """Register it as any other: all administrators are told, unpaid invoices go there."""
    compte = await historique.rib(moi, uid)
    saisie = lire_formulaire(Confirmation, dict((await request.form()).items()))
    if saisie.complete and not saisie.valides["certifie"]:
        saisie.refuser("certifie", "Confirmez que ce compte est celui de l’entreprise.")
    if saisie.complete:
        try:
            iban = await coffre.reveler(compte["iban_secret"])
            await rib.enregistrer(moi, compte["siren"], compte["profil"], iban, compte["titulaire"])
        except rib.RibRefuse as refus:
            saisie.refuser("certifie", refus.message)
    if saisie.erreurs:
        return _page_rib(request, compte, saisie, statut=422)
    return rediriger(
        request, "/rib", "Compte enregistré. Vos factures non payées y seront réglées."
    )


def _page_rib(
    request: Requete, compte: dict[str, Any], saisie: Saisie, statut: int = 200
) -> Response[Any]:
    return rendre(
        request,
        "reprise/rib.html",
        statut=statut,
        compte=compte,
        profil=PROFILS[compte["profil"]],
        saisie=saisie,
        erreurs_titre=statut == 422,
        chemin=CHEMIN,
    )

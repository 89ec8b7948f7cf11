"""Requests for reimbursement seen by the OPCO: the queue, and the page where one is judged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel

from portal.dossiers.queries import ROLES_LECTURE
from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import demandes, perimetre, queries
from portal.factures.du import situation
from portal.factures.registre import cible
from portal.infra import clock
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import Texte
from portal.web.formulaires import lire_version
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

VALIDEURS = ",".join(perimetre.VALIDEURS)
LECTEURS = ",".join(ROLES_LECTURE)


class Refuser(BaseModel):
    """Why a request is refused."""

    motif: Texte = champ(
        "Motif du refus",
        widget="zone",
        longueur_max=2000,
        aide="L’entreprise le lira\u00a0: dites ce qui manque et comment recommencer.",
    )


@get("/remboursements", droit=f"interne:{LECTEURS}")
async def lister(
    request: Request[Any, Any, Any],
    moi: Moi,
    etat: FromQuery[str] = "transmise",
    apres: FromQuery[str | None] = None,
) -> Response[Any]:
    """The queue of requests, or those in another state."""
    choisi = etat if etat in demandes.LIBELLES and etat != "brouillon" else "transmise"
    page = await queries.file_attente(moi, choisi, apres)
    suite = f"/remboursements?etat={choisi}"
    return rendre(
        request,
        "factures/remboursements.html",
        fragment="factures/_remboursements.html",
        lignes=page.lignes,
        etat=choisi,
        libelles={k: v for k, v in demandes.LIBELLES.items() if k != "brouillon"},
        suivant=f"{suite}&apres={page.suivant}" if page.suivant else None,
        premier=suite if apres else None,
    )


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    uid: UUID,
    *,
    refus: Saisie | None = None,
    statut: int = 200,
) -> Response[Any]:
    demande, dossier = await queries.demande_lisible(moi, uid)
    etat = await situation(dossier, hors=demande["id"])
    restes = {li.code: li for li in etat.lignes}
    return rendre(
        request,
        "factures/remboursement.html",
        statut=statut,
        demande=demande,
        dossier=dossier,
        dispositif=libelle_dispositif(dossier["dispositif"]),
        cible=cible(dossier["cible"]).nom,
        mot=demandes.LIBELLES[demande["etat"]],
        lignes=[
            li
            | {
                "accorde": restes[li["code"]].accorde if li["code"] in restes else 0,
                "reste": restes[li["code"]].reste if li["code"] in restes else 0,
            }
            for li in demande["lignes"]
        ],
        etat=etat,
        documents=await demandes.documents(demande["id"]),
        attendues={p.code: p for p in await demandes.pieces(dossier)},
        refus=refus or lire(Refuser, {}),
        a_juger=demande["etat"] == "transmise" and demande["peut_decider"],
        jour=await clock.aujourd_hui(),
        erreurs_titre=statut == 422,
    )


@get("/remboursements/{uid:uuid}", droit=f"interne:{LECTEURS}")
async def montrer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    """One request: lines against the agreement, evidence, and the decision to take."""
    return await _page(request, moi, uid)


@post("/remboursements/{uid:uuid}/valider", droit=f"interne:{VALIDEURS}")
async def valider(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    demande = await demandes.valider(moi, uid, lire_version(poste))
    return rediriger(
        request,
        "/remboursements",
        f"Demande {demande['numero']} validée\u00a0: elle peut être facturée.",
    )


@post("/remboursements/{uid:uuid}/refuser", droit=f"interne:{VALIDEURS}")
async def refuser(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    saisie = lire_formulaire(Refuser, poste)
    if saisie.erreurs:
        return await _page(request, moi, uid, refus=saisie, statut=422)
    demande = await demandes.refuser(moi, uid, lire_version(poste), saisie.valides["motif"])
    return rediriger(request, "/remboursements", f"Demande {demande['numero']} refusée.")


GESTIONNAIRES = [lister, montrer, valider, refuser]

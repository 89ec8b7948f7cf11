"""Requests for reimbursement seen by the OPCO: the queue, and the page where one is judged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel

from portal.dossiers.queries import ROLES_LECTURE
from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import demandes, perimetre
from portal.factures.du import FACTURE, situation
from portal.factures.registre import cible
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import Entier, Texte
from portal.web.erreurs import Introuvable, Refus
from portal.web.identite import Moi, Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder
from portal.web.rendu import rediriger, rendre

VALIDEURS = "gestionnaire"
LECTEURS = ",".join(ROLES_LECTURE)


class Refuser(BaseModel):
    """Why a request is refused."""

    motif: Texte = champ(
        "Motif du refus",
        widget="zone",
        longueur_max=2000,
        aide="L’entreprise le lira\u00a0: dites ce qui manque et comment recommencer.",
    )


async def file_attente(
    moi: Personne, etat: str = "transmise", curseur: str | None = None
) -> PageDe[dict[str, Any]]:
    """Requests in a state, within reach, oldest first."""
    cle = decoder(curseur, 1)
    apres = cle[0] if cle and isinstance(cle[0], int) else 0
    lignes = await sql(
        "select q.id, q.uid, q.numero, q.montant_centimes, q.transmise_jour, q.etat, q.derniere,"
        " d.numero as dossier_numero, d.intitule, d.dispositif, d.fin,"
        " coalesce(e.denomination, d.siren) as denomination"
        " from demande q join dossier d on d.id = q.dossier"
        " left join entreprise e on e.siren = d.siren"
        f" where q.etat = $2 and {perimetre.lecture(moi)} and q.id > $3 order by q.id limit $4",
        moi.compte_id,
        etat,
        apres,
        TAILLE + 1,
    )
    montrees = lignes[:TAILLE]
    for ligne in montrees:
        ligne["url"] = f"/remboursements/{ligne['uid']}"
        ligne["dispositif"] = libelle_dispositif(ligne["dispositif"])
    return PageDe(montrees, encoder(montrees[-1]["id"]) if len(lignes) > TAILLE else None)


async def compter_a_valider(moi: Personne) -> int:
    ligne = await sql1(
        "select count(*) as n from demande q join dossier d on d.id = q.dossier"
        f" where q.etat = 'transmise' and {perimetre.lecture(moi)}",
        moi.compte_id,
    )
    return ligne["n"] if ligne else 0


@get("/remboursements", droit=f"interne:{LECTEURS}")
async def lister(
    request: Request[Any, Any, Any],
    moi: Moi,
    etat: FromQuery[str] = "transmise",
    apres: FromQuery[str | None] = None,
) -> Response[Any]:
    """The queue of requests, or those in another state."""
    choisi = etat if etat in demandes.LIBELLES and etat != "brouillon" else "transmise"
    page = await file_attente(moi, choisi, apres)
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


async def _lire(moi: Personne, uid: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    demande = await sql1(
        f"select q.*, {FACTURE} as facture_centimes, c.prenom || ' ' || c.nom as decideur"
        " from demande q join dossier d on d.id = q.dossier"
        " left join compte c on c.id = q.decidee_par"
        f" where q.uid = $2 and q.etat <> 'brouillon' and {perimetre.lecture(moi)}",
        moi.compte_id,
        uid,
    )
    if demande is None:
        raise Introuvable()
    dossier = await sql1(
        "select d.*, coalesce(e.denomination, d.siren) as denomination from dossier d"
        " left join entreprise e on e.siren = d.siren where d.id = $1",
        demande["dossier"],
    )
    assert dossier is not None
    return demande, dossier


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    uid: UUID,
    *,
    refus: Saisie | None = None,
    statut: int = 200,
) -> Response[Any]:
    demande, dossier = await _lire(moi, uid)
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
        attendues={p.code: p for p in demandes.pieces(dossier)},
        refus=refus or lire(Refuser, {}),
        a_juger=demande["etat"] == "transmise" and VALIDEURS in moi.roles,
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
    demande = await demandes.valider(moi, uid, _version(poste))
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
    demande = await demandes.refuser(moi, uid, _version(poste), saisie.valides["motif"])
    return rediriger(request, "/remboursements", f"Demande {demande['numero']} refusée.")


class _Version(BaseModel):
    version: Entier = champ("Version", widget="cache")


def _version(poste: dict[str, Any]) -> int:
    saisie = lire_formulaire(_Version, poste)
    if saisie.erreurs:
        raise Refus("Ce formulaire est incomplet. Rechargez la page et recommencez.")
    return int(saisie.valides["version"])


GESTIONNAIRES = [lister, montrer, valider, refuser]

"""Sending and reading documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Stream

from portal.dossiers import queries
from portal.dossiers.documents import operations
from portal.dossiers.pages import cadre_de_page, peut
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie.verification import examiner, pieces_de
from portal.infra.files import FichierRefuse, lire
from portal.web.erreurs import Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.formulaires import lire_uid
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

INTERNES = ",".join(queries.ROLES_LECTURE)


@get("/dossiers/{uid:uuid}/documents", droit="dossiers.consulter", interne=INTERNES)
async def page(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    """« Pièces » before transmission, « Documents associés » after."""
    dossier = await queries.exiger(moi, uid)
    return await _rendre(request, moi, dossier)


@post("/dossiers/{uid:uuid}/documents", droit="dossiers.saisir")
async def deposer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    formulaire = await request.form()
    piece = str(formulaire.get("piece", ""))
    remplace = lire_uid(formulaire.get("remplace"))
    if formulaire.get("remplace") and remplace is None:
        raise Introuvable()
    refus: list[str] = []
    fichiers = [f for f in formulaire.getall("fichier", []) if isinstance(f, UploadFile)]
    for fichier in fichiers:
        try:
            await operations.ajouter(moi, uid, piece, fichier, remplace=remplace)
        except FichierRefuse as erreur:
            refus.append(f"{fichier.filename}\u00a0: {erreur}" if fichier.filename else str(erreur))
    if not fichiers:
        refus.append(operations.SANS_FICHIER)
    erreurs = {piece: " ".join(refus)} if refus else {}
    if erreurs:
        dossier = await queries.exiger(moi, uid)
        return await _rendre(request, moi, dossier, erreurs, statut=422)
    return rediriger(request, f"/dossiers/{uid}/documents", "Document déposé.")


@post("/documents/{uid:uuid}/retirer", droit="dossiers.saisir")
async def retirer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    dossier = await operations.retirer(moi, uid)
    return rediriger(request, f"/dossiers/{dossier['uid']}/documents", "Document retiré.")


@get("/documents/{uid:uuid}", droit="dossiers.consulter", interne=INTERNES)
async def telecharger(uid: FromPath[UUID], moi: Moi) -> Stream:
    """As an attachment, in a sandbox, whatever its type."""
    document = await operations.lisible(moi, uid)
    return piece_jointe(await lire(document["cle_fichier"]), document["nom"], document["type_mime"])


async def _rendre(
    request: Request[Any, Any, Any],
    moi: Personne,
    dossier: dict[str, Any],
    erreurs: dict[str, str] | None = None,
    *,
    statut: int = 200,
) -> Response[Any]:
    dispositif = du_registre(dossier["dispositif"])
    examen = await examiner(dossier)
    presents = await queries.documents(dossier["id"])
    transmis = dossier["etat"] != "brouillon"
    attendues = [*examen.pieces_attendues]
    if transmis:
        attendues += pieces_de(dispositif, examen.contenu.donnees, "realisation")
    connues = {p.code for p in attendues}
    complement = await queries.complement_ouvert(dossier["id"]) if transmis else None
    return rendre(
        request,
        "dossiers/documents.html",
        statut=statut,
        **await cadre_de_page(moi, dossier, examen, actuelle="documents"),
        pieces=[
            {
                "code": p.code,
                "libelle": p.libelle,
                "contenu": p.contenu,
                "obligatoire": p.obligatoire and p.moment == "depot",
                "apres": p.moment != "depot",
                "documents": [d for d in presents if d["piece"] == p.code],
                "erreur": (erreurs or {}).get(p.code),
                "demandee": complement is not None and p.code in complement["pieces"],
            }
            for p in attendues
        ],
        autres=[d for d in presents if d["piece"] not in connues],
        libre=operations.LIBRE,
        erreur_libre=(erreurs or {}).get(operations.LIBRE),
        transmis=transmis,
        complement=complement,
        peut_deposer=dossier["etat"] in operations.OUVERTS
        and not moi.est_interne
        and await peut(moi, dossier, "dossiers.saisir"),
    )


GESTIONNAIRES = [page, deposer, retirer, telecharger]

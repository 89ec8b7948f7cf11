"""« À instruire »: the queue and the examination of one dossier on one screen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.dossiers import queries as dossiers
from portal.dossiers import transitions
from portal.dossiers.instruction import operations, queries
from portal.dossiers.instruction.operations import SaisieRefusee
from portal.dossiers.lecture import recapituler, verifications
from portal.dossiers.pages import PAPIERS, cadre_de_page
from portal.dossiers.registre import DISPOSITIFS
from portal.dossiers.saisie.verification import Examen, examiner
from portal.dossiers.volets import volets
from portal.infra import clock
from portal.kit.types import lire_date, lire_montant
from portal.web.formulaires import lire_version
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

DROIT = "interne:gestionnaire"


@get("/instruction", droit=DROIT)
async def file(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    q = request.query_params
    filtres = {
        "etat": q.get("etat", "") if q.get("etat", "") in queries.EN_FILE else "",
        "dispositif": q.get("dispositif", "") if q.get("dispositif", "") in DISPOSITIFS else "",
        "les_miens": "oui" if q.get("les_miens") == "oui" else "",
    }
    page = await queries.file_attente(
        moi,
        etat=filtres["etat"],
        dispositif=filtres["dispositif"],
        les_miens=bool(filtres["les_miens"]),
        curseur=q.get("apres"),
    )
    poses = {k: v for k, v in filtres.items() if v}
    return rendre(
        request,
        "instruction/file.html",
        fragment="instruction/_file.html",
        lignes=page.lignes,
        suivant=f"/instruction?{urlencode({**poses, 'apres': page.suivant})}"
        if page.suivant
        else None,
        compte=await queries.compter(moi),
        filtres=filtres,
        poses=poses,
        libelles=transitions.LIBELLES,
        dispositifs={c: d.libelle for c, d in DISPOSITIFS.items()},
        jour=await clock.aujourd_hui(),
    )


@get("/instruction/suivant", droit=DROIT)
async def suivant(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    uid = await queries.suivant(moi)
    if uid is None:
        return rediriger(
            request, "/instruction", "Plus aucun dossier n’attend dans votre périmètre."
        )
    return rediriger(request, f"/instruction/{uid}")


@get("/instruction/{uid:uuid}", droit=DROIT)
async def examen(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    return await _page(request, moi, await queries.exiger(moi, uid))


@post("/instruction/{uid:uuid}/prendre", droit=DROIT)
async def prendre(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    await operations.prendre_en_charge(moi, uid, lire_version(poste))
    return rediriger(request, f"/instruction/{uid}", "Vous suivez ce dossier.")


@post("/instruction/{uid:uuid}/complement", droit=DROIT)
async def complement(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    formulaire = await request.form()
    poste = dict(formulaire.items())
    pieces = [str(p) for p in formulaire.getall("pieces", [])]
    try:
        echeance = _date(str(poste.get("echeance", "")))
        await operations.demander_complement(
            moi, uid, lire_version(poste), str(poste.get("message", "")), pieces, echeance
        )
    except SaisieRefusee as refus:
        return await _refuse(request, moi, uid, refus, {**poste, "pieces": pieces})
    return rediriger(request, f"/instruction/{uid}", "Le complément est demandé à l’entreprise.")


@post("/instruction/{uid:uuid}/accorder", droit=DROIT)
async def accorder(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    try:
        montants = {
            nom.partition(".")[2]: _montant(nom, str(v))
            for nom, v in poste.items()
            if nom.startswith("montant.")
        }
        motifs = {n.partition(".")[2]: str(v) for n, v in poste.items() if n.startswith("motif.")}
        await operations.accorder(
            moi, uid, lire_version(poste), montants, motifs, str(poste.get("texte_accord", ""))
        )
    except SaisieRefusee as refus:
        return await _refuse(request, moi, uid, refus, poste)
    return rediriger(request, f"/instruction/{uid}", "La prise en charge est accordée.")


@post("/instruction/{uid:uuid}/refuser", droit=DROIT)
async def refuser(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    try:
        await operations.refuser(
            moi,
            uid,
            lire_version(poste),
            str(poste.get("motif", "")),
            str(poste.get("texte_refus", "")),
        )
    except SaisieRefusee as refus:
        return await _refuse(request, moi, uid, refus, poste)
    return rediriger(request, f"/instruction/{uid}", "La prise en charge est refusée.")


async def _refuse(
    request: Request[Any, Any, Any],
    moi: Personne,
    uid: UUID,
    refus: SaisieRefusee,
    poste: dict[str, Any],
) -> Response[Any]:
    return await _page(
        request,
        moi,
        await queries.exiger(moi, uid),
        {refus.champ: refus.message},
        poste,
        statut=422,
    )


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    dossier: dict[str, Any],
    erreurs: dict[str, str] | None = None,
    poste: dict[str, Any] | None = None,
    *,
    statut: int = 200,
) -> Response[Any]:
    lu = await examiner(dossier)
    cadre = await cadre_de_page(moi, dossier, lu)
    saisi = {
        "message": "",
        "pieces": [],
        "echeance": _echeance(lu, cadre["jour"]),
        "motif": "",
        "texte_accord": "",
        "texte_refus": "",
        **(poste or {}),
    }
    return rendre(
        request,
        "instruction/dossier.html",
        statut=statut,
        **cadre,
        erreurs=erreurs or {},
        erreurs_titre=bool(erreurs),
        saisi=saisi,
        recapitulatif=recapituler(lu),
        verifications=verifications(lu),
        pieces={p.code: p.libelle for p in lu.dispositif.pieces},
        documents=await dossiers.documents(dossier["id"]),
        evenements=await dossiers.evenements(dossier["id"]),
        lettres=await dossiers.lettres(dossier["id"]),
        papiers=PAPIERS,
        complement=await dossiers.complement_ouvert(dossier["id"]),
        decision=await dossiers.derniere_decision(dossier["id"]),
        contact=await dossiers.contact(dossier),
        volets=await volets(moi, dossier),
        le_mien=dossier["gestionnaire"] == moi.compte_id,
        a_decider=dossier["etat"] == "en_instruction" and dossier["gestionnaire"] == moi.compte_id,
        a_prendre=dossier["etat"] in queries.EN_FILE and dossier["gestionnaire"] != moi.compte_id,
    )


def _echeance(lu: Examen, jour: date) -> str:
    """The date proposed for an answer; the gestionnaire sets it."""
    delai = lu.parametres.lire("dossier.delai_complement")
    return f"{jour + timedelta(days=int(delai.valeur)):%d/%m/%Y}" if delai else ""


def _montant(nom: str, saisi: str) -> Decimal:
    try:
        return lire_montant(saisi)
    except ValueError as erreur:
        raise SaisieRefusee(nom, str(erreur)) from erreur


def _date(saisi: str) -> Any:
    try:
        return lire_date(saisi)
    except ValueError as erreur:
        raise SaisieRefusee("echeance", str(erreur)) from erreur


GESTIONNAIRES = [file, suivant, examen, prendre, complement, accorder, refuser]

"""A dossier's own page, what its pages share, and its papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from portal.dossiers import queries, suites, transitions
from portal.dossiers.registre import libelle
from portal.dossiers.saisie.verification import Examen, examiner
from portal.dossiers.volets import volets
from portal.infra import clock
from portal.infra.base import sql1
from portal.infra.files import lire
from portal.web.erreurs import Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

INTERNES = ",".join(queries.ROLES_LECTURE)
PAPIERS = {
    "accuse": "Accusé de réception",
    "accord": "Accord de prise en charge",
    "refus": "Refus de prise en charge",
    "relance": "Demande de complément",
}


async def cadre_de_page(
    moi: Personne, dossier: dict[str, Any], examen: Examen, *, actuelle: str = ""
) -> dict[str, Any]:
    """Values that every page of a dossier needs: steps with their states, rights, company."""
    base = f"/dossiers/{dossier['uid']}"
    etapes = [
        {
            "libelle": e.libelle,
            "url": f"{base}/etapes/{e.code}",
            "etat": examen.etat_etape(e.code),
            "actuelle": e.code == actuelle,
        }
        for e in examen.dispositif.etapes
    ]
    if examen.pieces_attendues:
        manque = len(examen.pieces_manquantes)
        depose = any(p.code in examen.cadre.pieces for p in examen.pieces_attendues)
        etapes.append(
            {
                "libelle": "Pièces",
                "url": f"{base}/documents",
                "etat": ("en_cours" if depose else "a_faire") if manque else "complete",
                "actuelle": actuelle == "documents",
            }
        )
    return {
        "dossier": dossier,
        "dispositif": examen.dispositif,
        "examen": examen,
        "etapes": etapes,
        "base": base,
        "actuelle": actuelle,
        "entite": await queries.entite(dossier),
        "etat_mot": transitions.LIBELLES[dossier["etat"]],
        "brouillon": dossier["etat"] == "brouillon",
        "jour": await clock.aujourd_hui(),
    }


@get("/dossiers/{uid:uuid}", droit="dossiers.consulter", interne=INTERNES)
async def ouvrir(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    dossier = await queries.exiger(moi, uid)
    if dossier["origine"]:
        return await _repris(request, moi, dossier)
    examen = await examiner(dossier)
    brouillon = dossier["etat"] == "brouillon"
    return rendre(
        request,
        "dossiers/dossier.html",
        **await cadre_de_page(moi, dossier, examen),
        evenements=await queries.evenements(dossier["id"]),
        documents=await queries.documents(dossier["id"]),
        lettres=await queries.lettres(dossier["id"]),
        papiers=PAPIERS,
        complement=await queries.complement_ouvert(dossier["id"]),
        decision=await queries.derniere_decision(dossier["id"]),
        contact=await queries.contact(dossier),
        suite=transitions.SUITES[dossier["etat"]],
        volets=[] if brouillon else await volets(moi, dossier),
        peut_saisir=not moi.est_interne and await peut(moi, dossier, "dossiers.saisir"),
        peut_supprimer=not moi.est_interne and await peut(moi, dossier, "dossiers.supprimer"),
        annulable=not brouillon and transitions.possible(dossier["etat"], "annule"),
    )


async def _repris(
    request: Request[Any, Any, Any], moi: Personne, dossier: dict[str, Any]
) -> Response[Any]:
    """What a former portal held of it: its steps stayed there."""
    ouvert = dossier["etat"] in ("accorde", "en_cours")
    return rendre(
        request,
        "dossiers/repris.html",
        dossier=dossier,
        libelle=libelle(dossier["dispositif"]),
        entite=await queries.entite(dossier),
        etat_mot=transitions.LIBELLES[dossier["etat"]],
        evenements=await queries.evenements(dossier["id"]),
        documents=await queries.documents(dossier["id"]),
        contact=await queries.contact(dossier),
        volets=await volets(moi, dossier),
        peut_joindre=ouvert and not moi.est_interne and await peut(moi, dossier, "dossiers.saisir"),
    )


async def peut(moi: Personne, dossier: dict[str, Any], droit: str) -> bool:
    """Whether this person holds the right on this dossier."""
    return (
        await sql1(
            f"select 1 as oui from dossier d where d.id = $2 and {queries.portee(moi, droit, nommee=False)}",
            moi.compte_id,
            dossier["id"],
        )
        is not None
    )


@post("/dossiers/{uid:uuid}/repondre", droit="dossiers.saisir")
async def repondre(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    """The company has added what was asked for."""
    formulaire = dict((await request.form()).items())
    await suites.repondre(moi, uid, str(formulaire.get("message", "")))
    return rediriger(request, f"/dossiers/{uid}", "Votre réponse est envoyée au gestionnaire.")


@get("/dossiers/{uid:uuid}/annuler", droit="dossiers.supprimer")
async def confirmer_annulation(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    dossier = await queries.exiger(moi, uid, "dossiers.supprimer")
    if dossier["etat"] == "brouillon" or not transitions.possible(dossier["etat"], "annule"):
        return rediriger(request, f"/dossiers/{uid}")
    return rendre(request, "dossiers/annuler.html", dossier=dossier)


@post("/dossiers/{uid:uuid}/annuler", droit="dossiers.supprimer")
async def annuler(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    await suites.annuler(moi, uid)
    return rediriger(request, f"/dossiers/{uid}", "Dossier annulé.")


@get("/lettres/{uid:uuid}", droit="dossiers.consulter", interne=INTERNES)
async def lettre(uid: FromPath[UUID], moi: Moi) -> Stream:
    """A paper of a dossier, as a PDF to save."""
    trouvee = await sql1(
        "select l.genre, l.fichier, d.numero from lettre l join dossier d on d.id = l.dossier"
        f" where l.uid = $2 and l.fichier is not null and {queries.portee(moi)}",
        moi.compte_id,
        uid,
    )
    if trouvee is None:
        raise Introuvable()
    nom = f"{PAPIERS[trouvee['genre']]} {trouvee['numero']}.pdf"
    return piece_jointe(await lire(trouvee["fichier"]), nom, "application/pdf")


GESTIONNAIRES = [ouvrir, repondre, confirmer_annulation, annuler, lettre]

"""Pages of the entry beside its steps: a new dossier, the check before transmission, copies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.dossiers import queries
from portal.dossiers.lecture import recapituler, verifications
from portal.dossiers.pages import cadre_de_page
from portal.dossiers.registre import DISPOSITIFS
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie import brouillons, nouveau, operations, prefill
from portal.dossiers.saisie.verification import examiner
from portal.web.erreurs import Conflit
from portal.web.formulaires import lire_version
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre


@get("/dossiers/nouveau", droit="dossiers.saisir")
async def choisir(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """Which dispositif, for which establishment; drafts that already exist are shown first."""
    return await _choisir(request, moi)


@post("/dossiers/nouveau", droit="dossiers.saisir")
async def creer(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    formulaire = dict((await request.form()).items())
    code, _, lieu = str(formulaire.get("choix", "")).partition("|")
    siret, _, profil = (str(formulaire.get("lieu") or lieu)).partition("|")
    if code not in DISPOSITIFS or not siret:
        return await _choisir(request, moi, erreur="Choisissez un établissement et un dispositif.")
    await nouveau.exiger_lieu(moi, siret, profil or "adherent", code)
    existants = await brouillons.brouillons(moi, code, siret)
    if existants and formulaire.get("confirme") != "oui":
        return rendre(
            request,
            "dossiers/deja_un_brouillon.html",
            existants=existants,
            dispositif=du_registre(code),
            choix=code,
            lieu=f"{siret}|{profil or 'adherent'}",
        )
    connu = await prefill.depart(moi, du_registre(code), siret)
    dossier = await operations.creer(moi, code, siret, profil or "adherent", connu)
    premiere = du_registre(code).etapes[0].code
    return rediriger(request, f"/dossiers/{dossier['uid']}/etapes/{premiere}")


async def _choisir(
    request: Request[Any, Any, Any], moi: Personne, erreur: str | None = None
) -> Response[Any]:
    q = str(request.query_params.get("q", "")).strip()
    lieux = await nouveau.lieux(moi, q)
    return rendre(
        request,
        "dossiers/nouveau.html",
        statut=422 if erreur else 200,
        lieux=lieux,
        q=q,
        erreur=erreur,
        erreurs_titre=bool(erreur),
    )


@get("/dossiers/{uid:uuid}/verifier", droit="dossiers.saisir")
async def verifier(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    if dossier["etat"] != "brouillon":
        return rediriger(request, f"/dossiers/{uid}")
    return await _verifier(request, moi, dossier)


@post("/dossiers/{uid:uuid}/transmettre", droit="dossiers.saisir")
async def transmettre(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    poste = dict((await request.form()).items())
    try:
        dossier, _examen = await operations.transmettre(moi, uid, lire_version(poste))
    except Conflit as conflit:
        dossier = await queries.exiger(moi, uid, "dossiers.saisir")
        if dossier["etat"] != "brouillon":
            raise conflit
        return await _verifier(request, moi, dossier, statut=409)
    if dossier["etat"] == "brouillon":
        return await _verifier(request, moi, dossier, statut=422)
    return rediriger(
        request,
        f"/dossiers/{uid}",
        f"Dossier transmis sous le numéro {dossier['numero']}. L’accusé de réception arrive ici même.",
    )


@post("/dossiers/{uid:uuid}/scinder", droit="dossiers.saisir")
async def scinder(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    second = await brouillons.scinder(moi, uid)
    return rediriger(
        request,
        f"/dossiers/{second['uid']}",
        "Le dossier est scindé\u00a0: voici le second brouillon.",
    )


@post("/dossiers/{uid:uuid}/dupliquer", droit="dossiers.saisir")
async def dupliquer(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    copie = await brouillons.dupliquer(moi, uid)
    return rediriger(request, f"/dossiers/{copie['uid']}", "Brouillon créé à partir de ce dossier.")


@get("/dossiers/{uid:uuid}/supprimer", droit="dossiers.supprimer")
async def confirmer_suppression(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    dossier = await queries.exiger(moi, uid, "dossiers.supprimer")
    if dossier["etat"] != "brouillon":
        return rediriger(request, f"/dossiers/{uid}")
    return rendre(request, "dossiers/supprimer.html", dossier=dossier)


@post("/dossiers/{uid:uuid}/supprimer", droit="dossiers.supprimer")
async def supprimer(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    await brouillons.supprimer(moi, uid)
    return rediriger(request, "/dossiers", "Brouillon supprimé.")


async def _verifier(
    request: Request[Any, Any, Any], moi: Personne, dossier: dict[str, Any], *, statut: int = 200
) -> Response[Any]:
    examen = await examiner(dossier)
    return rendre(
        request,
        "dossiers/verifier.html",
        statut=statut,
        **await cadre_de_page(moi, dossier, examen, actuelle="verifier"),
        recapitulatif=recapituler(examen),
        verifications=verifications(examen),
        erreurs_titre=statut == 422,
        change=statut == 409,
    )


GESTIONNAIRES = [
    choisir, creer, verifier, transmettre, scinder, dupliquer, confirmer_suppression, supprimer,
]  # fmt: skip

"""« Mandats » of a company: given (adhérent), received (prestataire), each with its text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from portal.core.rattachements.formulaires import Motif, MotifFacultatif
from portal.core.rattachements.mandats import operations, papier, queries
from portal.core.rattachements.mandats.formulaires import (
    Choix,
    MandatDemande,
    MandatDonne,
    MandatVu,
)  # fmt: skip
from portal.core.rattachements.mandats.operations import MANDANT, MANDATAIRE, MandatImpossible
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.core.rattachements.modeles import ADMINISTRER
from portal.core.rattachements.page_entreprise import CONSULTER, RACINE, SAISIR, Connus, communs
from portal.core.rattachements.perimetre import exiger, exiger_entreprise
from portal.infra import clock
from portal.kit.formulaire import lire, lire_formulaire
from portal.web.erreurs import Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
MANDATS = f"{RACINE}/mandats"
UN = f"{MANDATS}/{{uid:uuid}}"
FORMULAIRES: dict[str, type[MandatDonne]] = {MANDANT: MandatDonne, MANDATAIRE: MandatDemande}
FINS = {
    "revoque": "Le mandat est révoqué\u00a0: l’accès a cessé.",
    "renonce": "Vous avez renoncé au mandat\u00a0: l’accès a cessé.",
    "retire": "La demande de mandat est retirée.",
}


async def _cote(moi: Personne, siren: str, profil: str) -> str:
    """The part that this company has here; the page must be within reach."""
    if profil not in queries.COTES:
        raise Introuvable()
    await exiger_entreprise(moi, CONSULTER, siren, profil)
    return queries.COTES[profil]


async def _communs(moi: Personne, siren: str, profil: str) -> dict[str, Any]:
    return {**await communs(moi, siren, profil), "partie": queries.COTES[profil]}


@get(MANDATS, droit=CONSULTER)
async def liste(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Page:
    """Given or received, those that wait first."""
    await _cote(moi, siren, profil)
    return rendre(
        request,
        "rattachements/mandats.html",
        mandats=await queries.de(siren, profil),
        possible=bool(ACCEPTES),
        libelles=dict(dispositifs_connus),
        **await _communs(moi, siren, profil),
    )


@get(f"{MANDATS}/nouveau", droit=SAISIR)
async def voir_nouveau(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
) -> Page:
    """Give a mandate, or ask for one."""
    cote = await _cote(moi, siren, profil)
    await exiger(moi, ADMINISTRER, siren, None, profil)
    jour = await clock.aujourd_hui()
    saisie = lire(FORMULAIRES[cote], {"du": f"{jour:%d/%m/%Y}"})
    saisie.erreurs.clear()
    vu = MandatVu(saisie, Choix(list(ACCEPTES.items())))
    return await _formulaire(request, moi, siren, profil, vu)


@post(f"{MANDATS}/nouveau", droit=SAISIR, status_code=200)
async def poster_nouveau(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
) -> Page:
    """Given by the company: at once. Asked by the body: the company is told, and decides."""
    cote = await _cote(moi, siren, profil)
    await exiger(moi, ADMINISTRER, siren, None, profil)
    poste = await request.form()
    coches = tuple(c for c in map(str, poste.getall("dispositifs", [])) if c in ACCEPTES)
    saisie = lire_formulaire(FORMULAIRES[cote], dict(poste.items()))
    vu = MandatVu(saisie, Choix(list(ACCEPTES.items()), coches))
    if not coches:
        vu.choix.erreur = "Choisissez au moins un dispositif."
    if vu.resume():
        return await _formulaire(request, moi, siren, profil, vu, 422)
    lus = vu.saisie.valides
    offre = operations.Offre(lus["numero"], coches, lus["du"], lus["au"], lus.get("message") or "")
    faire = operations.donner if cote == MANDANT else operations.demander
    try:
        uid = await faire(moi, siren, offre)
    except MandatImpossible as refus:
        if refus.champ == "dispositifs":
            vu.choix.erreur = refus.message
        else:
            vu.saisie.refuser(refus.champ, refus.message)
        return await _formulaire(request, moi, siren, profil, vu, 422)
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/mandats/{uid}",
        "Le mandat est donné\u00a0; le prestataire en est averti."
        if cote == MANDANT
        else "La demande est faite\u00a0; l’administrateur de l’entreprise en est averti.",
    )


async def _formulaire(
    request: Requete, moi: Personne, siren: str, profil: str, vu: MandatVu, statut: int = 200
) -> Page:
    return rendre(
        request,
        "rattachements/mandat_nouveau.html",
        statut=statut,
        vu=vu,
        **await _communs(moi, siren, profil),
    )


async def _un(moi: Personne, siren: str, profil: str, uid: UUID) -> queries.Mandat:
    await _cote(moi, siren, profil)
    mandat = await queries.un(siren, profil, uid)
    if mandat is None:
        raise Introuvable()
    return mandat


@get(UN, droit=CONSULTER)
async def voir(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """One mandate: its text, its story, what may be done of it."""
    mandat = await _un(moi, siren, profil, uid)
    return await _page(request, moi, profil, mandat, dispositifs_connus)


async def _page(
    request: Requete,
    moi: Personne,
    profil: str,
    mandat: queries.Mandat,
    connus: list[tuple[str, str]],
    saisie: Any = None,
) -> Page:
    siren = mandat.mandant if queries.COTES[profil] == MANDANT else mandat.mandataire
    return rendre(
        request,
        "rattachements/mandat.html",
        statut=422 if saisie else 200,
        mandat=mandat,
        textes=papier.textes(mandat),
        libelles=dict(connus),
        refus=saisie or lire(Motif, {}),
        fin=lire(MotifFacultatif, {}),
        **await _communs(moi, siren, profil),
    )


@get(f"{UN}/papier", droit=CONSULTER)
async def lire_papier(
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Stream:
    """Its text, as PDF."""
    mandat = await _un(moi, siren, profil, uid)
    contenu = await papier.composer(mandat, dict(dispositifs_connus))
    nom = f"Mandat de gestion {mandat.mandant_nom}, {mandat.mandataire_nom}.pdf"
    return piece_jointe(_flux(contenu), nom, "application/pdf")


async def _flux(contenu: bytes) -> AsyncIterator[bytes]:
    yield contenu


@post(f"{UN}/accepter", droit=SAISIR)
async def accepter(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str], uid: FromPath[UUID]
) -> Page:
    """The company accepts."""
    await _un(moi, siren, profil, uid)
    await operations.accepter(moi, uid)
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/mandats/{uid}",
        "Le mandat est donné\u00a0; le prestataire en est averti.",
    )


@post(f"{UN}/refuser", droit=SAISIR, status_code=200)
async def refuser(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """The company refuses, with a reason."""
    mandat = await _un(moi, siren, profil, uid)
    await exiger(moi, ADMINISTRER, siren, None, profil)
    saisie = lire_formulaire(Motif, dict((await request.form()).items()))
    if not saisie.complete:
        return await _page(request, moi, profil, mandat, dispositifs_connus, saisie)
    await operations.refuser(moi, uid, saisie.valides["motif"])
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/mandats",
        "La demande de mandat est refusée\u00a0: le prestataire en lira le motif.",
    )


@post(f"{UN}/terminer", droit=SAISIR)
async def terminer(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str], uid: FromPath[UUID]
) -> Page:
    """Revoke (company), renounce or withdraw (body): at once."""
    await _un(moi, siren, profil, uid)
    saisie = lire_formulaire(MotifFacultatif, dict((await request.form()).items()))
    etat = await operations.terminer(
        moi, uid, queries.COTES[profil], saisie.valides.get("motif") or ""
    )
    return rediriger(request, f"/entreprise/{siren}/{profil}/mandats", FINS[etat])


GESTIONNAIRES = [
    liste, voir_nouveau, poster_nouveau, voir, lire_papier, accepter, refuser, terminer,
]  # fmt: skip

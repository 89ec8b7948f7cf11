"""One dispositif in one branch: its openings, and the forms that open and close it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.branches import operations, queries, referentiel
from portal.branches.commun import DROIT, Dispositifs, branche
from portal.branches.formulaires import Fermer, Ouvrir
from portal.branches.operations import Refuse
from portal.infra import clock
from portal.kit import Dispositif
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

CHEMIN = "/branches/{idcc:str}/dispositifs/{code:str}"


async def _cible(moi: Moi, idcc: str, code: str, dispositifs: dict[str, Dispositif]) -> Dispositif:
    """The dispositif of a path, within reach. All branches at once can't be opened."""
    if await branche(moi, idcc) is None or code not in dispositifs:
        raise Introuvable()
    return dispositifs[code]


async def _page(
    request: Request[Any, Any, Any],
    idcc: str,
    dispositif: Dispositif,
    *,
    ouvrir: Saisie | None = None,
    fermer: Saisie | None = None,
    statut: int = 200,
) -> Response[Any]:
    jour = await clock.aujourd_hui()
    ouvertures = await queries.ouvertures(idcc, dispositif.code)
    courante = next((o for o in ouvertures if o.etat(jour) == "Ouvert"), None)
    return rendre(
        request,
        "branches/dispositif.html",
        statut=statut,
        idcc=idcc,
        nom=referentiel.nom(idcc),
        dispositif=dispositif,
        ouvertures=ouvertures,
        courante=courante,
        a_venir=[o for o in ouvertures if o.etat(jour) == "À venir"],
        jour=jour,
        ouvrir=ouvrir or lire(Ouvrir, {}),
        fermer=fermer or lire(Fermer, {}),
        erreurs_titre=statut == 422,
    )


@get(CHEMIN, droit=DROIT)
async def montrer(
    request: Request[Any, Any, Any],
    moi: Moi,
    idcc: FromPath[str],
    code: FromPath[str],
    dispositifs: Dispositifs,
) -> Response[Any]:
    """Openings of the dispositif in this branch, past, present and to come."""
    return await _page(request, idcc, await _cible(moi, idcc, code, dispositifs))


@post(f"{CHEMIN}/ouvrir", droit=DROIT, status_code=200)
async def ouvrir(
    request: Request[Any, Any, Any],
    moi: Moi,
    idcc: FromPath[str],
    code: FromPath[str],
    dispositifs: Dispositifs,
) -> Response[Any]:
    """Open it from a day on."""
    dispositif = await _cible(moi, idcc, code, dispositifs)
    saisie = lire_formulaire(Ouvrir, dict((await request.form()).items()))
    if saisie.complete:
        try:
            await operations.ouvrir(
                idcc, code, saisie.valides["du"], saisie.valides.get("dernier"), acteur=moi
            )
        except Refuse as refus:
            saisie.refuser(refus.champ, refus.message)
    if saisie.erreurs:
        return await _page(request, idcc, dispositif, ouvrir=saisie, statut=422)
    return rediriger(
        request,
        f"/branches/{idcc}/dispositifs/{code}",
        f"{dispositif.libelle}\u00a0: ouverture enregistrée.",
    )


@post(f"{CHEMIN}/fermer", droit=DROIT, status_code=200)
async def fermer(
    request: Request[Any, Any, Any],
    moi: Moi,
    idcc: FromPath[str],
    code: FromPath[str],
    dispositifs: Dispositifs,
) -> Response[Any]:
    """Set the last day of the present opening."""
    dispositif = await _cible(moi, idcc, code, dispositifs)
    saisie = lire_formulaire(Fermer, dict((await request.form()).items()))
    jour = await clock.aujourd_hui()
    courante = next(
        (o for o in await queries.ouvertures(idcc, code) if o.etat(jour) == "Ouvert"), None
    )
    if courante is None:
        saisie.refuser("fermeture", "Ce dispositif n’est pas ouvert à cette branche.")
    elif saisie.complete:
        try:
            await operations.fermer(courante.uid, saisie.valides["fermeture"], acteur=moi)
        except Refuse as refus:
            saisie.refuser("fermeture", refus.message)
    if saisie.erreurs:
        return await _page(request, idcc, dispositif, fermer=saisie, statut=422)
    return rediriger(
        request,
        f"/branches/{idcc}/dispositifs/{code}",
        f"{dispositif.libelle}\u00a0: fermeture enregistrée.",
    )


@post(f"{CHEMIN}/ouvertures/{{uid:uuid}}/annuler", droit=DROIT, status_code=200)
async def annuler(
    request: Request[Any, Any, Any],
    moi: Moi,
    idcc: FromPath[str],
    code: FromPath[str],
    uid: FromPath[UUID],
    dispositifs: Dispositifs,
) -> Response[Any]:
    """Take back an opening to come."""
    dispositif = await _cible(moi, idcc, code, dispositifs)
    ici = f"/branches/{idcc}/dispositifs/{code}"
    if uid not in {o.uid for o in await queries.ouvertures(idcc, dispositif.code)}:
        raise Introuvable()
    try:
        await operations.annuler(uid, acteur=moi)
    except Refuse as refus:
        return rediriger(request, ici, refus.message)
    return rediriger(request, ici, "Ouverture annulée.")

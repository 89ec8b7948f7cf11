"""« Utilisateurs » of a company: who may do what, requests to answer, the live code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.core.comptes import renfort
from portal.core.rattachements import activation, operations, queries
from portal.core.rattachements.formulaires import (
    Motif,
    MotifFacultatif,
    OctroiVu,
    lire_octroi,
    octroi_vide,
)  # fmt: skip
from portal.core.rattachements.matrice.pages import lignes_vues
from portal.core.rattachements.matrice.queries import regles_de
from portal.core.rattachements.page_entreprise import (
    CONSULTER,
    RACINE,
    SAISIR,
    SUPPRIMER,
    UTILISATEUR,
    Connus,
    acces_visible,
    communs,
    racine,
)
from portal.core.rattachements.perimetre import exiger_entreprise, voit
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import Conflit, Introuvable, Refus
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]


@get(f"{RACINE}/utilisateurs", droit=CONSULTER)
async def utilisateurs(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]
) -> Page:
    """People and requests, as far as one's own rights reach."""
    await exiger_entreprise(moi, CONSULTER, siren, profil)
    gens = await queries.utilisateurs(moi, siren, profil)
    return rendre(
        request,
        "rattachements/utilisateurs.html",
        gens=gens,
        demandes=await queries.demandes(moi, siren, profil),
        administrateurs=[a for a in gens if a.administrateur],
        code=await queries.code_vivant(siren, profil),
        **await communs(moi, siren, profil),
    )


async def _demande(moi: Personne, siren: str, profil: str, uid: UUID) -> queries.Demande:
    await exiger_entreprise(moi, CONSULTER, siren, profil)
    demande = await queries.une_demande(moi, siren, profil, uid)
    if demande is None:
        raise Introuvable()
    if demande.etat != "en_attente":
        raise Conflit(
            "Demande déjà traitée",
            f"La demande de {demande.nom} a déjà reçu une réponse. "
            "Revenez aux utilisateurs pour voir ses droits.",
        )
    return demande


@get(f"{RACINE}/demandes/{{uid:uuid}}", droit=CONSULTER)
async def voir_demande(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """A request, to accept with chosen rights or to refuse."""
    demande = await _demande(moi, siren, profil, uid)
    vu = await octroi_vide(siren, demande.siret, dispositifs_connus)
    return await _page_demande(request, moi, demande, vu, lire(Motif, {}))


@post(f"{RACINE}/demandes/{{uid:uuid}}/accepter", droit=SAISIR, status_code=200)
async def accepter(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """Accept, with the template chosen on the list or the rights chosen one by one."""
    demande = await _demande(moi, siren, profil, uid)
    vu = await octroi_vide(siren, demande.siret, dispositifs_connus)
    octroi = lire_octroi(await request.form(), vu)
    if octroi is not None and octroi.administrateur:
        await renfort.exiger(request, moi)
    if octroi is not None:
        try:
            await operations.accepter(moi, uid, octroi)
        except Refus as refus:
            vu.erreur = refus.message
        else:
            return rediriger(
                request,
                f"{racine(siren, profil)}/utilisateurs",
                f"{demande.nom} a maintenant accès\u00a0: un message l’en avertit.",
            )
    return await _page_demande(request, moi, demande, vu, lire(Motif, {}), 422)


@post(f"{RACINE}/demandes/{{uid:uuid}}/refuser", droit=SAISIR, status_code=200)
async def refuser(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """Refuse, with a reason."""
    demande = await _demande(moi, siren, profil, uid)
    saisie = lire_formulaire(Motif, dict((await request.form()).items()))
    if not saisie.complete:
        vu = await octroi_vide(siren, demande.siret, dispositifs_connus)
        return await _page_demande(request, moi, demande, vu, saisie, 422)
    await operations.refuser(moi, uid, saisie.valides["motif"])
    return rediriger(
        request,
        f"{racine(siren, profil)}/utilisateurs",
        f"La demande de {demande.nom} est refusée\u00a0: un message lui en donne le motif.",
    )


async def _page_demande(
    request: Requete,
    moi: Personne,
    demande: queries.Demande,
    vu: OctroiVu,
    motif: Saisie,
    statut: int = 200,
) -> Page:
    siren, profil = demande.siren, demande.profil
    return rendre(
        request,
        "rattachements/demande.html",
        statut=statut,
        demande=demande,
        octroi=vu,
        motif=motif,
        **await communs(moi, siren, profil),
    )


@get(UTILISATEUR, droit=CONSULTER)
async def voir_utilisateur(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """One person: rights in words, changing them, removing the access."""
    acces = await acces_visible(moi, siren, profil, uid)
    vu = await octroi_vide(siren, acces.siret, dispositifs_connus)
    return await _page_acces(request, moi, acces, vu)


@post(f"{UTILISATEUR}/habiliter", droit=SAISIR, status_code=200)
async def habiliter(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """Replace the rights of a person."""
    acces = await acces_visible(moi, siren, profil, uid)
    vu = await octroi_vide(siren, acces.siret, dispositifs_connus)
    octroi = lire_octroi(await request.form(), vu)
    if octroi is not None and octroi.administrateur:
        await renfort.exiger(request, moi)
    if octroi is not None:
        try:
            await operations.habiliter(moi, uid, octroi)
        except Refus as refus:
            vu.erreur = refus.message
        else:
            return rediriger(
                request,
                f"{racine(siren, profil)}/utilisateurs/{uid}",
                f"Les droits de {acces.nom} sont changés\u00a0; ils valent dès maintenant.",
            )
    return await _page_acces(request, moi, acces, vu, 422)


@post(f"{UTILISATEUR}/supprimer", droit=SUPPRIMER)
async def supprimer(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str], uid: FromPath[UUID]
) -> Page:
    """Remove an access, at once."""
    acces = await acces_visible(moi, siren, profil, uid)
    saisie = lire_formulaire(MotifFacultatif, dict((await request.form()).items()))
    await operations.supprimer(moi, uid, saisie.valides.get("motif", ""))
    if acces.compte == moi.compte_id:
        return rediriger(request, "/rattachements", "Vous n’avez plus accès à cette entreprise.")
    return rediriger(
        request, f"{racine(siren, profil)}/utilisateurs", f"{acces.nom} n’a plus accès."
    )


async def _page_acces(
    request: Requete, moi: Personne, acces: queries.Acces, vu: OctroiVu, statut: int = 200
) -> Page:
    siren, profil = acces.siren, acces.profil
    return rendre(
        request,
        "rattachements/utilisateur.html",
        statut=statut,
        acces=acces,
        lignes=[] if acces.administrateur else await _lignes(acces, vu),
        octroi=vu,
        motif=lire(MotifFacultatif, {}),
        retire=await voit(moi, SUPPRIMER, siren, acces.siret, profil),
        **await communs(moi, siren, profil),
    )


async def _lignes(acces: queries.Acces, vu: OctroiVu) -> list[dict[str, Any]]:
    regles = await regles_de(acces.compte, acces.siren, acces.profil)
    return await lignes_vues(acces.siren, regles, vu.dispositifs_connus)


@post(f"{RACINE}/code/fermer", droit=SAISIR)
async def fermer_code(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]
) -> Page:
    """Close the live code: nobody else enters with it."""
    await activation.fermer(moi, siren, profil)
    return rediriger(
        request,
        f"{racine(siren, profil)}/utilisateurs",
        "Le code d’activation est fermé\u00a0: plus personne ne peut l’utiliser.",
    )


GESTIONNAIRES = [
    utilisateurs, voir_demande, accepter, refuser, voir_utilisateur, habiliter, supprimer,
    fermer_code,
]  # fmt: skip

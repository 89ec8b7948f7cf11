"""« Mon compte » and « Sécurité »: identity, password, sessions; taking up a parked form again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.core.comptes import (
    facteurs,
    motdepasse,
    operations,
    parcage,
    queries,
    renfort,
    secours,
    sessions,
)
from portal.core.comptes.formulaires import (
    ChangementMotDePasse,
    Profil,
    champs_du_profil,
    lire_nouveau,
    lire_profil,
    oublier_secrets,
)  # fmt: skip
from portal.core.comptes.limites import en_mots
from portal.core.comptes.visiteur import adresse_ip, nommer_appareil, poser_session
from portal.kit.formulaire import Saisie, lire
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi, Personne, Visiteur
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]

SECURITE = "/compte/securite"


@get("/compte", droit="connecte")
async def voir_compte(request: Requete, moi: Moi) -> Page:
    """Who I am here, how I am told of things."""
    return await _page_compte(request, moi)


@post("/compte", droit="connecte")
async def modifier(request: Requete, moi: Moi) -> Page:
    """Change identity, phone, e-mail choice."""
    saisie = lire_profil(dict((await request.form()).items()))
    if not saisie.complete:
        return await _page_compte(request, moi, profil=saisie, statut=422)
    lus = saisie.valides
    await operations.changer_identite(
        moi,
        civilite=lus["civilite"],
        nom=lus["nom"],
        prenom=lus["prenom"],
        telephone=lus.get("telephone"),
        courriels_choisis=lus["courriels"],
        secteur=lus.get("secteur"),
        region=lus.get("region"),
    )
    return rediriger(request, "/compte", "Vos informations sont enregistrées.")


@get(SECURITE, droit="connecte")
async def voir_securite(request: Requete, moi: Moi) -> Page:
    """Password, second factor, passkeys, recovery codes, sessions."""
    siens = await facteurs.lister(moi.compte_id)
    return rendre(
        request,
        "comptes/securite.html",
        application=next((f for f in siens if f.genre == "totp"), None),
        cles=[f for f in siens if f.genre == "cle"],
        codes=await secours.restants(moi.compte_id),
        codes_nombre=secours.NOMBRE,
        sessions=await queries.mes_sessions(moi),
        seul=moi.est_interne and len(siens) == 1,
    )


@get("/compte/mot-de-passe", droit="connecte")
async def voir_mot_de_passe(request: Requete, moi: Moi) -> Page:
    """Choose a new password; whoever has a second factor proves it first."""
    await renfort.exiger_facteur(request, moi)
    return _page_mot_de_passe(request, lire(ChangementMotDePasse, {}))


@post("/mot-de-passe/force", droit="public", sans_cle=True, avant_second=True, status_code=200)
async def juger(request: Requete, visiteur: Visiteur) -> Page:
    """What a password is worth, while it is typed; kept nowhere."""
    saisi = (await request.form()).get("mot_de_passe", "")
    email = visiteur.email if visiteur else ""
    force = motdepasse.juger(saisi, email) if isinstance(saisi, str) else None
    return rendre(request, "comptes/_force.html", force=force)


@post("/compte/mot-de-passe", droit="connecte")
async def changer_mot_de_passe(request: Requete, moi: Moi) -> Page:
    """The new password ends every session; this browser gets a new one."""
    await renfort.exiger_facteur(request, moi)
    saisie = lire_nouveau(ChangementMotDePasse, dict((await request.form()).items()), moi.email)
    if not saisie.complete:
        return _page_mot_de_passe(request, saisie, statut=422)
    jeton, attente = await operations.changer_mot_de_passe(
        moi,
        saisie.valides["actuel"],
        saisie.valides["mot_de_passe"],
        appareil=nommer_appareil(request),
        ip=adresse_ip(request),
    )
    if jeton is None:
        if attente:
            message = f"Trop de tentatives. Recommencez dans {en_mots(attente)}."
        else:
            message = "Ce n’est pas votre mot de passe actuel."
        return _page_mot_de_passe(request, saisie.refuser("actuel", message), statut=422)
    reponse = rediriger(
        request, SECURITE, "Votre mot de passe est changé. Vos autres sessions sont terminées."
    )
    poser_session(request, reponse, jeton)
    return reponse


@post("/compte/sessions/{uid:uuid}/terminer", droit="connecte")
async def terminer_session(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """End one of my sessions."""
    if not await sessions.terminer(moi, uid):
        raise Introuvable()
    return rediriger(request, SECURITE, "La session est terminée.")


@post("/compte/sessions/terminer-les-autres", droit="connecte")
async def terminer_autres(request: Requete, moi: Moi) -> Page:
    """End all my sessions but this one."""
    await sessions.terminer_autres(moi)
    return rediriger(request, SECURITE, "Vos autres sessions sont terminées.")


@get("/reprise/{uid:str}", droit="connecte")
async def voir_reprise(request: Requete, moi: Moi, uid: FromPath[str]) -> Page:
    """What was posted after the session had ended, ready to be posted again."""
    parquee = await parcage.lire(moi.compte_id, uid)
    if parquee is None:
        raise Introuvable()
    return rendre(request, "comptes/reprise.html", parquee=parquee)


async def _page_compte(
    request: Requete, moi: Personne, *, profil: Saisie | None = None, statut: int = 200
) -> Page:
    if profil is None:
        actuel = await queries.identite(moi.compte_id)
        actuel["telephone"] = _lisible(actuel["telephone"])
        profil = lire(Profil, {nom: actuel[nom] or "" for nom in Profil.model_fields})
    return rendre(
        request,
        "comptes/compte.html",
        statut=statut,
        profil=profil,
        champs_vus=champs_du_profil(profil),
    )


def _lisible(telephone: str | None) -> str:
    """A French number by pairs, another as it is kept."""
    if not telephone or not telephone.startswith("+33"):
        return telephone or ""
    national = "0" + telephone[3:]
    return " ".join(national[i : i + 2] for i in range(0, len(national), 2))


def _page_mot_de_passe(request: Requete, saisie: Saisie, *, statut: int = 200) -> Page:
    return rendre(
        request, "comptes/mot_de_passe.html", statut=statut, saisie=oublier_secrets(saisie)
    )


GESTIONNAIRES = [
    voir_compte, modifier, voir_securite, juger, voir_mot_de_passe, changer_mot_de_passe, terminer_session,
    terminer_autres, voir_reprise,
]  # fmt: skip

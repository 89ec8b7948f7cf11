"""Home of those who aren't signed in, sign-in, sign-out, forgotten password."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from portal.core.comptes import parcage, personas, reinitialisation, sessions
from portal.core.comptes.formulaires import (
    Adresse,
    Identifiants,
    NouveauMotDePasse,
    lire_nouveau,
    oublier_secrets,
)  # fmt: skip
from portal.core.comptes.limites import en_mots
from portal.core.comptes.visiteur import (
    adresse_ip,
    jeton_de_session,
    nommer_appareil,
    poser_session,
    reglages,
    retirer_session,
)  # fmt: skip
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.identite import Visiteur
from portal.web.rendu import rediriger, rendre, url_interne

Requete = Request[Any, Any, Any]
Page = Response[Any]

REFUS = "L’adresse e-mail ou le mot de passe ne sont pas les bons. Vérifiez-les, ou utilisez «\u00a0Mot de passe oublié\u00a0?\u00a0»."


@get("/", droit="public")
async def accueil_public(request: Requete, visiteur: Visiteur) -> Page:
    """What this is, and the ways in."""
    if visiteur:
        return Redirect("/accueil", status_code=303)
    return rendre(request, "accueil_public.html")


@get("/connexion", droit="public")
async def voir_connexion(request: Requete, visiteur: Visiteur) -> Page:
    """Sign-in, then back to `suite`, or to the form that was parked (`reprise`)."""
    suite = url_interne(request.query_params.get("suite"))
    if visiteur:
        return Redirect(suite, status_code=303)
    reprise = request.query_params.get("reprise", "")
    return await _page_connexion(request, lire(Identifiants, {}), suite, reprise)


@post("/connexion", droit="public", sans_cle=True)
async def connecter(request: Requete) -> Page:
    """A new session each time: sent twice, it may only open one too many."""
    poste = dict((await request.form()).items())
    suite = url_interne(_texte(poste.get("suite")))
    reprise = _texte(poste.get("reprise"))
    saisie = lire_formulaire(Identifiants, poste)
    if not saisie.complete:
        return await _page_connexion(request, saisie, suite, reprise, statut=422)
    connexion = await sessions.connecter(
        saisie.valides["email"],
        saisie.valides["mot_de_passe"],
        appareil=nommer_appareil(request),
        ip=adresse_ip(request),
        ancien=jeton_de_session(request),
    )
    if connexion.jeton is None or connexion.compte_id is None:
        return await _page_connexion(
            request, saisie, suite, reprise, statut=422, refus=True, attente=connexion.attente
        )
    if reprise and await parcage.lire(connexion.compte_id, reprise):
        suite = f"/reprise/{reprise}"
    reponse = rediriger(request, suite)
    poser_session(request, reponse, connexion.jeton)
    return reponse


@post("/deconnexion", droit="public", sans_cle=True, avant_second=True)
async def deconnecter(request: Requete, visiteur: Visiteur) -> Page:
    """End the session; nothing of it stays in the browser."""
    if visiteur:
        await sessions.deconnecter(visiteur)
    reponse = rediriger(request, "/", "Vous êtes déconnecté.")
    retirer_session(request, reponse)
    return reponse


@get("/mot-de-passe/oublie", droit="public")
async def voir_oublie(request: Requete) -> Page:
    """Ask for a link."""
    return rendre(
        request, "comptes/oublie.html", saisie=lire(Adresse, {}), parti=False, attente=None,
        expediteur=reglages(request).mail_from,
    )  # fmt: skip


@post("/mot-de-passe/oublie", droit="public", sans_cle=True)
async def oublie(request: Requete) -> Page:
    """The same answer whether the address has an account or not."""
    saisie = lire_formulaire(Adresse, dict((await request.form()).items()))
    attente = 0
    if saisie.complete:
        attente = await reinitialisation.demander(saisie.valides["email"], adresse_ip(request))
    statut = 429 if attente else 200 if saisie.complete else 422
    reponse = rendre(
        request, "comptes/oublie.html", statut=statut, saisie=saisie, parti=statut == 200,
        attente=en_mots(attente) if attente else None, expediteur=reglages(request).mail_from,
    )  # fmt: skip
    if attente:
        reponse.headers["Retry-After"] = str(attente)
    return reponse


@get("/mot-de-passe/nouveau/{jeton:str}", droit="public")
async def voir_nouveau(request: Requete, jeton: FromPath[str]) -> Page:
    """Where the mailed link leads. Opening it does not use it up: mail scanners open links too."""
    lien = await reinitialisation.lire_lien(jeton)
    if lien is None:
        return rendre(request, "comptes/lien_mort.html", statut=410)
    return _page_nouveau(request, lien.email, lire(NouveauMotDePasse, {}))


@post("/mot-de-passe/nouveau/{jeton:str}", droit="public")
async def nouveau(request: Requete, jeton: FromPath[str]) -> Page:
    """The new password; every session of the account ends."""
    lien = await reinitialisation.lire_lien(jeton)
    if lien is None:
        return rendre(request, "comptes/lien_mort.html", statut=410)
    saisie = lire_nouveau(NouveauMotDePasse, dict((await request.form()).items()), lien.email)
    if not saisie.complete:
        return _page_nouveau(request, lien.email, oublier_secrets(saisie), statut=422)
    if not await reinitialisation.reinitialiser(jeton, saisie.valides["mot_de_passe"]):
        return rendre(request, "comptes/lien_mort.html", statut=410)
    return rediriger(request, "/connexion", "Votre mot de passe est changé. Connectez-vous.")


def _page_nouveau(request: Requete, email: str, saisie: Saisie, *, statut: int = 200) -> Page:
    return rendre(request, "comptes/nouveau.html", statut=statut, saisie=saisie, email=email)


async def _page_connexion(
    request: Requete,
    saisie: Saisie,
    suite: str,
    reprise: str,
    *,
    statut: int = 200,
    refus: bool = False,
    attente: int = 0,
) -> Page:
    oublier_secrets(saisie)
    motif = REFUS if refus else None
    if attente:
        statut = 429
        motif = (
            f"Trop de tentatives. Recommencez dans {en_mots(attente)}, ou choisissez un nouveau mot"
            " de passe avec «\u00a0Mot de passe oublié\u00a0?\u00a0»."
        )
    reponse = rendre(
        request, "comptes/connexion.html", statut=statut, saisie=saisie, suite=suite,
        reprise=reprise, motif=motif,
        personas=await personas.toutes() if reglages(request).demo else [],
    )  # fmt: skip
    if attente:
        reponse.headers["Retry-After"] = str(attente)
    return reponse


def _texte(valeur: Any) -> str:
    return valeur if isinstance(valeur, str) else ""


GESTIONNAIRES = [
    accueil_public, voir_connexion, connecter, deconnecter, voir_oublie, oublie, voir_nouveau,
    nouveau,
]  # fmt: skip

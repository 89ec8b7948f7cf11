"""« Changer d’adresse e-mail »: the new address, then the code that was mailed to it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from portal.core.comptes import changement_email, renfort
from portal.core.comptes.formulaires import CodeRecu, NouvelleAdresse
from portal.core.comptes.limites import en_mots
from portal.core.comptes.visiteur import adresse_ip, poser_session, reglages
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]

ISSUES = {
    "expire": "Ce code n’est plus valable\u00a0: il l’était 10\u00a0minutes. Demandez-en un autre.",
    "epuise": "Trop d’essais\u00a0: ce code ne peut plus servir. Demandez-en un autre.",
}


@get("/compte/email", droit="connecte")
async def voir_email(request: Requete, moi: Moi) -> Page:
    """The new address."""
    await renfort.exiger_preuve(request, moi)
    return _page(request, lire(NouvelleAdresse, {}))


@post("/compte/email", droit="connecte")
async def demander(request: Requete, moi: Moi) -> Page:
    """Mail a code to it; the same answer whether the address has an account or not."""
    await renfort.exiger_preuve(request, moi)
    saisie = lire_formulaire(NouvelleAdresse, dict((await request.form()).items()))
    if saisie.valides.get("email") == moi.email:
        saisie.refuser("email", "C’est déjà votre adresse. Saisissez la nouvelle.")
    if not saisie.complete:
        return _page(request, saisie, 422)
    attente = await changement_email.demander(moi, saisie.valides["email"], adresse_ip(request))
    if attente:
        reponse = _page(request, saisie, 429, attente)
        reponse.headers["Retry-After"] = str(attente)
        return reponse
    return rediriger(request, "/compte/email/code")


@get("/compte/email/code", droit="connecte")
async def voir_code(request: Requete, moi: Moi) -> Page:
    """The code that proves it."""
    await renfort.exiger_preuve(request, moi)
    email = await changement_email.en_cours(moi)
    if email is None:
        return rediriger(request, "/compte/email")
    return _page_code(request, email, lire(CodeRecu, {}))


@post("/compte/email/code", droit="connecte")
async def prouver(request: Requete, moi: Moi) -> Page:
    """A right code changes the address, ends the other sessions, tells the former address."""
    await renfort.exiger_preuve(request, moi)
    email = await changement_email.en_cours(moi)
    if email is None:
        return rediriger(request, "/compte/email")
    saisie = lire_formulaire(CodeRecu, dict((await request.form()).items()))
    if not saisie.complete:
        return _page_code(request, email, saisie, 422)
    issue, restants, jeton = await changement_email.prouver(moi, saisie.valides["code"])
    if jeton is None:
        saisie.brut["code"] = ""
        saisie.refuser("code", ISSUES.get(issue) or _faux(restants))
        return _page_code(request, email, saisie, 422)
    reponse = rediriger(
        request,
        "/compte",
        f"Votre adresse est maintenant {email}. Vos autres sessions sont terminées.",
    )
    poser_session(request, reponse, jeton)
    return reponse


def _faux(restants: int) -> str:
    essais = f"{restants}\u00a0essai{'s' if restants > 1 else ''}"
    return f"Ce code n’est pas le bon. Il vous reste {essais}."


def _page(request: Requete, saisie: Saisie, statut: int = 200, attente: int = 0) -> Page:
    return rendre(
        request,
        "comptes/email.html",
        statut=statut,
        saisie=saisie,
        attente=en_mots(attente) if attente else None,
    )


def _page_code(request: Requete, email: str, saisie: Saisie, statut: int = 200) -> Page:
    return rendre(
        request,
        "comptes/email_code.html",
        statut=statut,
        saisie=saisie,
        email=email,
        expediteur=reglages(request).mail_from,
    )


GESTIONNAIRES = [voir_email, demander, voir_code, prouver]

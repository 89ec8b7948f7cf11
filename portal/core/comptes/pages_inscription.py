"""Sign-up: address, code, identity. One step a page, each works without JavaScript."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from portal.core.comptes import inscription
from portal.core.comptes.formulaires import (
    Adresse,
    CodeRecu,
    FinInscription,
    lire_nouveau,
    oublier_secrets,
)  # fmt: skip
from portal.core.comptes.limites import en_mots
from portal.core.comptes.sessions import ouvrir_session
from portal.core.comptes.visiteur import (
    adresse_ip,
    jeton_inscription,
    nommer_appareil,
    poser_inscription,
    poser_session,
    reglages,
)  # fmt: skip
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import ErreurPage
from portal.web.identite import Visiteur
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]

NON_PROUVEE = (
    "Cette étape suit la vérification de votre adresse e-mail, qui n’a pas eu lieu ici ou date de"
    " plus d’une heure. Recommencez depuis «\u00a0Créer mon compte\u00a0»."
)
ISSUES = {
    "expire": "Ce code n’est plus valable\u00a0: il l’était 10\u00a0minutes. Demandez un nouveau code.",
    "epuise": "Trop d’essais\u00a0: ce code ne peut plus servir. Demandez un nouveau code.",
}


class AdresseNonProuvee(ErreurPage):
    """The last step, without the second."""

    statut = 403

    def __init__(self) -> None:
        super().__init__("Adresse e-mail non vérifiée", NON_PROUVEE)


@get("/compte/creer", droit="public")
async def voir_creer(request: Requete, visiteur: Visiteur) -> Page:
    """Step one: the address."""
    if visiteur:
        return Redirect("/accueil", status_code=303)
    return _page_adresse(request, lire(Adresse, {}))


@post("/compte/creer", droit="public")
async def creer(request: Requete) -> Page:
    """Mail a code, or say how long to wait."""
    saisie = lire_formulaire(Adresse, dict((await request.form()).items()))
    if not saisie.complete:
        return _page_adresse(request, saisie, statut=422)
    envoi = await inscription.demarrer(saisie.valides["email"], adresse_ip(request))
    if envoi.jeton is None:
        return _page_adresse(request, saisie, statut=429, patience=envoi.attente)
    reponse = rediriger(request, "/compte/code")
    poser_inscription(request, reponse, envoi.jeton)
    return reponse


@get("/compte/code", droit="public")
async def voir_code(request: Requete) -> Page:
    """Step two: the code."""
    demande = await inscription.demande_de(jeton_inscription(request))
    if demande is None or demande.utilise_le:
        return rediriger(request, "/compte/creer")
    if demande.a_finir:
        return rediriger(request, "/compte/finaliser")
    return _page_code(request, demande.email, lire(CodeRecu, {}))


@post("/compte/code", droit="public")
async def prouver(request: Requete) -> Page:
    """A right code leads on; a wrong one says how many tries are left."""
    jeton = jeton_inscription(request)
    demande = await inscription.demande_de(jeton)
    if demande is None or jeton is None:
        return rediriger(request, "/compte/creer", "Recommencez\u00a0: votre demande a expiré.")
    if demande.a_finir:
        return rediriger(request, "/compte/finaliser")
    saisie = lire_formulaire(CodeRecu, dict((await request.form()).items()))
    if not saisie.complete:
        return _page_code(request, demande.email, saisie, statut=422)
    issue, restants, nouveau = await inscription.prouver(jeton, saisie.valides["code"])
    if issue == "juste":
        reponse = rediriger(request, "/compte/finaliser")
        poser_inscription(request, reponse, nouveau)
        return reponse
    saisie.brut["code"] = ""
    saisie.refuser("code", ISSUES.get(issue) or _faux(restants))
    return _page_code(request, demande.email, saisie, statut=422)


@post("/compte/code/renvoyer", droit="public")
async def renvoyer(request: Requete) -> Page:
    """A new code in place of the former one."""
    demande = await inscription.demande_de(jeton_inscription(request))
    if demande is None or demande.prouve_le or demande.utilise_le:
        return rediriger(request, "/compte/creer")
    if attente := await inscription.renvoyer(demande, adresse_ip(request)):
        return _page_code(request, demande.email, lire(CodeRecu, {}), statut=429, patience=attente)
    return rediriger(
        request, "/compte/code", "Un nouveau code est parti. Le précédent ne sert plus."
    )


@get("/compte/finaliser", droit="public")
async def voir_finaliser(request: Requete) -> Page:
    """Step three: password and identity."""
    demande = await inscription.demande_de(jeton_inscription(request))
    if demande is None or not demande.a_finir:
        return rediriger(request, "/compte/creer")
    return _page_finaliser(request, demande.email, lire(FinInscription, {}))


@post("/compte/finaliser", droit="public")
async def finaliser(request: Requete, visiteur: Visiteur) -> Page:
    """The account exists, and its person is signed in."""
    jeton = jeton_inscription(request)
    demande = await inscription.demande_de(jeton)
    if visiteur and (demande is None or not demande.a_finir):
        return Redirect("/accueil", status_code=303)
    if demande is None or jeton is None or not demande.a_finir:
        raise AdresseNonProuvee()
    saisie = lire_nouveau(FinInscription, dict((await request.form()).items()), demande.email)
    if not saisie.complete:
        return _page_finaliser(request, demande.email, oublier_secrets(saisie), statut=422)
    identite = {nom: saisie.valides.get(nom) for nom in ("civilite", "nom", "prenom", "telephone")}
    compte = await inscription.finaliser(jeton, saisie.valides["mot_de_passe"], identite)
    if compte is None:
        reponse = rediriger(
            request, "/connexion", "Cette adresse a déjà un compte\u00a0: connectez-vous."
        )
        poser_inscription(request, reponse, None)
        return reponse
    session = await ouvrir_session(compte.id, nommer_appareil(request), adresse_ip(request))
    suite = await request.app.state.rendu.fournisseurs.bienvenue_de(compte.id)
    reponse = rediriger(request, "/accueil", f"Votre compte est créé. Bienvenue. {suite}".strip())
    poser_session(request, reponse, session)
    poser_inscription(request, reponse, None)
    return reponse


def _faux(restants: int) -> str:
    essais = f"{restants}\u00a0essai{'s' if restants > 1 else ''}"
    return f"Ce code n’est pas le bon. Il vous reste {essais}."


def _attendre(secondes: int | None) -> str | None:
    if not secondes:
        return None
    return (
        "Vous avez demandé plusieurs codes. Vérifiez le courrier indésirable, ou recommencez dans"
        f" {en_mots(secondes)}."
    )


def _page_adresse(
    request: Requete, saisie: Saisie, *, statut: int = 200, patience: int | None = None
) -> Page:
    reponse = rendre(
        request, "comptes/creer.html", statut=statut, saisie=saisie,
        expediteur=reglages(request).mail_from, attente=_attendre(patience),
    )  # fmt: skip
    return _patienter(reponse, patience)


def _page_code(
    request: Requete, email: str, saisie: Saisie, *, statut: int = 200, patience: int | None = None
) -> Page:
    reponse = rendre(
        request, "comptes/code.html", statut=statut, saisie=saisie, email=email,
        expediteur=reglages(request).mail_from, attente=_attendre(patience),
    )  # fmt: skip
    return _patienter(reponse, patience)


def _page_finaliser(request: Requete, email: str, saisie: Saisie, *, statut: int = 200) -> Page:
    return rendre(request, "comptes/finaliser.html", statut=statut, saisie=saisie, email=email)


def _patienter(reponse: Page, secondes: int | None) -> Page:
    if secondes:
        reponse.headers["Retry-After"] = str(secondes)
    return reponse


GESTIONNAIRES = [voir_creer, creer, voir_code, prouver, renvoyer, voir_finaliser, finaliser]

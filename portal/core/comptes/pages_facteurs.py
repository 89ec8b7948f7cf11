"""Making and removing second factors: application, passkeys, recovery codes.

Staff come here before anything else when they have none; `suite` is where everybody was going.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.core.comptes import cles, facteurs, renfort, secours, totp
from portal.core.comptes.formulaires import CodeTotp, NomDeCle
from portal.core.comptes.limites import en_mots
from portal.core.comptes.visiteur import cles_ici, nommer_appareil, poser_session
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import Introuvable, Refus
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre, url_interne

Requete = Request[Any, Any, Any]
Page = Response[Any]

SECURITE = "/compte/securite"
EXPIRE = "Cette image n’est plus valable\u00a0: recommencez avec une nouvelle."
FAUX = "Ce code n’est pas le bon. Vérifiez que l’application montre bien «\u00a0Mon Espace\u00a0», puis saisissez le code du moment."
CLE_REFUSEE = "La clé n’a pas pu être créée. Recommencez."


@get("/compte/second-facteur", droit="connecte", avant_second=True)
async def choisir(request: Requete, moi: Moi) -> Page:
    """Why a second factor, and which one."""
    await renfort.exiger_preuve(request, moi)
    return await _page_choix(request, moi, _suite(request.query_params))


@post("/compte/second-facteur/application", droit="connecte", avant_second=True)
async def commencer(request: Requete, moi: Moi) -> Page:
    """A new secret to scan."""
    suite = _suite(dict((await request.form()).items()))
    await renfort.exiger_preuve(request, moi)
    await facteurs.commencer_totp(moi)
    return rediriger(request, f"/compte/second-facteur/application?{urlencode({'suite': suite})}")


@get("/compte/second-facteur/application", droit="connecte", avant_second=True)
async def voir_application(request: Requete, moi: Moi) -> Page:
    """The picture, the secret in letters, the code that proves them."""
    await renfort.exiger_preuve(request, moi)
    return await _page_application(request, moi, _suite(request.query_params), lire(CodeTotp, {}))


@post("/compte/second-facteur/application/verifier", droit="connecte", avant_second=True)
async def verifier(request: Requete, moi: Moi) -> Page:
    """A right code makes the application hers."""
    poste = dict((await request.form()).items())
    suite = _suite(poste)
    await renfort.exiger_preuve(request, moi)
    saisie = lire_formulaire(CodeTotp, poste)
    if not saisie.complete:
        return await _page_application(request, moi, suite, saisie)
    verdict = await facteurs.confirmer_totp(moi, saisie.valides["code"])
    if verdict.juste:
        return await _ajoute(request, moi, suite, "totp")
    if verdict.issue == "expire":
        return rediriger(request, f"/compte/second-facteur?{urlencode({'suite': suite})}", EXPIRE)
    saisie.brut["code"] = ""
    attente = f" Recommencez dans {en_mots(verdict.attente)}." if verdict.attente else ""
    saisie.refuser("code", FAUX + attente)
    return await _page_application(request, moi, suite, saisie)


@post("/compte/second-facteur/cle/options", droit="connecte", avant_second=True, sans_cle=True)
async def options_d_ajout(request: Requete, moi: Moi) -> Response[str]:
    """What the browser needs to make a passkey."""
    await renfort.exiger_preuve(request, moi)
    if cles.lieu() is None:
        raise Introuvable()
    return Response(await cles.options_d_ajout(moi), media_type="application/json")


@post("/compte/second-facteur/cle", droit="connecte", avant_second=True)
async def ajouter_cle(request: Requete, moi: Moi) -> Page:
    """Keep the passkey that the browser has made."""
    poste = dict((await request.form()).items())
    suite = _suite(poste)
    await renfort.exiger_preuve(request, moi)
    saisie = lire_formulaire(NomDeCle, poste)
    if not saisie.complete:
        return await _page_choix(request, moi, suite, nom=saisie)
    if not await cles.ajouter(moi, str(poste.get("reponse", "")), saisie.valides["nom"]):
        return await _page_choix(request, moi, suite, nom=saisie, refus=CLE_REFUSEE)
    return await _ajoute(request, moi, suite, "cle")


@post("/compte/second-facteur/{uid:uuid}/retirer", droit="connecte")
async def retirer(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """Remove one of her factors."""
    await renfort.exiger_preuve(request, moi)
    try:
        refus = await facteurs.retirer(moi, uid)
    except LookupError:
        raise Introuvable() from None
    if refus:
        raise Refus(refus)
    return rediriger(request, SECURITE, "Ce moyen de vérification est retiré.")


@post("/compte/codes-de-secours", droit="connecte", status_code=200)
async def renouveler_codes(request: Requete, moi: Moi) -> Page:
    """Ten new codes: the former ones no longer serve."""
    await renfort.exiger_preuve(request, moi)
    if not await facteurs.en_a(moi.compte_id):
        return rediriger(request, "/compte/second-facteur")
    return _page_codes(request, await facteurs.nouveaux_codes(moi), SECURITE)


def _suite(donnees: Any) -> str:
    saisie = donnees.get("suite")
    return url_interne(saisie if isinstance(saisie, str) else None, SECURITE)


async def _ajoute(request: Requete, moi: Personne, suite: str, moyen: str) -> Page:
    """A factor has come: it counts as proven; with the first one come the recovery codes."""
    jeton = await renfort.renforcer(moi, moyen)
    if await secours.restants(moi.compte_id):
        message = "Votre moyen de vérification est ajouté."
        reponse: Page = rediriger(request, suite, message)
    else:
        reponse = _page_codes(request, await facteurs.nouveaux_codes(moi), suite)
    poser_session(request, reponse, jeton)
    return reponse


def _page_codes(request: Requete, codes: list[str], suite: str) -> Page:
    return rendre(request, "comptes/codes.html", codes=codes, suite=suite)


async def _page_choix(
    request: Requete,
    moi: Personne,
    suite: str,
    *,
    nom: Saisie | None = None,
    refus: str | None = None,
) -> Page:
    ici = cles_ici(request)
    if nom and nom.erreurs and not ici.possibles:  # posted where the page has no such field
        refus = CLE_REFUSEE
    return rendre(
        request,
        "comptes/second_facteur.html",
        statut=422 if nom else 200,
        suite=suite,
        siens=await facteurs.lister(moi.compte_id),
        nom=nom or lire(NomDeCle, {"nom": nommer_appareil(request)}),
        refus=refus,
        cles_ici=ici,
    )


async def _page_application(request: Requete, moi: Personne, suite: str, saisie: Saisie) -> Page:
    secret = await facteurs.secret_en_attente(moi)
    if secret is None:
        return rediriger(request, f"/compte/second-facteur?{urlencode({'suite': suite})}", EXPIRE)
    return rendre(
        request,
        "comptes/application.html",
        statut=422 if saisie.erreurs else 200,
        suite=suite,
        saisie=saisie,
        image=totp.image(secret, moi.email),
        secret=totp.en_groupes(secret),
    )


GESTIONNAIRES = [
    choisir, commencer, voir_application, verifier, options_d_ajout, ajouter_cle, retirer,
    renouveler_codes,
]  # fmt: skip

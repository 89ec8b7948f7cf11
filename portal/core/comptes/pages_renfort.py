"""« Vérifier mon identité »: the second factor, or the password once more, then on to where one was going."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.response import Redirect

from portal.core.comptes import cles, facteurs, parcage, personas, renfort, secours
from portal.core.comptes.formulaires import CodeTotp, MotDePasseActuel, SecoursSaisi
from portal.core.comptes.limites import en_mots
from portal.core.comptes.visiteur import cles_ici, poser_session, reglages
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.garde import renforce
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre, url_interne

Requete = Request[Any, Any, Any]
Page = Response[Any]

FAUX = "Ce code n’est pas le bon. Attendez le suivant dans votre application, et vérifiez l’heure de votre téléphone."
DEJA = "Ce code a déjà servi. Attendez le suivant\u00a0: il change toutes les 30\u00a0secondes."
SECOURS_FAUX = "Ce code de secours n’est pas l’un des vôtres, ou il a déjà servi."
CLE_FAUSSE = "Cette clé d’accès n’a pas été reconnue. Recommencez, ou utilisez un autre moyen de vérification."


async def but(request: Requete, moi: Personne, poste: dict[str, Any] | None = None) -> str:
    """Where she was going: the page, or the form that was parked."""
    donnees = request.query_params if poste is None else poste
    reprise, suite = donnees.get("reprise"), donnees.get("suite")
    if isinstance(reprise, str) and reprise and await parcage.lire(moi.compte_id, reprise):
        return f"/reprise/{reprise}"
    return url_interne(suite if isinstance(suite, str) else None)


@get("/connexion/confirmer", droit="connecte", avant_second=True)
async def voir_confirmer(request: Requete, moi: Moi) -> Page:
    """Ask for the second factor; whoever has none makes one first."""
    suite = await but(request, moi)
    if renforce(moi):
        return Redirect(suite, status_code=303)
    return await _page(request, moi, suite)


@post("/connexion/confirmer", droit="connecte", avant_second=True)
async def confirmer(request: Requete, moi: Moi) -> Page:
    """A code of her application."""
    poste = dict((await request.form()).items())
    suite = await but(request, moi, poste)
    saisie = lire_formulaire(CodeTotp, poste)
    if not saisie.complete:
        return await _page(request, moi, suite, code=saisie)
    verdict = await facteurs.verifier_totp(moi, saisie.valides["code"])
    if verdict.juste:
        return await _suivre(request, moi, suite, "totp")
    saisie.brut["code"] = ""
    saisie.refuser("code", DEJA if verdict.issue == "deja" else FAUX)
    return await _page(request, moi, suite, code=saisie, attente=verdict.attente)


@post("/connexion/confirmer/secours", droit="connecte", avant_second=True)
async def confirmer_secours(request: Requete, moi: Moi) -> Page:
    """A recovery code, good once."""
    poste = dict((await request.form()).items())
    suite = await but(request, moi, poste)
    saisie = lire_formulaire(SecoursSaisi, poste)
    if not saisie.complete:
        return await _page(request, moi, suite, secours_saisi=saisie)
    verdict = await facteurs.verifier_secours(moi, saisie.valides["code_secours"])
    if verdict.juste:
        reste = await secours.restants(moi.compte_id)
        message = f"Code de secours accepté. Il vous en reste {reste}."
        return await _suivre(request, moi, suite, "secours", message)
    saisie.brut["code_secours"] = ""
    saisie.refuser("code_secours", SECOURS_FAUX)
    return await _page(request, moi, suite, secours_saisi=saisie, attente=verdict.attente)


@post("/connexion/confirmer/cle/options", droit="connecte", avant_second=True, sans_cle=True)
async def options_de_preuve(request: Requete, moi: Moi) -> Response[str]:
    """The challenge for her passkeys."""
    return Response(await cles.options_de_preuve(moi), media_type="application/json")


@post("/connexion/confirmer/cle", droit="connecte", avant_second=True)
async def confirmer_cle(request: Requete, moi: Moi) -> Page:
    """What the browser proved with a passkey."""
    poste = dict((await request.form()).items())
    suite = await but(request, moi, poste)
    verdict = await cles.verifier(moi, str(poste.get("reponse", "")))
    if verdict.juste:
        return await _suivre(request, moi, suite, "cle")
    return await _page(request, moi, suite, cle_refusee=CLE_FAUSSE)


@get("/connexion/mot-de-passe", droit="connecte", avant_second=True)
async def voir_redire(request: Requete, moi: Moi) -> Page:
    """The password once more, before the first factor or another address."""
    return _page_redire(request, await but(request, moi), lire(MotDePasseActuel, {}))


@post("/connexion/mot-de-passe", droit="connecte", avant_second=True)
async def redire(request: Requete, moi: Moi) -> Page:
    """Right: on to where she was going, under a new token."""
    poste = dict((await request.form()).items())
    suite = await but(request, moi, poste)
    saisie = lire_formulaire(MotDePasseActuel, poste)
    if not saisie.complete:
        return _page_redire(request, suite, saisie, 422)
    jeton, attente = await renfort.redire_mot_de_passe(moi, saisie.valides["actuel"])
    if jeton is None:
        saisie.brut["actuel"] = ""
        message = f"Trop de tentatives. Recommencez dans {en_mots(attente)}." if attente else ""
        saisie.refuser("actuel", message or "Ce n’est pas votre mot de passe.")
        return _page_redire(request, suite, saisie, 429 if attente else 422)
    reponse = rediriger(request, suite)
    poser_session(request, reponse, jeton)
    return reponse


def _page_redire(request: Requete, suite: str, saisie: Saisie, statut: int = 200) -> Page:
    return rendre(request, "comptes/redire.html", statut=statut, suite=suite, saisie=saisie)


async def _suivre(
    request: Requete, moi: Personne, suite: str, moyen: str, message: str | None = None
) -> Page:
    jeton = await renfort.renforcer(moi, moyen)
    reponse = rediriger(request, suite, message)
    poser_session(request, reponse, jeton)
    return reponse


async def _page(
    request: Requete,
    moi: Personne,
    suite: str,
    *,
    code: Saisie | None = None,
    secours_saisi: Saisie | None = None,
    cle_refusee: str | None = None,
    attente: int = 0,
) -> Page:
    siens = await facteurs.lister(moi.compte_id)
    if not siens:
        return Redirect(f"/compte/second-facteur?{urlencode({'suite': suite})}", status_code=303)
    code_demo = await _code_demo(request, moi)
    fautive = code or secours_saisi
    if fautive and attente:
        fautive.refuser(
            "code" if code else "code_secours",
            f"Trop de tentatives. Recommencez dans {en_mots(attente)}.",
        )
    reponse = rendre(
        request,
        "comptes/confirmer.html",
        statut=429 if attente else 422 if fautive or cle_refusee else 200,
        suite=suite,
        code=code or lire(CodeTotp, {"code": code_demo} if code_demo else {}),
        secours_saisi=secours_saisi or lire(SecoursSaisi, {}),
        cle_refusee=cle_refusee,
        fautive=fautive,
        a_application=any(f.genre == "totp" for f in siens),
        a_cle=any(f.genre == "cle" for f in siens),
        cles_ici=cles_ici(request),
        secours=await secours.restants(moi.compte_id),
        code_demo=code_demo,
    )
    if attente:
        reponse.headers["Retry-After"] = str(attente)
    return reponse


async def _code_demo(request: Requete, moi: Personne) -> str | None:
    """The code of the moment of a made-up person; nobody else's, and in the demonstration alone.

    Empty for the seconds in which she has used the next one too.
    """
    if not reglages(request).demo or not await personas.a_un_code(moi.email):
        return None
    return await facteurs.code_du_moment(moi.compte_id) or ""


GESTIONNAIRES = [
    voir_confirmer, confirmer, confirmer_secours, options_de_preuve, confirmer_cle, voir_redire,
    redire,
]  # fmt: skip

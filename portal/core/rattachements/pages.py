"""« Mon entreprise »: my accesses, asking for one, using a code."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from portal.core.entreprises import annuaire
from portal.core.entreprises.queries import Reponse
from portal.core.rattachements import activation, queries
from portal.core.rattachements.demandes import DemandeImpossible, demander, demander_courrier
from portal.core.rattachements.formulaires import ActivationCode, DemandeRattachement
from portal.core.rattachements.operations import quitter
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
Texte = Annotated[str, QueryParameter(max_length=200)]
SUITES = {
    "administrateurs": "Votre demande est transmise aux administrateurs de l’entreprise.",
    "annonces": "Votre demande est enregistrée\u00a0; elle attend le compte d’un administrateur.",
    "code": "Votre demande est enregistrée. Un code d’activation est déjà en route vers le siège.",
    "adresse": "Votre demande est enregistrée. Lisez la suite ci-dessous.",
    "courrier": "Votre demande est enregistrée. Un courrier part au siège de l’entreprise.",
    "recent": "Votre demande est enregistrée. Lisez la suite ci-dessous.",
    "conseiller": "Votre demande est enregistrée. Lisez la suite ci-dessous.",
}
CHAMPS_ECHEC = {"autre_profil": "profil", "deja": "siren"}


@get("/rattachements", droit="connecte")
async def mes_rattachements(request: Requete, moi: Moi) -> Page:
    """My companies, and my requests with what happens next."""
    demandes = await queries.mes_demandes(moi)
    return rendre(
        request,
        "rattachements/liste.html",
        acces=await queries.mes_acces(moi),
        en_attente=[d for d in demandes if d.etat == "en_attente"],
        refusees=[d for d in demandes if d.etat == "refuse"],
    )


@get("/rattachements/demander", droit="connecte")
async def voir_demande(
    request: Requete, moi: Moi, identifiant: Texte = "", profil: Texte = ""
) -> Page:
    """Ask for a rattachement; prefilled by a link."""
    reponse = await annuaire.consulter(identifiant)
    if not profil and reponse.fiche and len(reponse.fiche.profils) == 1:
        profil = reponse.fiche.profils[0]
    saisie = lire(DemandeRattachement, {"identifiant": identifiant, "profil": profil})
    saisie.erreurs.clear()
    return await _page_demande(request, moi, saisie, reponse)


@post("/rattachements/demander", droit="connecte", status_code=200)
async def poster_demande(request: Requete, moi: Moi) -> Page:
    """Make the request; the button « Vérifier l'entreprise » only looks it up."""
    poste = dict((await request.form()).items())
    if choisi := poste.get("_choisir"):
        poste |= {"identifiant": choisi, "_action": "verifier"}
    saisie = lire_formulaire(DemandeRattachement, poste)
    reponse = await annuaire.consulter(str(poste.get("identifiant", "")))
    if reponse.etat == "liste":
        saisie.refuser("identifiant", "Choisissez votre entreprise dans la liste ci-dessous.")
    if poste.get("_action") == "verifier":
        saisie.erreurs = {n: m for n, m in saisie.erreurs.items() if n == "identifiant"}
        statut = 422 if saisie.erreurs else 200
        return await _page_demande(request, moi, saisie, reponse, statut)
    if not saisie.complete:
        return await _page_demande(request, moi, saisie, reponse, 422)
    lus = saisie.valides
    await annuaire.rapatrier(lus["identifiant"])
    try:
        faite = await demander(moi, lus["identifiant"], lus["profil"], lus.get("message", ""))
    except DemandeImpossible as refus:
        saisie.refuser(refus.champ, refus.message)
        return await _page_demande(request, moi, saisie, reponse, 422)
    return rediriger(request, f"/rattachements#demande-{faite.uid}", SUITES[faite.suite])


async def _page_demande(
    request: Requete,
    moi: Personne,
    saisie: Saisie,
    reponse: Reponse,
    statut: int = 200,
) -> Page:
    """« Demander un rattachement »; « Demander une habilitation » to whom is attached already."""
    siren, profil = reponse.numero[:9], str(saisie.brut.get("profil", ""))
    return rendre(
        request,
        "rattachements/demander.html",
        statut=statut,
        saisie=saisie,
        reponse=reponse,
        acces=await queries.mon_acces(moi, siren, profil) if siren else None,
    )


@get("/rattachements/code", droit="connecte")
async def voir_code(request: Requete, siren: Texte = "", profil: Texte = "") -> Page:
    """Use an activation code."""
    saisie = lire(ActivationCode, {"siren": siren, "profil": profil})
    saisie.erreurs.clear()
    return rendre(request, "rattachements/code.html", saisie=saisie, echec=None)


@post("/rattachements/code", droit="connecte", status_code=200)
async def poster_code(request: Requete, moi: Moi) -> Page:
    """Try the code. A refusal is a page, not an error: the try is kept."""
    saisie = lire_formulaire(ActivationCode, dict((await request.form()).items()))
    if not saisie.complete:
        return rendre(request, "rattachements/code.html", statut=422, saisie=saisie, echec=None)
    siren, profil = saisie.valides["siren"], saisie.valides["profil"]
    issue = await activation.utiliser(moi, siren, profil, saisie.valides["code"])
    if isinstance(issue, activation.Reussite):
        return rediriger(request, f"/entreprise/{siren}/{profil}/utilisateurs", _bienvenue(issue))
    saisie.refuser(CHAMPS_ECHEC.get(issue.genre, "code"), issue.message)
    reponse = rendre(
        request,
        "rattachements/code.html",
        statut=429 if issue.secondes else 422,
        saisie=saisie,
        echec=issue,
    )
    if issue.secondes:
        reponse.headers["Retry-After"] = str(issue.secondes)
    return reponse


def _bienvenue(issue: activation.Reussite) -> str:
    phrases = [f"Vous êtes administrateur de {issue.denomination}."]
    if issue.noms_autres:
        phrases.append(f"Autres administrateurs\u00a0: {', '.join(issue.noms_autres)}.")
    if issue.en_attente:
        pluriel = "s attendent" if issue.en_attente > 1 else " attend"
        phrases.append(f"{issue.en_attente}\u00a0demande{pluriel} votre réponse.")
    return " ".join(phrases)


@post("/rattachements/{uid:uuid}/quitter", droit="connecte")
async def poster_quitter(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """Leave a company, or take a request back."""
    await quitter(moi, uid)
    return rediriger(request, "/rattachements", "C’est fait\u00a0: ce rattachement a pris fin.")


@post("/rattachements/{uid:uuid}/courrier", droit="connecte")
async def poster_courrier(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """After a long silence: have the head office written to."""
    await demander_courrier(moi, uid)
    return rediriger(
        request,
        f"/rattachements#demande-{uid}",
        "Un courrier partira au siège de l’entreprise avec le prochain lot d’impression.",
    )


GESTIONNAIRES = [
    mes_rattachements, voir_demande, poster_demande, voir_code, poster_code, poster_quitter,
    poster_courrier,
]  # fmt: skip

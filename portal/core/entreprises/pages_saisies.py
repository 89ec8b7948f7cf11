"""Type a company that no lookup found; for the staff, what became of what was typed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from portal.core.comptes.limites import en_mots
from portal.core.entreprises import queries, saisies
from portal.core.entreprises.formulaires import EntrepriseInconnue
from portal.core.entreprises.registre import service
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import TropDeTentatives
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
Texte = Annotated[str, QueryParameter(max_length=200)]
INTERNES = "interne:" + ",".join(saisies.ROLES)


@get("/entreprises/saisir", droit="connecte")
async def voir_saisie(request: Requete, identifiant: Texte = "", profil: Texte = "") -> Page:
    """The form, with the number that nobody knew."""
    saisie = lire(EntrepriseInconnue, {"siret": identifiant, "profil": profil})
    saisie.erreurs.clear()
    return _page(request, saisie)


@post("/entreprises/saisir", droit="connecte", status_code=200)
async def saisir(request: Requete, moi: Moi) -> Page:
    """Keep it, and go on with the request for a rattachement."""
    saisie = lire_formulaire(EntrepriseInconnue, dict((await request.form()).items()))
    if not saisie.complete:
        return _page(request, saisie, 422)
    if secondes := await saisies.SAISIES.attente(str(moi.compte_id), verrou=True):
        raise TropDeTentatives(
            f"Vous avez saisi plusieurs entreprises. Recommencez dans {en_mots(secondes)}.",
            secondes,
        )
    lus = saisie.valides
    suite = f"/rattachements/demander?identifiant={lus['siret']}&profil={lus['profil']}"
    try:
        await saisies.saisir(moi, lus, "panne" if service.est_muet() else "inconnue")
    except saisies.DejaConnue:
        return rediriger(
            request,
            suite,
            "Cette entreprise est déjà enregistrée\u00a0: la voici, rien n’est à saisir.",
        )
    await saisies.SAISIES.noter(str(moi.compte_id))
    return rediriger(
        request, suite, "L’entreprise est enregistrée. Nous la vérifierons\u00a0; continuez."
    )


def _page(request: Requete, saisie: Saisie, statut: int = 200) -> Page:
    return rendre(request, "entreprises/saisir.html", statut=statut, saisie=saisie)


@get("/entreprises/a-verifier", droit=INTERNES)
async def a_verifier(request: Requete, moi: Moi) -> Page:
    """What people typed, beside the register."""
    return rendre(
        request,
        "entreprises/a_verifier.html",
        saisies=await saisies.lister(moi),
        copie=await queries.date_de_la_copie(),
    )


@post("/entreprises/a-verifier/{uid:uuid}", droit=INTERNES)
async def classer(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """Put a difference away."""
    await saisies.classer(moi, uid)
    return rediriger(request, "/entreprises/a-verifier", "C’est classé.")


GESTIONNAIRES = [voir_saisie, saisir, a_verifier, classer]

"""« Aide et contacts », for everybody; « Demandes de contact », for those who answer."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from portal.core.comptes.limites import en_mots
from portal.core.comptes.queries import identite
from portal.core.comptes.visiteur import adresse_ip
from portal.core.contact import operations, queries
from portal.core.contact.formulaires import LES_REGIONS, SUJETS, Cloture, Message
from portal.core.contact.horaires import Horaires
from portal.core.contact.horaires import lire as lire_horaires
from portal.infra import clock
from portal.infra.feries import est_ferie
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.settings import Settings
from portal.web.identite import Moi, Personne, Visiteur
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
Texte = Annotated[str, QueryParameter(max_length=100)]
Curseur = Annotated[str | None, QueryParameter(max_length=200)]
INTERNES = "interne:conseiller,aef,administrateur"


@get("/aide", droit="public")
async def aide(request: Requete, visiteur: Visiteur, region: Texte = "", sujet: Texte = "") -> Page:
    """My conseiller, the phone line, the form; `region` and `sujet` are filled in by links."""
    valeurs = {
        "region": region if region in LES_REGIONS else "",
        "sujet": sujet if sujet in SUJETS else "",
    }
    if visiteur:
        valeurs |= await _connu(visiteur, valeurs["region"])
    return await _page(request, visiteur, lire(Message, valeurs))


async def _connu(moi: Personne, region: str) -> dict[str, str]:
    qui = await identite(moi.compte_id)
    return {
        "region": region or await queries.ma_region(moi.compte_id),
        "nom": f"{qui['prenom']} {qui['nom']}",
        "email": qui["email"],
        "telephone": qui["telephone"] or "",
    }


@post("/aide/contact", droit="public", status_code=200)
async def ecrire(request: Requete, visiteur: Visiteur) -> Page:
    """Send a message; signed out too."""
    saisie = lire_formulaire(Message, dict((await request.form()).items()))
    if not saisie.complete:
        return await _page(request, visiteur, saisie, statut=422)
    lus, ip = saisie.valides, adresse_ip(request)
    if secondes := await operations.attente(lus["email"], ip):
        reponse = await _page(request, visiteur, saisie, statut=429, attente=en_mots(secondes))
        reponse.headers["Retry-After"] = str(secondes)
        return reponse
    await operations.ecrire(visiteur, lus, ip)
    return rediriger(
        request,
        "/aide",
        f"Votre message est transmis à nos conseillers de la région {lus['region']}."
        f" Un accusé de réception part à {lus['email']}.",
    )


async def _page(
    request: Requete,
    visiteur: Personne | None,
    saisie: Saisie,
    *,
    statut: int = 200,
    attente: str | None = None,
) -> Page:
    settings: Settings = request.app.state.settings
    horaires: Horaires = lire_horaires(settings.opco_horaires)
    if statut == 200:
        saisie.erreurs.clear()
    return rendre(
        request,
        "aide/aide.html",
        statut=statut,
        saisie=saisie,
        attente=attente,
        conseillers=await queries.mes_conseillers(visiteur.compte_id) if visiteur else [],
        horaires=horaires.phrases,
        ligne=horaires.etat(await clock.maintenant(), est_ferie),
        opco_adresse=settings.opco_adresse,
        expediteur=settings.mail_from,
        repond=bool(visiteur and visiteur.roles & set(queries.ROLES)),
    )


@get("/contacts", droit=INTERNES)
async def lister(
    request: Requete, moi: Moi, etat: Texte = "ouverte", apres: Curseur = None
) -> Page:
    """Messages of my régions."""
    etat = etat if etat in ("ouverte", "close") else "ouverte"
    return rendre(
        request, "aide/contacts.html", demandes=await queries.lister(moi, etat, apres), etat=etat
    )


@get("/contacts/{uid:uuid}", droit=INTERNES)
async def montrer(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """One message."""
    return _detail(request, await queries.lire(moi, uid), lire(Cloture, {}))


@post("/contacts/{uid:uuid}/clore", droit=INTERNES, status_code=200)
async def clore(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Page:
    """It is answered."""
    demande = await queries.lire(moi, uid)
    saisie = lire_formulaire(Cloture, dict((await request.form()).items()))
    if not saisie.complete:
        return _detail(request, demande, saisie, 422)
    await operations.clore(moi, demande.id, saisie.valides.get("suite", ""))
    return rediriger(request, "/contacts", "La demande est close.")


def _detail(request: Requete, demande: queries.Demande, saisie: Saisie, statut: int = 200) -> Page:
    return rendre(request, "aide/contact.html", statut=statut, demande=demande, saisie=saisie)


GESTIONNAIRES = [aide, ecrire, lister, montrer, clore]

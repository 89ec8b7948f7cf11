"""Bank details: those of the companies within reach, and the form that registers another."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from pydantic import BaseModel

from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.fiche import PROFILS
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import Iban, OuiNon, Texte
from portal.reglements import rib
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]


class NouveauRib(BaseModel):
    """An account to be paid on."""

    titulaire: Texte = champ(
        "Titulaire du compte", longueur_max=70, aide="Comme sur le RIB.", autocomplete="off"
    )
    iban: Iban = champ(
        "IBAN",
        widget="iban",
        secret="iban",  # noqa: S106
        exemple="FR76 3000 6000 0112 3456 7890 189",
    )
    certifie: OuiNon = champ(
        "Ce compte est bien celui de l’entreprise",
        widget="case",
        manque="Confirmez que ce compte est celui de l’entreprise.",
    )


@get("/rib", droit="rib.consulter")
async def lister(request: Requete, moi: Moi) -> Response[Any]:
    """« RIB »: the living account of each company, and the former ones."""
    return rendre(
        request,
        "reglements/ribs.html",
        comptes=await rib.mes_comptes(moi),
        profils=PROFILS,
    )


@get("/rib/{siren:str}/{profil:str}", droit="rib.saisir", renfort=True)
async def montrer(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]
) -> Response[Any]:
    """The form for another account."""
    nom = await _exiger(moi, siren, profil)
    return await _page(request, siren, profil, nom, lire(NouveauRib, {"titulaire": nom}))


@post("/rib/{siren:str}/{profil:str}", droit="rib.saisir", renfort=True, status_code=200)
async def enregistrer(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]
) -> Response[Any]:
    """Register it; all administrators are told."""
    nom = await _exiger(moi, siren, profil)
    saisie = lire_formulaire(NouveauRib, dict((await request.form()).items()))
    if saisie.complete and not saisie.valides["certifie"]:
        saisie.refuser("certifie", "Confirmez que ce compte est celui de l’entreprise.")
    if saisie.complete:
        try:
            await rib.enregistrer(
                moi, siren, profil, saisie.valides["iban"], saisie.valides["titulaire"]
            )
        except rib.RibRefuse as refus:
            saisie.refuser(refus.champ, refus.message)
    if saisie.erreurs:
        return await _page(request, siren, profil, nom, saisie, statut=422)
    return rediriger(
        request, "/rib", "Compte enregistré. Vos factures non payées y seront réglées."
    )


async def _exiger(moi: Personne, siren: str, profil: str) -> str:
    """The company's name, if this person may register its account."""
    if profil not in PROFILS:
        raise Introuvable()
    await rib.exiger(moi, siren, profil)
    fiche = await entreprises.par_siren(siren)
    if fiche is None:
        raise Introuvable()
    return fiche.denomination


async def _page(
    request: Requete, siren: str, profil: str, nom: str, saisie: Saisie, statut: int = 200
) -> Response[Any]:
    return rendre(
        request,
        "reglements/rib.html",
        statut=statut,
        siren=siren,
        profil=profil,
        nom=nom,
        actif=await rib.actif(siren, profil),
        saisie=saisie,
        erreurs_titre=statut == 422,
    )

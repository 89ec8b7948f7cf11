"""The public page « Connaître mon OPCO »: plain GET forms, whose answer has a URL."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from portal.branches import connaitre, referentiel
from portal.core.entreprises.geographie import departements, region_de
from portal.kit.formulaire import Saisie, lire
from portal.web.rendu import rendre

Texte = Annotated[str | None, QueryParameter(max_length=200)]


@get("/connaitre-mon-opco", droit="public")
async def connaitre_mon_opco(
    request: Request[Any, Any, Any],
    siren: Texte = None,
    departement: Texte = None,
    idcc: Texte = None,
) -> Response[Any]:
    """By SIREN, or by département and convention."""
    par_siren = lire(connaitre.ParSiren, {"siren": siren or ""})
    par_convention = lire(
        connaitre.ParConvention, {"departement": departement or "", "idcc": idcc or ""}
    )
    reponse, fautive = None, None
    if siren is not None:
        fautive = par_siren.exiger()
        if fautive.complete:
            reponse = await connaitre.selon_siren(fautive.valides["siren"])
    elif departement is not None or idcc is not None:
        fautive = par_convention.exiger()
        if fautive.complete:
            reponse = connaitre.selon_idcc(fautive.valides["idcc"])
    return rendre(
        request,
        "branches/connaitre.html",
        fragment="branches/_connaitre.html",
        statut=422 if fautive and fautive.erreurs else 200,
        par_siren=par_siren,
        par_convention=par_convention,
        resume=fautive.resume() if fautive else [],
        reponse=reponse,
        region=_region(par_convention, reponse),
        secteurs=referentiel.de_l_opco(),
    )


def _region(saisie: Saisie, reponse: connaitre.Reponse | None) -> str:
    if reponse is not None and reponse.fiche is not None:
        return reponse.fiche.region
    choisi = saisie.valides.get("departement", "")
    return region_de(choisi) if choisi in departements() else ""


GESTIONNAIRES = [connaitre_mon_opco]

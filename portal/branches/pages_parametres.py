"""One parameter in one branch: its values with dates and sources, and the form that sets one."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.branches import operations, queries, referentiel
from portal.branches.commun import DROIT, branche, declares
from portal.branches.formulaires import (
    criteres_de,
    dire_criteres,
    dire_periode,
    dire_valeur,
    modele_valeur,
)
from portal.branches.operations import Refuse
from portal.infra import clock
from portal.kit import ParametreDeclare
from portal.kit.formulaire import Saisie, lire, lire_formulaire
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

CHEMIN = "/branches/{idcc:str}/parametres/{cle:str}"


def _declare(request: Request[Any, Any, Any], cle: str) -> ParametreDeclare:
    trouve = declares(request).get(cle)
    if trouve is None:
        raise Introuvable()
    return trouve


async def _page(
    request: Request[Any, Any, Any],
    idcc: str,
    code: str | None,
    declare: ParametreDeclare,
    saisie: Saisie,
    statut: int = 200,
) -> Response[Any]:
    jour = await clock.aujourd_hui()
    lignes = [
        {
            "valeur": dire_valeur(declare, v.valeur),
            "criteres": dire_criteres(declare, dict(v.criteres)),
            "portee": "Cette branche" if v.idcc else "Toutes les branches",
            "periode": dire_periode(v.du, v.au),
            "etat": v.etat(jour),
            "source": {
                "texte": v.source,
                "aide": f"Posée par {v.par}" if v.par else "Valeur de référence",
            },
        }
        for v in await queries.historique(declare.cle, code)
    ]
    return rendre(
        request,
        "branches/parametre.html",
        statut=statut,
        idcc=idcc,
        nom=referentiel.nom(code),
        declare=declare,
        lignes=lignes,
        saisie=saisie,
        erreurs_titre=statut == 422,
    )


@get(CHEMIN, droit=DROIT)
async def montrer(
    request: Request[Any, Any, Any], moi: Moi, idcc: FromPath[str], cle: FromPath[str]
) -> Response[Any]:
    """Values of a parameter for this branch and for all, with what is to come and what was."""
    code = await branche(moi, idcc)
    declare = _declare(request, cle)
    return await _page(request, idcc, code, declare, lire(modele_valeur(declare), {}))


@post(CHEMIN, droit=DROIT, status_code=200)
async def poser(
    request: Request[Any, Any, Any], moi: Moi, idcc: FromPath[str], cle: FromPath[str]
) -> Response[Any]:
    """Set a value from a day on."""
    code = await branche(moi, idcc)
    declare = _declare(request, cle)
    saisie = lire_formulaire(modele_valeur(declare), dict((await request.form()).items()))
    if saisie.complete:
        valides = saisie.valides
        try:
            await operations.poser(
                cle,
                valides["valeur"],
                valides["du"],
                valides["source"],
                acteur=moi,
                idcc=code,
                criteres=criteres_de(valides),
            )
        except Refuse as refus:
            saisie.refuser(refus.champ, refus.message)
    if saisie.erreurs:
        return await _page(request, idcc, code, declare, saisie, 422)
    return rediriger(
        request,
        f"/branches/{idcc}/parametres/{cle}",
        "Valeur enregistrée\u00a0: elle s’applique sans délai.",
    )

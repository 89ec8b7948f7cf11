"""Screens of the branch team: its branches, what is open to them, the values they set."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from portal.branches import queries, referentiel
from portal.branches.commun import DROIT, Dispositifs, branche, declares, parametres_par_groupe
from portal.infra import clock
from portal.infra.texte import plier
from portal.kit import Dispositif
from portal.web.identite import Moi
from portal.web.rendu import rendre


@get("/branches", droit=DROIT)
async def lister(
    request: Request[Any, Any, Any],
    moi: Moi,
    dispositifs: Dispositifs,
    q: FromQuery[str] = "",
) -> Response[Any]:
    """The OPCO's branches within reach, each with what is open to it today."""
    jour = await clock.aujourd_hui()
    ouverts = await queries.ouverts_par_branche(jour)
    connues = {c.idcc: c for c in referentiel.de_l_opco()}
    a_portee = await queries.branches_de(moi, connues)
    cherche = plier(q)
    lignes = [
        {
            "idcc": connues[idcc].idcc,
            "branche": {"texte": connues[idcc].nom, "url": f"/branches/{idcc}"},
            "dispositifs": ", ".join(
                sorted(dispositifs[c].libelle for c in ouverts.get(idcc, set()) if c in dispositifs)
            )
            or "Aucun",
        }
        for idcc in a_portee
        if cherche in plier(f"{idcc} {connues[idcc].libelle}")
    ]
    return rendre(
        request,
        "branches/liste.html",
        fragment="branches/_liste.html",
        lignes=lignes,
        q=q,
        toutes=await queries.a_portee(moi, None),
    )


@get("/branches/{idcc:str}", droit=DROIT)
async def montrer(
    request: Request[Any, Any, Any],
    moi: Moi,
    idcc: FromPath[str],
    dispositifs: Dispositifs,
) -> Response[Any]:
    """One branch: dispositifs with their openings, parameters with their values of today."""
    code = await branche(moi, idcc)
    jour = await clock.aujourd_hui()
    return rendre(
        request,
        "branches/branche.html",
        idcc=idcc,
        nom=referentiel.nom(code),
        libelle=referentiel.libelle(code),
        interprofession=code is None,
        dispositifs=await _dispositifs(code, dispositifs, jour) if code else [],
        groupes=await parametres_par_groupe(code, jour, declares(request), idcc),
        jour=jour,
    )


async def _dispositifs(
    idcc: str, dispositifs: dict[str, Dispositif], jour: Any
) -> list[dict[str, Any]]:
    """A row per dispositif: the opening of today, else the next one, else the last one."""
    toutes = await queries.ouvertures(idcc)
    lignes = []
    for code, dispositif in sorted(dispositifs.items(), key=lambda d: d[1].libelle):
        siennes = [o for o in toutes if o.dispositif == code]
        courante = next((o for o in siennes if o.etat(jour) == "Ouvert"), None)
        prochaine = next((o for o in reversed(siennes) if o.etat(jour) == "À venir"), None)
        montree = courante or prochaine or (siennes[0] if siennes else None)
        lignes.append(
            {
                "dispositif": dispositif.libelle,
                "url": f"/branches/{idcc}/dispositifs/{code}",
                "etat": montree.etat(jour) if montree else "Fermé",
                "du": montree.du if montree else None,
                "dernier": montree.dernier if montree else None,
            }
        )
    return lignes

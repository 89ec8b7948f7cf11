"""« Mes dossiers », and the header's search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get

from portal.dossiers import portee
from portal.dossiers import queries as dossiers
from portal.dossiers.recherche.queries import Filtres, compter, lister
from portal.dossiers.registre import DISPOSITIFS, libelle
from portal.dossiers.transitions import GROUPES, LIBELLES
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre

INTERNES = ",".join(dossiers.ROLES_LECTURE)
ETATS = LIBELLES | {code: mot for code, (mot, _) in GROUPES.items()}
PLAFOND = 200
"""Beyond it a list says « plus de 200 dossiers »: counting further costs more than it tells."""


@get("/dossiers", droit="dossiers.consulter", interne=INTERNES)
async def liste(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    filtres = Filtres.lire(request.query_params)
    a_portee = await portee.de(moi)
    page = await lister(moi, filtres, request.query_params.get("apres"), a_portee=a_portee)
    entiere = page.suivant is None and not request.query_params.get("apres")
    total = len(page.lignes)
    if not entiere:
        total = await compter(moi, filtres, PLAFOND, a_portee=a_portee)
    return rendre(
        request,
        "dossiers/liste.html",
        fragment="dossiers/_liste.html",
        lignes=[_ligne(li) for li in page.lignes],
        suivant=f"/dossiers?{filtres.en_url(apres=page.suivant)}" if page.suivant else None,
        premier=f"/dossiers?{filtres.en_url()}" if request.query_params.get("apres") else None,
        total=total,
        plafond=PLAFOND,
        filtres=filtres,
        du_faux="" if filtres.du else request.query_params.get("du", "").strip()[:20],
        puces=_puces(filtres),
        export=f"/dossiers/export?{filtres.en_url()}",
        etats=list(ETATS.items()),
        dispositifs=[(c, d.libelle) for c, d in DISPOSITIFS.items()],
        peut_creer=moi.a_le_droit("dossiers.saisir"),
    )


@get("/recherche", droit="connecte")
async def recherche(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """The header's search: dossiers by number, name, company; branches for who sets their rules."""
    cherche = Filtres.lire(request.query_params).en_url()
    lit = moi.a_le_droit("dossiers.consulter") or moi.roles & set(dossiers.ROLES_LECTURE)
    return rediriger(request, f"/dossiers?{cherche}" if lit else f"/branches?{cherche}")


def _ligne(li: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": f"/dossiers/{li['uid']}",
        "numero": li["numero"] or "Brouillon",
        "intitule": li["intitule"] or "Sans intitulé",
        "dispositif": libelle(li["dispositif"]),
        "entreprise": li["denomination"] or li["siren"],
        "debut": li["debut"],
        "personnes": li["nb_personnes"],
        "montant": li["accorde_centimes"]
        if li["accorde_centimes"] is not None
        else li["demande_centimes"],
        "etat": LIBELLES[li["etat"]],
    }


def _puces(filtres: Filtres) -> list[tuple[str, str]]:
    dites = {
        "q": f"Recherche\u00a0: {filtres.q}" if filtres.q else "",
        "etat": f"État\u00a0: {ETATS[filtres.etat]}" if filtres.etat else "",
        "dispositif": f"Dispositif\u00a0: {libelle(filtres.dispositif)}"
        if filtres.dispositif
        else "",
        "siren": f"SIREN\u00a0: {filtres.siren}" if filtres.siren else "",
        "du": f"Début à partir du {filtres.du:%d/%m/%Y}" if filtres.du else "",
        "au": f"Début jusqu’au {filtres.au:%d/%m/%Y}" if filtres.au else "",
    }
    sans: dict[str, Any] = {"du": None, "au": None}
    return [
        (texte, f"/dossiers?{replace(filtres, **{nom: sans.get(nom, '')}).en_url()}")
        for nom, texte in dites.items()
        if texte
    ]


GESTIONNAIRES = [liste, recherche]

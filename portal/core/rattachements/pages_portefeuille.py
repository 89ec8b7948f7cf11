"""« Mes entreprises »: for whoever acts for many, and to choose one whose lists to see."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery

from portal.core.rattachements import portefeuille
from portal.web.fournisseurs import Compte, Fournisseurs
from portal.web.identite import Moi
from portal.web.rendu import rendre

LISTES = {"dossiers": ("/dossiers", "dossiers.consulter"), "factures": ("/factures", "factures.consulter")}  # fmt: skip
"""Lists that can be kept to one company: where, and the right they need."""


@get("/mes-entreprises", droit="connecte")
async def mes_entreprises(
    request: Request[Any, Any, Any],
    moi: Moi,
    q: FromQuery[str] = "",
    liste: FromQuery[str] = "",
    apres: FromQuery[str] = "",
) -> Response[Any]:
    """A page of companies with what waits in each; `liste`: choose one for that list."""
    q = q.strip()[:100]
    liste = liste if liste in LISTES else ""
    page = await portefeuille.lister(moi, q, apres or None)
    fournisseurs: Fournisseurs = request.app.state.rendu.fournisseurs
    comptes = await fournisseurs.comptes_de(moi, sorted({e.siren for e in page.lignes}))
    for e in page.lignes:
        e.comptes = comptes.get((e.siren, e.profil), [])
        if e.demandes:
            e.comptes = [
                *e.comptes, Compte("Demandes d’accès", e.demandes, f"{e.racine}/utilisateurs"),
            ]  # fmt: skip
    suite = urlencode({cle: v for cle, v in (("q", q), ("liste", liste)) if v})
    base = f"/mes-entreprises{'?' + suite if suite else ''}"
    lien = f"{base}{'&' if suite else '?'}apres={page.suivant}"
    return rendre(
        request,
        "rattachements/mes_entreprises.html",
        fragment="rattachements/_mes_entreprises.html",
        page_de=page,
        q=q,
        liste=liste,
        listes=LISTES,
        suivant=lien if page.suivant else None,
        premier=base if apres else None,
    )


GESTIONNAIRES = [mes_entreprises]

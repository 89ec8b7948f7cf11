"""Look a company up: for people who fill a form, and for the OPCO's staff."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from portal.core.entreprises import annuaire, queries
from portal.web.rendu import rendre

Texte = Annotated[str, QueryParameter(max_length=200)]
Oui = Annotated[bool, QueryParameter()]


@get("/entreprises/recherche", droit="connecte")
async def recherche(
    request: Request[Any, Any, Any],
    q: Texte = "",
    identifiant: Texte = "",
    choisir: Annotated[bool, QueryParameter()] = False,
) -> Response[Any]:
    """A company by SIREN, SIRET, or name and postcode. `identifiant` is what a form's own field is
    called, so that htmx can send it as it is typed; `choisir`: the answer stands in that form."""
    saisi = q or identifiant
    return rendre(
        request,
        "entreprises/recherche.html",
        fragment="entreprises/_recherche.html",
        q=saisi,
        choisir=choisir,
        reponse=await annuaire.consulter(saisi),
    )


@get("/entreprises", droit="interne:conseiller,aef,gestionnaire,administrateur")
async def chercher(request: Request[Any, Any, Any], q: Texte = "") -> Response[Any]:
    """The staff's search; each company leads to its file."""
    return rendre(
        request,
        "entreprises/liste.html",
        fragment="entreprises/_liste.html",
        q=q,
        reponse=await queries.consulter(q),
    )


GESTIONNAIRES = [recherche, chercher]

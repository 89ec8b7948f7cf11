"""The product's application with two more routes: the list's ceilings.

`/banc/gabarit` renders the list's own template with rows kept in memory; `/banc/constante` answers
that page's bytes. Both go through every middleware; neither asks the database anything.
"""

from __future__ import annotations

import os
from typing import Any

from litestar import Request, Response, get

from portal.app import create_litestar, habiller
from portal.core.comptes.queries import personne_du_compte
from portal.dossiers.recherche import pages
from portal.settings import get_settings
from portal.web.identite import Personne
from portal.web.rendu import rendre

COMPTE = "BANC_COMPTE"


class Plafonds:
    """What the list rendered once: person, template, values, bytes."""

    moi: Personne | None = None
    gabarit = ""
    valeurs: dict[str, Any] = {}
    octets = b""

    @classmethod
    async def prendre(cls, request: Request[Any, Any, Any]) -> None:
        """Run the list's handler once, keeping what it hands to the template."""
        cls.moi = await personne_du_compte(int(os.environ[COMPTE]))
        assert cls.moi is not None
        request.scope["state"]["personne"] = cls.moi

        def retenir(requete: Any, gabarit: str, **valeurs: Any) -> Response[bytes]:
            cls.gabarit, cls.valeurs = gabarit, valeurs
            return rendre(requete, gabarit, **valeurs)

        setattr(pages, "rendre", retenir)  # noqa: B010
        try:
            reponse = await pages.liste.fn(request, cls.moi)
        finally:
            setattr(pages, "rendre", rendre)  # noqa: B010
        cls.octets = reponse.content


@get("/banc/gabarit", droit="public")
async def gabarit_seul(request: Request[Any, Any, Any]) -> Response[Any]:
    if Plafonds.moi is None:
        await Plafonds.prendre(request)
    request.scope["state"]["personne"] = Plafonds.moi
    return rendre(request, Plafonds.gabarit, **Plafonds.valeurs)


@get("/banc/constante", droit="public")
async def constante(request: Request[Any, Any, Any]) -> Response[Any]:
    if Plafonds.moi is None:
        await Plafonds.prendre(request)
    return Response(Plafonds.octets, media_type="text/html; charset=utf-8")


def application() -> Any:
    """What granian builds."""
    settings = get_settings()
    litestar = create_litestar(settings)
    litestar.register(gabarit_seul)
    litestar.register(constante)
    return habiller(litestar, settings)

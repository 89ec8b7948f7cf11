"""What comes in is text that the database can hold: no NUL, no lone surrogate, wherever it is from."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.types import Scope

from portal.infra.texte import enregistrable
from portal.web.erreurs import Introuvable


class RequeteNette(Request[Any, Any, Any]):
    """The application's requests: posted names and texts are cleaned as they are read."""

    async def form(self) -> FormMultiDict:
        """The posted form, in the order of the page (`multi_items` would shuffle it); files stay."""
        brut = await super().form()
        return FormMultiDict(
            [
                (enregistrable(nom), enregistrable(v) if isinstance(v, str) else v)
                for nom, v in brut.items()
            ]
        )


def exiger_adresse_nette(scope: Scope) -> None:
    """No page of the portal has a NUL in its address. Raises `Introuvable`."""
    if (
        "\x00" in scope["path"]
        or b"%00" in scope["query_string"]
        or b"\x00" in scope["query_string"]
    ):
        raise Introuvable()

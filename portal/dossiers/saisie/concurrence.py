"""Two pages on one step: the later one is told, unless all that happened since was its own doing.

Each step counts its changes. A page says which count it was drawn from (`_version`) and who it is
(`_page`, a random mark): its autosaves move the count on without making its own button stale.
Its button ends them: one that was still on its way would put an older answer back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from portal.web.erreurs import Conflit


def nouvelle_page() -> str:
    """The mark of a page being drawn."""
    return secrets.token_urlsafe(9)


def version(dossier: Mapping[str, Any], etape: str) -> int:
    """How often this step was changed."""
    return int(_etat(dossier, etape)["v"])


def exiger(
    dossier: Mapping[str, Any],
    etape: str,
    posee: int | None,
    page: str = "",
    *,
    bouton: bool = True,
) -> None:
    """Raises `Conflit` when another page changed the step since. No version given: no question.

    `bouton`: the whole step was sent; else one field, which comes too late after that.
    """
    etat = _etat(dossier, etape)
    if posee is None or posee == etat["v"]:
        return
    la_sienne = page and page == etat["page"] and posee >= etat["depuis"]
    if la_sienne and (bouton or posee >= etat["clos"]):
        return
    raise Conflit(
        "Cette étape a changé entre-temps",
        "Elle a été modifiée ailleurs depuis que vous avez ouvert cette page\u00a0: comparez, puis "
        "enregistrez ce que vous voulez garder.",
    )


def suivante(
    dossier: Mapping[str, Any], etape: str, page: str = "", *, bouton: bool = True
) -> dict[str, Any]:
    """The counts of all steps after one more change of this one by `page`."""
    etat = _etat(dossier, etape)
    meme = page and page == etat["page"]
    nouveau = {
        "v": etat["v"] + 1,
        "page": page[:40],
        "depuis": etat["depuis"] if meme else etat["v"],
        "clos": etat["v"] + 1 if bouton else etat["clos"],
    }
    return {**(dossier["versions"] or {}), etape: nouveau}


def _etat(dossier: Mapping[str, Any], etape: str) -> dict[str, Any]:
    return {
        "v": 0,
        "page": "",
        "depuis": 0,
        "clos": 0,
        **(dossier["versions"] or {}).get(etape, {}),
    }

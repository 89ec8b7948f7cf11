"""Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def tableau(entetes: Sequence[str], lignes: Iterable[Sequence[str]]) -> str:
    rangs = [list(entetes), ["---"] * len(entetes), *([*ligne] for ligne in lignes)]
    return "".join(f"| {' | '.join(_cellule(c) for c in rang)} |\n" for rang in rangs)


def code(texte: str) -> str:
    return f"`{texte}`"


def premiere_phrase(texte: str) -> str:
    """Up to the first full stop followed by a space or the end."""
    plat = " ".join(texte.split())
    fin = re.search(r"\.(\s|$)", plat)
    return plat[: fin.start()] if fin else plat


def _cellule(texte: str) -> str:
    return texte.replace("|", "\\|").replace("\n", " ")

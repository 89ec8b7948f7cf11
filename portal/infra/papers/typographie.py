"""What happens to each text of a paper's data: harmless, printable, with French spaces."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Blocks that the bundled fonts cover whole (checked against PDF/A, which forbids missing glyphs):
# Latin, Greek, Cyrillic, punctuation, currencies, mathematics, geometric shapes.
_HORS_POLICE = re.compile(
    "[^\n -~\u00a0-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u202f-\u2040\u2042\u2044-\u205e"
    "\u2070-\u20c0\u2116\u2122\u2126\u2190-\u21ff\u2200-\u22ff\u25a0-\u25ff]"
)
ABSENT = "\u25a1"

_MOIS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ESPACES = (
    (re.compile(rf"(\d|\b1er) ({_MOIS})\b"), "\\1\u00a0\\2"),
    (re.compile(r"(?<=\S) (?=[:»])"), "\u00a0"),
    (re.compile(r"(?<=\S) (?=[;!?])"), "\u202f"),
    (re.compile(r"« (?=\S)"), "«\u00a0"),
    (re.compile(r"(?<=\d) (?=[€%])"), "\u00a0"),
)


def soigner(donnees: Any) -> Any:
    """The same data with every text made printable and its spaces made French."""
    if isinstance(donnees, str):
        return _texte(donnees)
    if isinstance(donnees, dict):
        return {cle: soigner(valeur) for cle, valeur in donnees.items()}
    if isinstance(donnees, list | tuple):
        return [soigner(valeur) for valeur in donnees]
    if donnees is None or isinstance(donnees, bool | int):
        return donnees
    raise TypeError(f"un papier reçoit des textes déjà mis en forme, pas {type(donnees).__name__}")


def _texte(brut: str) -> str:
    texte = unicodedata.normalize("NFC", brut).replace("\r\n", "\n").replace("\t", " ")
    texte = "".join(c for c in texte if c == "\n" or unicodedata.category(c)[0] != "C")
    texte = _HORS_POLICE.sub(ABSENT, texte)
    for motif, remplacement in _ESPACES:
        texte = motif.sub(remplacement, texte)
    return texte

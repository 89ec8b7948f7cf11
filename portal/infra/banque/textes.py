"""Texts that every SEPA bank accepts: the Latin set of the European Payments Council."""

from __future__ import annotations

import re
import unicodedata

_REMPLACEMENTS = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l",
        "Ł": "L", "đ": "d", "Đ": "D", "’": "'", "‘": "'", "`": "'", "–": "-", "—": "-", "_": "-",
        "&": "+", "€": "EUR", "°": "o", "[": "(", "]": ")", "{": "(", "}": ")", ";": ",",
    }
)  # fmt: skip
_HORS_JEU = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_IDENTIFIANT = re.compile(r"[A-Za-z0-9\-?:().,'+]([A-Za-z0-9/\-?:().,'+]*[A-Za-z0-9\-?:().,'+])?")
LONGUEUR_IDENTIFIANT = 35


def latin(texte: str, longueur: int) -> str:
    """The text in the accepted set, accents dropped, at most `longueur` characters."""
    texte = unicodedata.normalize("NFKD", texte.translate(_REMPLACEMENTS))
    texte = "".join(c for c in texte if not unicodedata.combining(c))
    texte = _HORS_JEU.sub(" ", texte.translate(_REMPLACEMENTS))
    texte = re.sub("/{2,}", "/", " ".join(texte.split()))
    return texte[:longueur].strip(" /")


def est_identifiant(texte: str) -> bool:
    """Whether the bank will give this identifier back unchanged (35 characters at most)."""
    return (
        0 < len(texte) <= LONGUEUR_IDENTIFIANT
        and "//" not in texte
        and _IDENTIFIANT.fullmatch(texte) is not None
    )

"""Activation codes: how they are made, read as people type them, and how long they live. Pure.

Sixteen characters in four groups, of an alphabet where nothing looks like something else: fifteen
random ones (75 bits) and a check character, so that a slip of the finger is told from a guess.
"""

from __future__ import annotations

import calendar
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGUEUR = 16
GROUPE = 4
_SOSIES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_RANG = {c: rang for rang, c in enumerate(ALPHABET)}
_MODULE = len(ALPHABET)


class CodeMalForme(ValueError):
    """What was typed can't be a code; the message says why, in French."""


def nouveau() -> str:
    """A fresh code, in its canonical form."""
    corps = "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR - 1))
    return corps + controle(corps)


def controle(corps: str) -> str:
    """The check character: weights 1, 3, 5... are odd, hence invertible modulo 32, so one wrong
    character never passes."""
    somme = sum((2 * rang + 1) * _RANG[c] for rang, c in enumerate(corps))
    return ALPHABET[-somme % _MODULE]


def afficher(code: str) -> str:
    """« 7K2M-09XW-… », as printed on the letter."""
    return "-".join(code[i : i + GROUPE] for i in range(0, LONGUEUR, GROUPE))


def lire(saisi: str) -> str:
    """The canonical form of what was typed: spaces, hyphens, lower case, O for 0, I or L for 1."""
    net = "".join(c for c in saisi.upper() if not c.isspace() and c not in "-–—‐‑._")
    net = net.translate(_SOSIES)
    if len(net) != LONGUEUR:
        raise CodeMalForme(
            f"Le code comporte {LONGUEUR} caractères\u00a0; vous en avez saisi {len(net)}."
        )
    if any(c not in _RANG for c in net):
        raise CodeMalForme(
            "Le code ne comporte que des chiffres et des lettres sans accent. Recopiez-le depuis le courrier."
        )
    return net


def bien_recopie(code: str) -> bool:
    """Whether the check character agrees with the rest."""
    return controle(code[:-1]) == code[-1]


def ajouter_mois(jour: date, mois: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    rang = jour.month - 1 + mois
    annee, numero = jour.year + rang // 12, rang % 12 + 1
    return date(annee, numero, min(jour.day, calendar.monthrange(annee, numero)[1]))


@dataclass(frozen=True)
class Validite:
    """From the posting to the last valid day, so many calendar months after the receipt."""

    poste_le: date
    recu_le: date
    jusqu: date


def validite(poste_le: date, delai_postal: int, mois: int) -> Validite:
    recu = poste_le + timedelta(days=delai_postal)
    return Validite(poste_le, recu, ajouter_mois(recu, mois))

"""Passwords: what they must be, and argon2id done aside so that pages go on."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.settings import get_settings
from portal.web.erreurs import TropDeTentatives

LONGUEUR_MIN = 8
LONGUEUR_SOLIDE = 12
LONGUEUR_MAX = 200
COURANTS = Path(__file__).with_name("motdepasse_courants.txt")
PARTIE_LOCALE_MIN = 3
DISTINCTS_MIN = 3
RACINE_MAX = 40

_ORNEMENTS = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~€£§°²"
# « 1 » and « ! » stand for i or for l: both are tried.
_DEGUISEMENTS = tuple(
    str.maketrans("01!|345789@$€+", f"o{un}{un}{un}eastbgase" + "t") for un in "il"
)

# argon2 takes memory and a core: a few at a time, a short queue, then « come back in a moment ».
EN_PARALLELE = 3
EN_ATTENTE_MAX = 60

REGLE = (
    "8\u00a0caractères au moins, avec une majuscule, une minuscule, un chiffre et un caractère"
    " spécial."
)

_fils = ThreadPoolExecutor(EN_PARALLELE, thread_name_prefix="argon2")
_en_cours = 0

R = TypeVar("R")


def manques(mot_de_passe: str) -> list[str]:
    """Which parts of the rule are not met yet, as one says them."""
    absents = []
    if len(mot_de_passe) < LONGUEUR_MIN:
        absents.append(f"{LONGUEUR_MIN}\u00a0caractères au moins")
    if not any(c.isupper() for c in mot_de_passe):
        absents.append("une majuscule")
    if not any(c.islower() for c in mot_de_passe):
        absents.append("une minuscule")
    if not any(c.isdigit() for c in mot_de_passe):
        absents.append("un chiffre")
    if all(c.isalnum() for c in mot_de_passe):
        absents.append("un caractère spécial (par exemple !, ?, - ou €)")
    return absents


def critiquer(mot_de_passe: str, email: str) -> str | None:
    """Why this password can't be taken, or None."""
    if len(mot_de_passe) > LONGUEUR_MAX:
        return f"{LONGUEUR_MAX}\u00a0caractères au plus."
    if absents := manques(mot_de_passe):
        return f"Il manque\u00a0: {', '.join(absents)}."
    if est_courant(mot_de_passe):
        return "Ce mot de passe est trop courant\u00a0: il serait deviné. Choisissez-en un autre."
    locale = email.partition("@")[0].lower()
    if len(locale) >= PARTIE_LOCALE_MIN and locale in mot_de_passe.lower():
        return "Le mot de passe ne doit pas contenir le début de votre adresse e-mail."
    return None


@dataclass(frozen=True)
class Force:
    """What a password is worth, in a word and a sentence."""

    mot: str
    ton: str
    dit: str


def juger(mot_de_passe: str, email: str = "") -> Force | None:
    """While it is typed; None for nothing."""
    if not mot_de_passe:
        return None
    if critique := critiquer(mot_de_passe, email):
        return Force("Insuffisant", "attention", critique)
    if len(mot_de_passe) < LONGUEUR_SOLIDE:
        return Force("Suffisant", "succes", "Plus long, il résisterait mieux.")
    return Force("Solide", "succes", "Vous pouvez le garder.")


@lru_cache(maxsize=4)
def _courants(service: str) -> frozenset[str]:
    """The file's words, and those of the service's own name."""
    propres = {_lettres(mot) for mot in _plier(service).split()} | {_lettres(_plier(service))}
    return frozenset(COURANTS.read_text(encoding="utf-8").split()) | (propres - {""})


def est_courant(mot_de_passe: str) -> bool:
    """Whether it is a word that everybody tries first, in whatever disguise."""
    plie = _plier(mot_de_passe)
    if len(set(plie)) <= DISTINCTS_MIN:
        return True
    connus = _courants(get_settings().opco_nom)
    return any(_rebattu(racine, connus) for racine in racines(plie))


def _rebattu(racine: str, connus: frozenset[str]) -> bool:
    """A known word, that word again and again, or two of them."""
    if racine in connus or len(set(racine)) == 1:
        return True
    coupes = range(2, len(racine) - 1) if len(racine) <= RACINE_MAX else ()
    if any(racine[:n] in connus and racine[n:] in connus for n in coupes):
        return True
    return any(
        len(racine) % n == 0 and racine == racine[:n] * (len(racine) // n) and racine[:n] in connus
        for n in range(2, len(racine) // 2 + 1)
    )


def racines(plie: str) -> set[str]:
    """What is left of a folded password without its disguise: each way to read it."""
    debout = plie.rstrip(_ORNEMENTS)
    lectures = {plie, debout, debout.lstrip(_ORNEMENTS)}
    vues = {_lettres(lecture) for lecture in lectures}
    for lecture in lectures:
        vues |= {_lettres(lecture.translate(table)) for table in _DEGUISEMENTS}
    return vues - {""}


def _plier(texte: str) -> str:
    """Small letters, no accents, full-width and other shapes as plain ones."""
    decompose = unicodedata.normalize("NFKD", texte.lower())
    return "".join(c for c in decompose if not unicodedata.combining(c))


def _lettres(texte: str) -> str:
    return "".join(c for c in texte if c.isalpha())


def _hacheur() -> PasswordHasher:
    settings = get_settings()
    return _faire_hacheur(settings.argon2_time, settings.argon2_memory)


@lru_cache(maxsize=4)
def _faire_hacheur(temps: int, memoire: int) -> PasswordHasher:
    return PasswordHasher(time_cost=temps, memory_cost=memoire, parallelism=1)


@lru_cache(maxsize=4)
def _factice(temps: int, memoire: int) -> str:
    return _faire_hacheur(temps, memoire).hash("personne")


def _normaliser(mot_de_passe: str) -> str:
    return unicodedata.normalize("NFC", mot_de_passe)


def hacher_ici(mot_de_passe: str) -> str:
    """Hash in the calling thread: for scripts and demonstration data."""
    return _hacheur().hash(_normaliser(mot_de_passe))


def verifier_ici(empreinte: str, mot_de_passe: str) -> bool:
    """Verify in the calling thread."""
    try:
        return _hacheur().verify(empreinte, _normaliser(mot_de_passe))
    except (VerificationError, InvalidHashError):
        return False


async def hacher(mot_de_passe: str) -> str:
    """argon2id of a password, with its parameters and salt."""
    return await _a_cote(hacher_ici, mot_de_passe)


async def verifier(empreinte: str | None, mot_de_passe: str) -> bool:
    """Whether it is the password. Without a hash (no account) the same work, then no."""
    settings = get_settings()
    factice = _factice(settings.argon2_time, settings.argon2_memory)
    return await _a_cote(verifier_ici, empreinte or factice, mot_de_passe) and empreinte is not None


def a_rehacher(empreinte: str) -> bool:
    """Whether today's parameters ask for a new hash."""
    return _hacheur().check_needs_rehash(empreinte)


async def _a_cote(fonction: Callable[..., R], *args: str) -> R:
    global _en_cours
    if _en_cours >= EN_ATTENTE_MAX:
        raise TropDeTentatives(
            "Beaucoup de personnes se connectent en ce moment. Recommencez dans quelques secondes.",
            5,
        )
    _en_cours += 1
    try:
        boucle = asyncio.get_running_loop()
        return await boucle.run_in_executor(_fils, fonction, *args)
    finally:
        _en_cours -= 1

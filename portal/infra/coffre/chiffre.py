"""Encryption with rotating keys (AES-256-GCM) and keyed fingerprints. Pure: no I/O, no table.

The master keys come from the settings as `id:base64,id:base64`; the first encrypts, all decrypt.
From each master key HKDF derives one key per use, so that no key serves two purposes. A sealed
blob says by itself which key opens it: length of the id, id, nonce, ciphertext and tag.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TAILLE_CLE = 32
TAILLE_NONCE = 12


class CleInvalide(ValueError):
    """The secret key of the settings is missing or malformed (its value is never shown)."""


class Illisible(ValueError):
    """The blob can't be opened: altered, moved to another context, or its key is gone."""


@dataclass(frozen=True, repr=False)
class Cle:
    """One master key and its public name."""

    id: str
    valeur: bytes

    def __repr__(self) -> str:
        return f"Cle({self.id!r})"


@lru_cache(maxsize=8)
def lire_cles(texte: str) -> tuple[Cle, ...]:
    """Read the setting; a lone base64 key is named « 1 »."""
    cles = tuple(_lire_cle(part.strip()) for part in texte.split(",") if part.strip())
    if not cles:
        raise CleInvalide("PORTAL_SECRET_KEY est vide")
    if len({cle.id for cle in cles}) != len(cles):
        raise CleInvalide("PORTAL_SECRET_KEY nomme deux fois la même clé")
    return cles


def _lire_cle(partie: str) -> Cle:
    identifiant, separateur, valeur = partie.rpartition(":")
    identifiant = identifiant if separateur else "1"
    if not (identifiant.isascii() and identifiant.isalnum() and len(identifiant) <= 16):
        raise CleInvalide("PORTAL_SECRET_KEY : le nom d’une clé a 1 à 16 lettres ou chiffres")
    try:
        octets = base64.b64decode(valeur, altchars=b"-_" if _est_url(valeur) else None)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != TAILLE_CLE:
        raise CleInvalide(
            f"PORTAL_SECRET_KEY : la clé « {identifiant} » n’a pas 32 octets en base64"
        )
    return Cle(identifiant, octets)


def _est_url(valeur: str) -> bool:
    return "-" in valeur or "_" in valeur


@lru_cache(maxsize=64)
def _deriver(maitre: bytes, usage: str) -> bytes:
    return HKDF(SHA256(), TAILLE_CLE, salt=None, info=f"portal/{usage}".encode()).derive(maitre)


def sceller(cles: tuple[Cle, ...], clair: bytes, contexte: str = "") -> bytes:
    """Encrypt with the first key; `contexte` must be the same again to open."""
    nom = cles[0].id.encode()
    nonce = os.urandom(TAILLE_NONCE)
    aes = AESGCM(_deriver(cles[0].valeur, "chiffrement"))
    return bytes([len(nom)]) + nom + nonce + aes.encrypt(nonce, clair, contexte.encode())


def ouvrir(cles: tuple[Cle, ...], scelle: bytes, contexte: str = "") -> bytes:
    """Decrypt with the key that the blob names, or raise `Illisible`."""
    nom = cle_de(scelle)
    cle = next((c for c in cles if c.id == nom), None)
    if cle is None:
        raise Illisible(f"la clé « {nom} » n’est pas dans PORTAL_SECRET_KEY")
    debut = 1 + len(nom)
    nonce, corps = scelle[debut : debut + TAILLE_NONCE], scelle[debut + TAILLE_NONCE :]
    try:
        aes = AESGCM(_deriver(cle.valeur, "chiffrement"))
        return aes.decrypt(nonce, corps, contexte.encode())
    except (InvalidTag, ValueError) as erreur:
        raise Illisible("donnée chiffrée altérée ou déplacée") from erreur


def cle_de(scelle: bytes) -> str:
    """Name of the key that sealed this blob."""
    nom = scelle[1 : 1 + scelle[0]] if scelle else b""
    return nom.decode("ascii", errors="replace")


def empreinte(cle: Cle, usage: str, valeur: bytes) -> bytes:
    """Keyed hash (HMAC-SHA256) with a key of its own for each use."""
    return hmac.new(_deriver(cle.valeur, f"empreinte/{usage}"), valeur, hashlib.sha256).digest()


def nouvelle_cle() -> str:
    """A fresh random key, in base64."""
    return base64.b64encode(os.urandom(TAILLE_CLE)).decode()

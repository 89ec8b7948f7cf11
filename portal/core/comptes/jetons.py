"""Random tokens and codes; the database keeps their hashes only."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from portal.infra import coffre

CHIFFRES = 6


def nouveau_jeton() -> str:
    """A fresh token of 32 random bytes, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def condenser(jeton: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(jeton.encode()).digest()


def nouveau_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**CHIFFRES):0{CHIFFRES}d}"


def empreinte_code(lien: object, code: str) -> bytes:
    """Keyed hash of a code, bound to its request: six digits alone would be guessed from a dump."""
    return coffre.empreinte("code", f"{lien}{code}")


def code_juste(lien: object, code: str, attendu: bytes | None) -> bool:
    """Constant-time comparison, the same work when there is no code to find."""
    candidates = coffre.empreintes("code", f"{lien}{code}")
    cible = bytes(attendu) if attendu is not None else bytes(32)
    justes = [hmac.compare_digest(candidate, cible) for candidate in candidates]
    return any(justes) and attendu is not None

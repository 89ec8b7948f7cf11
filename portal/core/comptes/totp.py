"""Six digits that change every thirty seconds (RFC 6238): secrets, codes, the picture to scan."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Literal

import pyotp
import segno

from portal.settings import get_settings

PAS = 30
MARGE = 1
"""Steps accepted before and after the present one: clocks of telephones are not exact."""

Issue = Literal["juste", "faux", "deja"]


def nouveau_secret() -> str:
    """160 bits, in base32 as applications want them."""
    return pyotp.random_base32()


def pas_de(quand: datetime) -> int:
    return int(quand.timestamp()) // PAS


def code_du_pas(secret: str, pas: int) -> str:
    return pyotp.TOTP(secret).generate_otp(pas)


def examiner(
    secret: str, code: str, quand: datetime, dernier: int | None
) -> tuple[Issue, int | None]:
    """(outcome, step): a right code of a step that has served, or of an earlier one, is « deja »."""
    present = pas_de(quand)
    trouves = [
        pas
        for pas in range(present - MARGE, present + MARGE + 1)
        if hmac.compare_digest(code_du_pas(secret, pas).encode(), code.encode())
    ]
    if not trouves:
        return "faux", None
    nouveaux = [pas for pas in trouves if dernier is None or pas > dernier]
    return ("juste", max(nouveaux)) if nouveaux else ("deja", None)


def adresse(secret: str, email: str) -> str:
    """What the picture says to an application."""
    emetteur = f"Mon Espace {get_settings().opco_nom}"
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=emetteur)


def image(secret: str, email: str) -> str:
    """The picture to scan, as a data: address for an `img`; white paper in dark mode too."""
    return str(segno.make(adresse(secret, email), error="m").svg_data_uri(scale=5, light="white"))


def en_groupes(secret: str) -> str:
    """The secret as one types it: groups of four."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))

"""Recovery codes: ten, shown once, each good once; the database keeps slow hashes.

No key enters into them: they outlive the rotation of keys.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from portal.infra import clock
from portal.infra.base import executer, sql1, valeur

NOMBRE = 10
LETTRES = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letter that reads like a digit or another letter; ten of them are 49 bits."""

COUT = 2**12
"""With 49 bits to guess and a few milliseconds a try, a stolen table tells no code."""

_MOITIE = 5


def _condenser(compte: int, codes: list[str]) -> list[bytes]:
    sel = f"secours/{compte}".encode()
    return [hashlib.scrypt(code.encode(), salt=sel, n=COUT, r=8, p=1, dklen=32) for code in codes]


def _nouveau() -> str:
    tirage = "".join(secrets.choice(LETTRES) for _ in range(2 * _MOITIE))
    return f"{tirage[:_MOITIE]}-{tirage[_MOITIE:]}"


async def renouveler(compte: int) -> list[str]:
    """Ten new codes in place of the former ones; the only time that they can be read."""
    codes = [_nouveau() for _ in range(NOMBRE)]
    quand = clock.instant()
    await executer("delete from code_secours where compte = $1", compte)
    for empreinte in await asyncio.to_thread(_condenser, compte, codes):
        await executer(
            "insert into code_secours (compte, empreinte, cree_le) values ($1, $2, $3)",
            compte,
            empreinte,
            quand,
        )
    return codes


async def depenser(compte: int, code: str) -> bool:
    """Use a code up; False when it isn't one of hers, or has served."""
    (empreinte,) = await asyncio.to_thread(_condenser, compte, [code])
    ligne = await sql1(
        "update code_secours set utilise_le = $3"
        " where compte = $1 and empreinte = $2 and utilise_le is null returning id",
        compte,
        empreinte,
        clock.instant(),
    )
    return ligne is not None


async def restants(compte: int) -> int:
    return int(
        await valeur(
            "select count(*) from code_secours where compte = $1 and utilise_le is null", compte
        )
    )


async def effacer(compte: int) -> None:
    await executer("delete from code_secours where compte = $1", compte)

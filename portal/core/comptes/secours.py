"""Recovery codes: ten, shown once, each good once; the database keeps keyed hashes."""

from __future__ import annotations

import secrets

from portal.infra import clock, coffre
from portal.infra.base import executer, sql1, valeur

NOMBRE = 10
LETTRES = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letter that reads like a digit or another letter; ten of them are 49 bits."""

_MOITIE = 5


def _nouveau() -> str:
    tirage = "".join(secrets.choice(LETTRES) for _ in range(2 * _MOITIE))
    return f"{tirage[:_MOITIE]}-{tirage[_MOITIE:]}"


async def renouveler(compte: int) -> list[str]:
    """Ten new codes in place of the former ones; the only time that they can be read."""
    codes = [_nouveau() for _ in range(NOMBRE)]
    quand = clock.instant()
    await executer("delete from code_secours where compte = $1", compte)
    for code in codes:
        await executer(
            "insert into code_secours (compte, empreinte, cree_le) values ($1, $2, $3)",
            compte,
            coffre.empreinte("secours", f"{compte}{code}"),
            quand,
        )
    return codes


async def depenser(compte: int, code: str) -> bool:
    """Use a code up; False when it isn't one of hers, or has served."""
    ligne = await sql1(
        "update code_secours set utilise_le = $3"
        " where compte = $1 and empreinte = any($2::bytea[]) and utilise_le is null returning id",
        compte,
        coffre.empreintes("secours", f"{compte}{code}"),
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

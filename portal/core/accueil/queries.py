"""What the home page must know of a person beside what its providers say."""

from __future__ import annotations

from dataclasses import dataclass

from portal.infra.base import sql1


@dataclass(frozen=True)
class Attaches:
    """How many companies somebody belongs to, and how many requests wait for an answer."""

    actifs: int
    en_attente: int


async def attaches(compte: int) -> Attaches:
    ligne = await sql1(
        "select count(*) filter (where etat = 'actif') as actifs,"
        " count(*) filter (where etat = 'en_attente') as en_attente"
        " from rattachement where compte = $1",
        compte,
    )
    assert ligne is not None
    return Attaches(ligne["actifs"], ligne["en_attente"])

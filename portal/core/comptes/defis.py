"""What a session has been asked and has to answer: kept here, sealed, taken once, for minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from portal.infra import clock, coffre
from portal.infra.base import executer, sql1

Genre = Literal["totp", "enroler", "verifier"]
DUREES: dict[str, timedelta] = {
    "totp": timedelta(minutes=15),
    "enroler": timedelta(minutes=5),
    "verifier": timedelta(minutes=5),
}


async def poser(session: int, genre: Genre, valeur: bytes) -> None:
    """Ask; what was asked before of this kind no longer counts."""
    quand = clock.instant()
    await executer(
        "insert into defi (session, genre, valeur, cree_le, expire_le) values ($1, $2, $3, $4, $5)"
        " on conflict (session, genre) do update set valeur = excluded.valeur,"
        " cree_le = excluded.cree_le, expire_le = excluded.expire_le",
        session,
        genre,
        coffre.chiffrer(valeur, _contexte(session, genre)),
        quand,
        quand + DUREES[genre],
    )


async def lire(session: int, genre: Genre) -> bytes | None:
    """What is asked, without taking it."""
    ligne = await sql1(
        "select valeur from defi where session = $1 and genre = $2 and expire_le > $3",
        session,
        genre,
        clock.instant(),
    )
    return _ouvrir(ligne, session, genre)


async def prendre(session: int, genre: Genre) -> bytes | None:
    """What is asked; it can't be answered a second time."""
    ligne = await sql1(
        "delete from defi where session = $1 and genre = $2 returning valeur, expire_le",
        session,
        genre,
    )
    if ligne is None or ligne["expire_le"] <= clock.instant():
        return None
    return _ouvrir(ligne, session, genre)


def _ouvrir(ligne: dict[str, bytes] | None, session: int, genre: str) -> bytes | None:
    if ligne is None:
        return None
    return coffre.dechiffrer(bytes(ligne["valeur"]), _contexte(session, genre))


def _contexte(session: int, genre: str) -> str:
    return f"defi/{session}/{genre}"

"""One import at a time, and a row that tells when it ran and what it did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from portal.core.entreprises.registre.bilan import Bilan
from portal.core.entreprises.registre.lecture import FichierIllisible
from portal.infra import clock
from portal.infra.base import engine, executer, valeur

VERROU = 7411


@asynccontextmanager
async def passage(nom: str, fichier: str, bilan: Bilan) -> AsyncIterator[None]:
    """Refuse a second import of the same kind that is running; note the beginning and the end.

    The lock is that of a connection of its own: killed at any moment, nothing stays shut.
    """
    connexion = await engine.get_new_connection()
    try:
        if not await connexion.fetchval(
            "select pg_try_advisory_lock($1, hashtext($2))", VERROU, nom
        ):
            raise FichierIllisible(
                "Un import de ce registre est déjà en cours. Attendez qu’il se termine."
            )
        debut = clock.instant()
        yield
        await executer(
            "insert into import_registre (nom, fichier, debut, fin, lignes, ajouts, modifications,"
            " rejets) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            nom, fichier, debut, clock.instant(), bilan.lignes, bilan.ajouts, bilan.modifications,
            bilan.rejets,
        )  # fmt: skip
    finally:
        await connexion.close()


async def dernier(nom: str = "sirene") -> datetime | None:
    """When the register was last read to its end."""
    fin: datetime | None = await valeur("select max(fin) from import_registre where nom = $1", nom)
    return fin

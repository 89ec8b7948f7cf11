"""The database: one engine, one pool a process, transactions that join, SQL with `$1` parameters.

`jsonb` comes back as Python objects; a `str` given for a `jsonb` parameter is taken as JSON text.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine

from portal.settings import get_settings

os.environ.setdefault("PICCOLO_CONF", "portal.piccolo_conf")  # where Piccolo looks for the engine

DELAI_REQUETE = 30.0
"""Seconds after which a statement is given up."""

DELAI_FERMETURE = 5.0


class _SansReinit(asyncpg.Connection):
    """Nothing of ours changes a session's state: the reset round trip at release is spared."""

    def get_reset_query(self) -> str:
        return ""


class _EnCours:
    """What Piccolo looks for in a current transaction: its connection."""

    def __init__(self, connection: PoolConnectionProxy) -> None:
        self.connection = connection


def _encoder(valeur: Any) -> str:
    return (
        valeur if isinstance(valeur, str) else json.dumps(valeur, ensure_ascii=False, default=str)
    )


async def _preparer(connexion: asyncpg.Connection) -> None:
    for genre in ("json", "jsonb"):
        await connexion.set_type_codec(
            genre, encoder=_encoder, decoder=json.loads, schema="pg_catalog"
        )


class Moteur(PostgresEngine):
    """Piccolo's engine, whose configuration is read from the settings when first needed."""

    def __init__(self) -> None:
        super().__init__(config={})

    async def check_version(self) -> None:
        """Importing the engine connects to nothing."""

    async def prep_database(self) -> None:
        """No extension is used."""

    async def get_new_connection(self) -> asyncpg.Connection:
        connexion = await asyncpg.connect(_dsn(), command_timeout=DELAI_REQUETE)
        await _preparer(connexion)
        return connexion


engine = Moteur()


def _dsn() -> str:
    dsn = get_settings().database_url
    if not dsn:
        raise RuntimeError("PORTAL_DATABASE_URL n’est pas réglé.")
    return dsn


async def ouvrir_pool(taille: int = 10) -> None:
    """Open the process's pool; without it each query would open a connection of its own."""
    if engine.pool is None:
        engine.pool = await asyncpg.create_pool(
            _dsn(),
            min_size=1,
            max_size=taille,
            connection_class=_SansReinit,
            init=_preparer,
            command_timeout=DELAI_REQUETE,
            timeout=10,
        )
    if engine.pool is None:
        raise RuntimeError("La réserve de connexions n’a pas pu être ouverte.")


async def fermer_pool() -> None:
    """Close the pool, also when the database is gone already."""
    pool, engine.pool = engine.pool, None
    if pool is None:
        return
    try:
        await asyncio.wait_for(pool.close(), DELAI_FERMETURE)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pool.terminate()


@asynccontextmanager
async def _connexion() -> AsyncIterator[Any]:
    """The current transaction's connection, else one of the pool (or a new one without a pool).

    Raises `ConnectionError` when none can be had, whatever the system calls it (a socket's file
    that is gone, a host without route).
    """
    courante = engine.current_transaction.get()
    if courante is not None:
        yield courante.connection
        return
    async with AsyncExitStack() as pile:
        try:
            if engine.pool is not None:
                connexion = await pile.enter_async_context(engine.pool.acquire())
            else:
                connexion = await engine.get_new_connection()
                pile.push_async_callback(connexion.close)
        except OSError as erreur:
            raise ConnectionError("la base de données ne répond pas") from erreur
        yield connexion


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing. Inside another one it joins it; the outermost commits."""
    if engine.current_transaction.get() is not None:
        yield
        return
    async with _connexion() as connexion:
        async with connexion.transaction():
            jeton = engine.current_transaction.set(_EnCours(connexion))  # type: ignore[arg-type]
            try:
                yield
            finally:
                engine.current_transaction.reset(jeton)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """An inner all-or-nothing whose error may be caught without losing the outer transaction."""
    courante = engine.current_transaction.get()
    if courante is None:
        raise RuntimeError("savepoint() hors d’une transaction")
    async with courante.connection.transaction():
        yield


def en_transaction() -> bool:
    return engine.current_transaction.get() is not None


async def sql(requete: str, *parametres: Any) -> list[dict[str, Any]]:
    """Rows as dicts. Parameters are `$1`, `$2`..."""
    async with _connexion() as connexion:
        return [dict(ligne) for ligne in await connexion.fetch(requete, *parametres)]


async def sql1(requete: str, *parametres: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    async with _connexion() as connexion:
        ligne = await connexion.fetchrow(requete, *parametres)
        return dict(ligne) if ligne is not None else None


async def valeur(requete: str, *parametres: Any) -> Any:
    """First column of the first row, or None."""
    async with _connexion() as connexion:
        return await connexion.fetchval(requete, *parametres)


async def executer(requete: str, *parametres: Any) -> int:
    """Run a statement; the number of rows it touched. Several statements only without parameters."""
    async with _connexion() as connexion:
        statut: str = await connexion.execute(requete, *parametres)
    dernier = statut.rpartition(" ")[2]
    return int(dernier) if dernier.isdigit() else 0


async def executer_plusieurs(requete: str, lignes: list[tuple[Any, ...]]) -> None:
    """The same statement for many rows."""
    async with _connexion() as connexion:
        await connexion.executemany(requete, lignes)


async def parcourir(
    requete: str, *parametres: Any, lot: int = 500
) -> AsyncIterator[dict[str, Any]]:
    """Rows one by one through a server-side cursor: constant memory. Opens a transaction."""
    async with transaction():
        courante = engine.current_transaction.get()
        assert courante is not None
        async for ligne in courante.connection.cursor(requete, *parametres, prefetch=lot):
            yield dict(ligne)

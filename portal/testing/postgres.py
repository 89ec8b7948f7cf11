"""One PostgreSQL a pytest run; each worker clones a migrated template."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from portal.infra.postgres import PostgresEmbarque

SOCKET = "PORTAL_ESSAIS_SOCKET"
MODELE = "modele"


class ServeurEssais:
    """Started by the pytest controller; workers find it by the environment."""

    def __init__(self) -> None:
        self.racine = Path(tempfile.mkdtemp(prefix="me-essais-"))
        self.racine.chmod(0o755)
        self.postgres = PostgresEmbarque(self.racine / "pg", rapide=True, connexions=200)

    def demarrer(self) -> None:
        """Start it and prepare the template; nothing is left running when that fails."""
        try:
            self._preparer()
        except BaseException:
            self.arreter()
            raise

    def _preparer(self) -> None:
        self.postgres.demarrer()
        os.environ[SOCKET] = str(self.postgres.socket)
        self.postgres.psql("postgres", f"create database {MODELE}")
        viser(MODELE)
        asyncio.run(_preparer_modele())
        self.postgres.psql(
            "postgres", f"alter database {MODELE} with allow_connections false is_template true"
        )

    def arreter(self) -> None:
        self.postgres.arreter()
        shutil.rmtree(self.racine, ignore_errors=True)


def dsn(base: str) -> str:
    return f"postgresql://portal@/{base}?host={os.environ[SOCKET]}"


def viser(base: str) -> None:
    """Point the settings of this process at a database of the server."""
    from portal.settings import get_settings

    os.environ["PORTAL_DATABASE_URL"] = dsn(base)
    get_settings.cache_clear()


def cloner(nom: str) -> None:
    """A fresh copy of the template."""
    asyncio.run(_cloner(nom))


async def cloner_async(nom: str) -> None:
    await _cloner(nom)


async def _cloner(nom: str) -> None:
    import asyncpg

    connexion = await asyncpg.connect(dsn("postgres"))
    try:
        await connexion.execute(f'drop database if exists "{nom}" with (force)')
        for essai in range(20):
            try:
                await connexion.execute(
                    f'create database "{nom}" template {MODELE} strategy file_copy'
                )
                return
            except asyncpg.ObjectInUseError:
                await asyncio.sleep(0.05 * (essai + 1))
        raise RuntimeError("la base modèle reste occupée")
    finally:
        await connexion.close()


async def supprimer(nom: str) -> None:
    import asyncpg

    connexion = await asyncpg.connect(dsn("postgres"))
    try:
        await connexion.execute(f'drop database if exists "{nom}" with (force)')
    finally:
        await connexion.close()


async def _preparer_modele() -> None:
    from portal import chemins, loader
    from portal.apps import noms_des_apps
    from portal.infra.migrations import migrer

    plugins = loader.charger(chemins.PLUGINS, points_entree=False)
    bilan = await migrer(noms_des_apps(), plugins.tables())
    if bilan.echecs:
        raise RuntimeError(f"migrations de plugins en échec : {bilan.echecs}")
    if importlib.util.find_spec("portal.branches.semis") is None:
        return
    from portal.branches.semis import semer_plugins

    await semer_plugins(plugins)

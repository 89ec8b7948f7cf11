"""What every command needs: settings, a database that answers, plugins; failures as sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from portal.settings import ReglageInvalide, get_settings


class BaseMuette(Exception):
    """The database does not answer."""


class Commandes(click.Group):
    """What an installation lacks is one sentence, never a traceback."""

    def invoke(self, contexte: click.Context) -> Any:
        try:
            return super().invoke(contexte)
        except (ReglageInvalide, BaseMuette) as erreur:
            raise click.ClickException(str(erreur)) from erreur


def courir(tache: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end."""
    return asyncio.run(tache)


async def avec_base(tache: Coroutine[Any, Any, Any]) -> Any:
    """Await it with a pool open; no database is one sentence."""
    import asyncpg

    from portal.infra import base

    try:
        exiger_base()
        await base.ouvrir_pool(taille=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, ReglageInvalide) as erreur:
        tache.close()
        if isinstance(erreur, ReglageInvalide):
            raise
        raise BaseMuette(f"La base de données ne répond pas\u00a0: {erreur}") from erreur
    try:
        return await tache
    finally:
        await base.fermer_pool()


def exiger_base() -> None:
    if not get_settings().database_url:
        raise ReglageInvalide("Réglez PORTAL_DATABASE_URL, l’adresse de PostgreSQL.")


def charger_plugins() -> Any:
    """The plugins of the installation."""
    from portal import chemins, loader

    return loader.charger(get_settings().plugins_dir or chemins.PLUGINS)


def rejoindre_demonstration(dossier: Path | None) -> None:
    """Without a database in the settings, the demonstration that runs in the data folder is meant."""
    from portal.demo import adresse

    if dossier is None and get_settings().database_url:
        return
    if not adresse.rejoindre(dossier or get_settings().data_dir) and dossier is not None:
        raise ReglageInvalide(f"Aucune démonstration n’est en marche dans {dossier}.")


def exiger_reglages() -> None:
    """Refuse what would be unsafe or unreadable."""
    from portal.infra.coffre.chiffre import CleInvalide, lire_cles

    settings = get_settings()
    settings.verifier()
    try:
        lire_cles(settings.secret_key)
    except CleInvalide as erreur:
        raise ReglageInvalide(f"{erreur}.") from erreur


def cabler(plugins: Any) -> Any:
    """Wire the rooms: who is told of what, which accounts are debited."""
    from portal.app import create_litestar

    return create_litestar(get_settings(), plugins)

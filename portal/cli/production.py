"""Running and looking after an installation: serve, worker, migrate, doctor, role, rotate-keys."""

from __future__ import annotations

import sys
from typing import Any

import click

from portal.cli.commun import BaseMuette, avec_base, charger_plugins, courir, exiger_reglages
from portal.settings import ReglageInvalide, SansCle, get_settings, nouvelle_cle


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--parent", is_flag=True, hidden=True, help="Finir quand l’entrée standard se ferme.")
def serve(host: str, port: int, parent: bool) -> None:
    """Servir les pages (plusieurs processus)."""
    from portal import serveur

    exiger_reglages()
    serveur.servir(host, port, get_settings().workers, finir_avec_parent=parent)


@click.command()
@click.option("--parent", is_flag=True, hidden=True)
def worker(parent: bool) -> None:
    """Exécuter les tâches de fond. Autant de processus qu’on veut."""
    from portal import serveur

    exiger_reglages()
    serveur.travailler(finir_avec_parent=parent)


@click.command()
def migrate() -> None:
    """Mettre la base à jour : migrations, puis valeurs de référence."""
    from portal.apps import noms_des_apps
    from portal.branches.semis import semer_plugins
    from portal.infra import clock
    from portal.infra.migrations import migrer

    plugins = charger_plugins()

    async def tout() -> Any:
        bilan = await migrer(noms_des_apps(), plugins.tables())
        await clock.remettre_hors_demo()
        await semer_plugins(plugins)
        return bilan

    bilan = courir(avec_base(tout()))
    for nom in bilan.appliquees:
        click.echo(f"appliquée : {nom}")
    for nom, raison in bilan.echecs.items():
        click.echo(f"plugin {nom} : {raison}", err=True)
    click.echo("La base est à jour." if not bilan.echecs else "Des plugins sont à réparer.")
    sys.exit(1 if bilan.echecs else 0)


@click.command()
def doctor() -> None:
    """Dire ce qui ne va pas dans cette installation."""
    from portal.app import create_litestar
    from portal.branches.docteur import examiner, situation

    async def tout() -> tuple[list[str], list[str]]:
        return await examiner(plugins), await situation()

    a_savoir: list[str] = []
    try:
        exiger_reglages()
        plugins = charger_plugins()
        create_litestar(get_settings(), plugins)
        constats, a_savoir = courir(avec_base(tout()))
    except (ReglageInvalide, BaseMuette) as erreur:
        constats = [str(erreur)]
        if isinstance(erreur, SansCle):
            constats += [f"Une clé toute neuve, à garder secrète\u00a0: {nouvelle_cle()}"]
    for constat in constats:
        click.echo(f"- {constat}")
    for fait in a_savoir:
        click.echo(fait)
    if not constats:
        click.echo("Tout va bien.")
    sys.exit(1 if constats else 0)


@click.command()
@click.argument("courriel")
@click.argument("role")
@click.option("--idcc", default=None, help="Borner à une branche.")
@click.option("--region", default=None, help="Borner à une région.")
@click.option("--remove", "retirer", is_flag=True, help="Retirer ce rôle au lieu de le donner.")
def role(courriel: str, role: str, idcc: str | None, region: str | None, retirer: bool) -> None:
    """Donner un rôle interne à une personne qui a créé son compte."""
    from portal.core.comptes import commandes

    click.echo(courir(avec_base(commandes.changer_role(courriel, role, idcc, region, retirer))))


@click.command("second-factor")
@click.argument("courriel")
@click.option("--reset", "confirme", is_flag=True, required=True, help="Retirer tous ses moyens.")
def second_factor(courriel: str, confirme: bool) -> None:
    """Réinitialiser la vérification en deux étapes d’une personne qui a tout perdu."""
    from portal.core.comptes import commandes

    click.echo(courir(avec_base(commandes.reinitialiser_facteurs(courriel))))


@click.command("rotate-keys")
def rotate_keys() -> None:
    """Rechiffrer secrets et fichiers de virements avec la première clé de PORTAL_SECRET_KEY."""
    from portal.infra import base, coffre
    from portal.reglements.validation import resceller

    exiger_reglages()

    async def tout() -> int:
        total = 0
        while True:
            async with base.transaction():
                lot = await coffre.tourner()
            if not lot:
                await resceller()
                return total
            total += lot

    nombre = courir(avec_base(tout()))
    s = "s" if nombre > 1 else ""
    click.echo(
        f"{nombre} secret{s} rechiffré{s}." if nombre else "Tous les secrets ont la première clé."
    )

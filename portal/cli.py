"""The `portal` command. Each command's body lies in its room; here only words and exit codes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal.settings import ReglageInvalide, SansCle, get_settings, nouvelle_cle


class BaseMuette(Exception):
    """The database does not answer."""


class _Commandes(click.Group):
    """What an installation lacks is one sentence, never a traceback."""

    def invoke(self, contexte: click.Context) -> Any:
        try:
            return super().invoke(contexte)
        except (ReglageInvalide, BaseMuette) as erreur:
            raise click.ClickException(str(erreur)) from erreur


def _courir(tache: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(tache)


async def _avec_base(tache: Coroutine[Any, Any, Any]) -> Any:
    import asyncpg

    from portal.infra import base

    try:
        _exiger_base()
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


def _exiger_base() -> None:
    if not get_settings().database_url:
        raise ReglageInvalide("Réglez PORTAL_DATABASE_URL, l’adresse de PostgreSQL.")


def _plugins() -> Any:
    from portal import chemins, loader

    return loader.charger(get_settings().plugins_dir or chemins.PLUGINS)


@click.group(cls=_Commandes, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Mon Espace : le portail en libre-service d’un OPCO."""


def _exiger_reglages() -> None:
    from portal.infra.coffre.chiffre import CleInvalide, lire_cles

    settings = get_settings()
    settings.verifier()
    try:
        lire_cles(settings.secret_key)
    except CleInvalide as erreur:
        raise ReglageInvalide(f"{erreur}.") from erreur


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--parent", is_flag=True, hidden=True, help="Finir quand l’entrée standard se ferme.")
def serve(host: str, port: int, parent: bool) -> None:
    """Servir les pages (plusieurs processus)."""
    from portal import serveur

    _exiger_reglages()
    serveur.servir(host, port, get_settings().workers, finir_avec_parent=parent)


@main.command()
@click.option("--parent", is_flag=True, hidden=True)
def worker(parent: bool) -> None:
    """Exécuter les tâches de fond. Autant de processus qu’on veut."""
    from portal import serveur

    _exiger_reglages()
    serveur.travailler(finir_avec_parent=parent)


@main.command()
def migrate() -> None:
    """Mettre la base à jour : migrations, puis valeurs de référence."""
    from portal.apps import noms_des_apps
    from portal.branches.semis import semer_plugins
    from portal.infra.migrations import migrer

    plugins = _plugins()

    async def tout() -> Any:
        bilan = await migrer(noms_des_apps(), plugins.tables())
        await semer_plugins(plugins)
        return bilan

    bilan = _courir(_avec_base(tout()))
    for nom in bilan.appliquees:
        click.echo(f"appliquée : {nom}")
    for nom, raison in bilan.echecs.items():
        click.echo(f"plugin {nom} : {raison}", err=True)
    click.echo("La base est à jour." if not bilan.echecs else "Des plugins sont à réparer.")
    sys.exit(1 if bilan.echecs else 0)


def _cabler(plugins: Any) -> Any:
    from portal.app import create_litestar

    return create_litestar(get_settings(), plugins)


@main.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--data-dir", type=click.Path(path_type=Path), default=None)
@click.option(
    "--scale", type=click.IntRange(0), default=300, show_default=True, help="Nombre de dossiers."
)
@click.option("--avec-parent", is_flag=True, hidden=True, help="Finir avec le processus parent.")
@click.pass_context
def demo(
    contexte: click.Context, port: int, data_dir: Path | None, scale: int, avec_parent: bool
) -> None:
    """La démonstration complète : base, données, serveur et tâches."""
    if contexte.invoked_subcommand is not None:
        return
    from portal.demo import superviseur

    dossier = data_dir or superviseur.dossier_par_defaut()
    sys.exit(superviseur.lancer(port, dossier, scale, _cabler, finir_avec_parent=avec_parent))


@demo.command("personas")
@click.option("--json", "en_json", is_flag=True)
def demo_personas(en_json: bool) -> None:
    """Qui essayer, avec quel mot de passe."""
    from portal.demo.personas import lister

    personas = lister()
    if en_json:
        click.echo(json.dumps(personas, ensure_ascii=False, indent=2))
        return
    for p in personas:
        click.echo(f"{p['email']:40} {p['password']:20} {p['dit']}")


@main.command()
def doctor() -> None:
    """Dire ce qui ne va pas dans cette installation."""
    from portal.branches.docteur import examiner

    try:
        _exiger_reglages()
        constats = _courir(_avec_base(examiner(_plugins())))
    except (ReglageInvalide, BaseMuette) as erreur:
        constats = [str(erreur)]
        if isinstance(erreur, SansCle):
            constats += [f"Une clé toute neuve, à garder secrète\u00a0: {nouvelle_cle()}"]
    for constat in constats:
        click.echo(f"- {constat}")
    if not constats:
        click.echo("Tout va bien.")
    sys.exit(1 if constats else 0)


@main.command()
@click.argument("courriel")
@click.argument("role")
@click.option("--idcc", default=None, help="Borner à une branche.")
@click.option("--region", default=None, help="Borner à une région.")
@click.option("--remove", "retirer", is_flag=True, help="Retirer ce rôle au lieu de le donner.")
def role(courriel: str, role: str, idcc: str | None, region: str | None, retirer: bool) -> None:
    """Donner un rôle interne à une personne qui a créé son compte."""
    from portal.core.comptes import commandes

    click.echo(_courir(_avec_base(commandes.changer_role(courriel, role, idcc, region, retirer))))


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Rechiffrer secrets et fichiers de virements avec la première clé de PORTAL_SECRET_KEY."""
    from portal.infra import base, coffre
    from portal.reglements.validation import resceller

    _exiger_reglages()

    async def tout() -> int:
        total = 0
        while True:
            async with base.transaction():
                lot = await coffre.tourner()
            if not lot:
                await resceller()
                return total
            total += lot

    nombre = _courir(_avec_base(tout()))
    s = "s" if nombre > 1 else ""
    click.echo(
        f"{nombre} secret{s} rechiffré{s}." if nombre else "Tous les secrets ont la première clé."
    )


@main.command()
def plugins() -> None:
    """Les plugins chargés, et ceux qui ne peuvent pas l’être."""
    charges = _plugins()
    charges.dispositifs()
    for plugin in charges.charges:
        click.echo(f"{plugin.nom:24} {plugin.erreur or 'chargé'}  ({plugin.origine})")


@main.group()
def plugin() -> None:
    """Écrire un plugin."""


@plugin.command("new")
@click.argument("nom")
def plugin_new(nom: str) -> None:
    """Créer un plugin qui passe les essais de conformité."""
    from portal import chemins
    from portal.modele_plugin import PluginImpossible, creer

    try:
        dossier = creer(nom, get_settings().plugins_dir or chemins.PLUGINS)
    except PluginImpossible as erreur:
        raise click.ClickException(str(erreur)) from erreur
    click.echo(f"Plugin créé dans {dossier}. Lancez : pytest {dossier}")


@main.command()
@click.option("--json", "en_json", is_flag=True)
def routes(en_json: bool) -> None:
    """Toutes les routes et le droit que chacune demande."""
    from portal.app import create_litestar
    from portal.web.sante import lister_routes

    trouvees = lister_routes(create_litestar(get_settings(), _plugins()))
    if en_json:
        click.echo(json.dumps(trouvees, ensure_ascii=False, indent=2))
        return
    for r in trouvees:
        click.echo(f"{r['method']:6} {r['path']:60} {r['droit']}")


@main.command()
@click.option("--data-dir", type=click.Path(path_type=Path), default=None)
def letters(data_dir: Path | None) -> None:
    """Produire le lot de courriers à imprimer (PDF et manifeste)."""
    from portal.core.rattachements.courriers import produire

    dossier = (data_dir or get_settings().data_dir) / "courriers"
    click.echo(str(_courir(_avec_base(produire(dossier)))))


@main.command("import")
@click.argument("nom")
@click.argument("fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def importer(nom: str, fichier: Path) -> None:
    """Importer un référentiel (entreprises, ...)."""
    from portal.core.entreprises import imports

    if nom not in imports.IMPORTS:
        raise click.ClickException(f"Import inconnu. Possibles : {', '.join(imports.IMPORTS)}.")
    try:
        click.echo(str(_courir(_avec_base(imports.IMPORTS[nom](fichier)))))
    except imports.FichierIllisible as erreur:
        raise click.ClickException(str(erreur)) from erreur


@main.group()
def payments() -> None:
    """Les règlements : préparer, valider, fichier de virements, retour de la banque."""
    from portal.app import create_litestar

    # Wires the rooms: the targets' accounts, and who is told of a payment.
    create_litestar(get_settings(), _plugins())


@payments.command("prepare")
@click.argument("courriel")
def payments_prepare(courriel: str) -> None:
    """Préparer un règlement au nom d’un comptable."""
    from portal.reglements import commandes

    click.echo(_courir(_avec_base(commandes.preparer(courriel))))


@payments.command("approve")
@click.argument("numero")
@click.argument("courriel")
def payments_approve(numero: str, courriel: str) -> None:
    """Valider un règlement au nom d’un autre comptable."""
    from portal.reglements import commandes

    click.echo(_courir(_avec_base(commandes.valider(numero, courriel))))


@payments.command("file")
@click.argument("numero")
@click.argument("sortie", type=click.Path(path_type=Path))
def payments_file(numero: str, sortie: Path) -> None:
    """Écrire le fichier de virements (pain.001)."""
    from portal.reglements import commandes

    click.echo(_courir(_avec_base(commandes.fichier(numero, sortie))))


@payments.command("return")
@click.argument("retour", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("courriel")
def payments_return(retour: Path, courriel: str) -> None:
    """Lire le retour de la banque (pain.002)."""
    from portal.reglements import commandes

    click.echo(_courir(_avec_base(commandes.retour(retour, courriel))))


@main.command(hidden=True)
@click.argument("moment")
def horloge(moment: str) -> None:
    """Déplacer l’horloge de la démonstration."""
    from portal.infra import clock

    _courir(_avec_base(clock.deplacer(datetime.fromisoformat(moment))))


if __name__ == "__main__":
    main()

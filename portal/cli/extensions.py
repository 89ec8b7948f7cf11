"""What extends the portal, and what it answers to: plugins, a new plugin, routes."""

from __future__ import annotations

import json

import click

from portal.cli.commun import cabler, charger_plugins
from portal.settings import get_settings


@click.command()
def plugins() -> None:
    """Les plugins chargés, et ceux qui ne peuvent pas l’être."""
    charges = charger_plugins()
    charges.dispositifs()
    for plugin in charges.charges:
        click.echo(f"{plugin.nom:24} {plugin.erreur or 'chargé'}  ({plugin.origine})")


@click.group()
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


@click.command()
@click.option("--json", "en_json", is_flag=True)
def routes(en_json: bool) -> None:
    """Toutes les routes et le droit que chacune demande."""
    from portal.web.sante import lister_routes

    trouvees = lister_routes(cabler(charger_plugins()))
    if en_json:
        click.echo(json.dumps(trouvees, ensure_ascii=False, indent=2))
        return
    for r in trouvees:
        click.echo(f"{r['method']:6} {r['path']:60} {r['droit']}")

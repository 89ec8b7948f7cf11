"""The demonstration: everything by one command, its personas, its clock."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from portal.cli.commun import avec_base, cabler, courir


@click.group(invoke_without_command=True)
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
    sys.exit(superviseur.lancer(port, dossier, scale, cabler, finir_avec_parent=avec_parent))


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


@click.command(hidden=True)
@click.argument("moment")
def horloge(moment: str) -> None:
    """Déplacer l’horloge de la démonstration."""
    from portal.infra import clock

    courir(avec_base(clock.deplacer(datetime.fromisoformat(moment))))

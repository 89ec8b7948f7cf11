"""The `portal` command. Each command's body lies in its room; here only words and exit codes."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli import demonstration, echanges, extensions, production
from portal.cli.commun import Commandes, rejoindre_demonstration

SUR_LA_DEMONSTRATION = {"doctor", "horloge", "import", "letters", "payments", "role"}
"""Commands that act on the demonstration that runs in `.data`, when no database is set."""


@click.group(cls=Commandes, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Dossier d’une démonstration en marche, sur laquelle agir (par défaut : .data).",
)
@click.pass_context
def main(contexte: click.Context, data_dir: Path | None) -> None:
    """Mon Espace : le portail en libre-service d’un OPCO."""
    if data_dir is not None or contexte.invoked_subcommand in SUR_LA_DEMONSTRATION:
        rejoindre_demonstration(data_dir)


for _commande in (
    production.serve,
    production.worker,
    production.migrate,
    production.doctor,
    production.role,
    production.second_factor,
    production.rotate_keys,
    demonstration.demo,
    demonstration.horloge,
    extensions.plugins,
    extensions.plugin,
    extensions.routes,
    echanges.letters,
    echanges.importer,
    echanges.payments,
):
    main.add_command(_commande)

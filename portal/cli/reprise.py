"""`portal import reprise DOSSIER`: what former portals held, tried first, written when asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import asyncpg
import click

from portal.cli.commun import avec_base, cabler, charger_plugins, courir


def reprendre(
    dossier: Path, appliquer: bool, rapport: Path | None, clore: Sequence[str] = ()
) -> None:
    """Say what came of it; a file that can't be read, or a source that can't be closed, makes the exit
    code 1."""
    from portal.reprise import cloture, commande

    if not dossier.is_dir():
        raise click.ClickException(f"{dossier} n’est pas un dossier : donnez celui des fichiers.")
    cabler(charger_plugins())
    tache = commande.reprendre(
        dossier, appliquer=appliquer, rapport=rapport, clore=clore,
        suivre=lambda mot: click.echo(mot, err=True),
    )  # fmt: skip
    try:
        bilan = courir(avec_base(tache))
    except (commande.DossierVide, cloture.SourceInconnue) as erreur:
        raise click.ClickException(str(erreur)) from erreur
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as erreur:
        raise click.ClickException(
            f"La reprise s’est arrêtée ({erreur}). Ce qui est repris le reste : relancez-la."
        ) from erreur
    click.echo(str(bilan))
    if bilan.illisibles or bilan.refus:
        raise click.exceptions.Exit(1)

"""What goes out and comes in: letters to print, reference data, payments."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from portal.cli.commun import avec_base, cabler, charger_plugins, courir, rejoindre_demonstration
from portal.cli.reprise import reprendre
from portal.settings import get_settings


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), default=None)
@click.option("--first", "premier", is_flag=True, help="Met d’abord en file le premier envoi.")
@click.option("--max", "maximum", type=click.IntRange(min=1), default=None, help="Au plus.")
def letters(data_dir: Path | None, premier: bool, maximum: int | None) -> None:
    """Produire les lots de courriers à imprimer (PDF et manifeste) ; --first : à toutes les entreprises."""
    from portal.core.rattachements.envois import envoyer

    if data_dir is not None and not get_settings().database_url:
        rejoindre_demonstration(data_dir)
    dossier = (data_dir or get_settings().data_dir) / "courriers"
    envoi = envoyer(dossier, premier=premier, maximum=maximum, dire=partial(click.echo, err=True))
    click.echo(courir(avec_base(envoi)))


@click.command("import")
@click.argument("nom")
@click.argument("fichier", type=click.Path(exists=True, path_type=Path))
@click.option("--apply", "appliquer", is_flag=True, help="Reprise : écrire, au lieu d’essayer.")
@click.option(
    "--rapport",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Reprise : fichier du rapport (sinon, dans le dossier lu).",
)
@click.option(
    "--clore", metavar="SOURCE", multiple=True,
    help="Reprise : libérer le reste des dossiers clos de cette source, toutes ses factures reprises.",
)  # fmt: skip
@click.option(
    "--rejets", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Fichier des lignes rejetées (sinon, dans le dossier des données).",
)  # fmt: skip
def importer(
    nom: str, fichier: Path, appliquer: bool, rapport: Path | None, clore: tuple[str, ...],
    rejets: Path | None,
) -> None:  # fmt: skip
    """Importer un référentiel (sirene, successions, conseillers), ou un ancien portail (reprise DOSSIER)."""
    from portal.core.entreprises import imports

    if nom == "reprise":
        reprendre(fichier, appliquer, rapport, clore)
        return
    if nom not in imports.IMPORTS:
        possibles = ", ".join((*imports.IMPORTS, "reprise"))
        raise click.ClickException(f"Import inconnu. Possibles : {possibles}.")
    if fichier.is_dir():
        raise click.ClickException(f"{fichier} est un dossier : donnez un fichier.")
    rejets = rejets or get_settings().data_dir / "imports" / f"{nom}-rejets.csv"
    try:
        tache = imports.IMPORTS[nom](
            fichier, rejets=rejets, progres=lambda phrase: click.echo(phrase, err=True)
        )
        click.echo(str(courir(avec_base(tache))))
    except (imports.FichierIllisible, OSError) as erreur:
        raise click.ClickException(str(erreur)) from erreur


@click.group()
def payments() -> None:
    """Les règlements : préparer, valider, fichier de virements, retour de la banque."""
    cabler(charger_plugins())


@payments.command("prepare")
@click.argument("courriel")
def payments_prepare(courriel: str) -> None:
    """Préparer un règlement au nom d’un comptable."""
    from portal.reglements import commandes

    click.echo(courir(avec_base(commandes.preparer(courriel))))


@payments.command("approve")
@click.argument("numero")
@click.argument("courriel")
def payments_approve(numero: str, courriel: str) -> None:
    """Valider un règlement au nom d’un autre comptable."""
    from portal.reglements import commandes

    click.echo(courir(avec_base(commandes.valider(numero, courriel))))


@payments.command("file")
@click.argument("numero")
@click.argument("sortie", type=click.Path(path_type=Path))
def payments_file(numero: str, sortie: Path) -> None:
    """Écrire le fichier de virements (pain.001)."""
    from portal.reglements import commandes

    click.echo(courir(avec_base(commandes.fichier(numero, sortie))))


@payments.command("return")
@click.argument("retour", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("courriel")
def payments_return(retour: Path, courriel: str) -> None:
    """Lire le retour de la banque (pain.002)."""
    from portal.reglements import commandes

    click.echo(courir(avec_base(commandes.retour(retour, courriel))))

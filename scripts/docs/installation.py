"""Tables for whoever runs the portal: settings, commands, routes, controls, retention."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import click
from piccolo.table import Table

from portal import chemins, cli, loader
from portal.app import create_litestar
from portal.apps import noms_des_apps
from portal.demo.personas import MOT_DE_PASSE, PERSONNAGES
from portal.settings import Settings, nouvelle_cle
from portal.web.sante import lister_routes
from scripts.docs.tableau import code, tableau

SEVERITES = {"bloquant": "blocks", "avertissement": "warns"}


def reglages() -> str:
    """Every setting, from `portal/settings.py`."""
    return tableau(
        ("variable", "default", "meaning"),
        [
            (code(f"PORTAL_{nom.upper()}"), _defaut(info.default), info.description or "")
            for nom, info in Settings.model_fields.items()
        ],
    )


def _defaut(valeur: Any) -> str:
    if valeur in (None, "", []):
        return ""
    if isinstance(valeur, list):
        return f"{len(valeur)} valeurs" if len(valeur) > 3 else code(" · ".join(valeur))
    if isinstance(valeur, bool):
        return code("true" if valeur else "false")
    return code(str(valeur))


def personas() -> str:
    """Whom the demonstration offers on its sign-in page."""
    dits = tableau(
        ("persona", "e-mail", "what this person does"),
        [(p.role, code(p.email), p.dit) for p in PERSONNAGES],
    )
    return f"{dits}\nThe password is {code(MOT_DE_PASSE)} for all.\n"


def commandes() -> str:
    """Every command of `portal`, from `portal/cli.py`."""
    return tableau(("command", "what it does"), _commandes(cli.main, "portal"))


def _commandes(groupe: click.Group, prefixe: str) -> Iterator[tuple[str, str]]:
    for nom, commande in sorted(groupe.commands.items()):
        if commande.hidden:
            continue
        mots = [f"{prefixe} {nom}", *(_mot(p) for p in commande.params if not _cache(p))]
        if not isinstance(commande, click.Group) or commande.invoke_without_command:
            yield code(" ".join(mots)), (commande.help or "").splitlines()[0]
        if isinstance(commande, click.Group):
            yield from _commandes(commande, f"{prefixe} {nom}")


def _cache(parametre: click.Parameter) -> bool:
    return isinstance(parametre, click.Option) and parametre.hidden


def _mot(parametre: click.Parameter) -> str:
    if isinstance(parametre, click.Argument):
        return (parametre.name or "").upper()
    drapeau = isinstance(parametre, click.Option) and parametre.is_flag
    return f"[{parametre.opts[0]}{'' if drapeau else ' …'}]"


def _plugins() -> loader.Plugins:
    return loader.charger(chemins.PLUGINS, points_entree=False)


def routes() -> str:
    """Every route with the right it declares, as `portal routes` lists them (demonstration on)."""
    settings = Settings.model_validate({"demo": True, "secret_key": nouvelle_cle()})
    return tableau(
        ("method", "path", "right"),
        [
            (r["method"], code(re.sub(r":(\w+)}", "}", r["path"])), code(str(r["droit"])))
            for r in lister_routes(create_litestar(settings, _plugins()))
        ],
    )


def controles() -> str:
    """Every control of the built-in dispositifs."""
    return tableau(
        ("dispositif", "control", "severity", "source"),
        [
            (d.libelle, c.libelle, SEVERITES[c.severite], c.source)
            for d in _plugins().dispositifs().values()
            for c in d.controles
        ],
    )


def tables() -> list[type[Table]]:
    """Every table of the portal, room by room."""
    trouvees = []
    for app in noms_des_apps():
        trouvees += importlib.import_module(app).APP_CONFIG.table_classes
    return trouvees


def conservation() -> str:
    """What each table declares about the end of its data."""
    return tableau(
        ("table", "room", "kept"),
        [
            (
                code(t._meta.tablename),
                code(t.__module__.removeprefix("portal.").removesuffix(".tables")),
                retention(t),
            )
            for t in tables()
        ],
    )


def retention(table: type[Table]) -> str:
    """`RETENTION = "class"  # why`, or « Retention: … » in the docstring; empty when not said."""
    classe = getattr(table, "RETENTION", "")
    if classe:
        note = re.search(r"RETENTION = .*?#\s*(.+)", inspect.getsource(table))
        return f"{classe}{': ' + note.group(1) if note else ''}"
    dit = re.search(r"Retention: ([^.]+)", " ".join((inspect.getdoc(table) or "").split()))
    return dit.group(1) if dit else ""

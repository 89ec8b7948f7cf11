"""Forward migrations, each in its transaction and recorded; a plugin's failure stops only its own."""

from __future__ import annotations

import contextlib
import importlib
import io
import pkgutil
from dataclasses import dataclass, field
from types import ModuleType

from piccolo.conf.apps import AppConfig

from portal.infra.base import executer, sql, transaction

VERROU = 7_403_112
"""Advisory lock: two `portal migrate` at once wait for each other."""


@dataclass
class Bilan:
    """What was applied, and what failed (app name → reason)."""

    appliquees: list[str] = field(default_factory=list)
    echecs: dict[str, str] = field(default_factory=dict)


async def migrer(apps: list[str], apps_de_plugins: list[tuple[str, str]] | None = None) -> Bilan:
    """Apply what is pending. A failing core migration raises; a plugin's is reported."""
    bilan = Bilan()
    await _preparer_registre()
    for app in apps:
        await _migrer_app(app, bilan)
    for plugin, app in apps_de_plugins or []:
        try:
            await _migrer_app(app, bilan)
        except Exception as erreur:
            bilan.echecs[plugin] = f"{type(erreur).__name__}\u00a0: {str(erreur).splitlines()[0]}"
    return bilan


async def _preparer_registre() -> None:
    """The table of what was applied; two at once would both find it missing."""
    async with transaction():
        await executer(f"select pg_advisory_xact_lock({VERROU})")
        await executer(
            "create table if not exists migration ("
            " id bigserial primary key, app text not null, nom text not null,"
            " appliquee_le timestamptz not null default current_timestamp, unique (app, nom))"
        )


async def en_attente(apps: list[str]) -> list[str]:
    """Names of the migrations that are not applied yet."""
    faites = {(m["app"], m["nom"]) for m in await sql("select app, nom from migration")}
    return [
        f"{config.app_name}.{module.__name__.rpartition('.')[2]}"
        for config, module in _modules(apps)
        if (config.app_name, module.ID) not in faites
    ]


def _modules(apps: list[str]) -> list[tuple[AppConfig, ModuleType]]:
    trouves = []
    for nom in apps:
        config: AppConfig = importlib.import_module(nom).APP_CONFIG
        paquet = nom.rpartition(".")[0] + ".migrations"
        dossier = importlib.import_module(paquet).__path__
        modules = [
            importlib.import_module(f"{paquet}.{info.name}")
            for info in pkgutil.iter_modules(dossier)
        ]
        trouves += [(config, m) for m in sorted(modules, key=lambda m: m.ID) if hasattr(m, "ID")]
    return trouves


async def _migrer_app(app: str, bilan: Bilan) -> None:
    for config, module in _modules([app]):
        async with transaction():
            await executer(f"select pg_advisory_xact_lock({VERROU})")
            if await sql(
                "select 1 from migration where app = $1 and nom = $2", config.app_name, module.ID
            ):
                continue
            with contextlib.redirect_stdout(io.StringIO()):  # Piccolo prints each name
                gestionnaire = await module.forwards()
                await gestionnaire.run()
            await executer(
                "insert into migration (app, nom) values ($1, $2)", config.app_name, module.ID
            )
            bilan.appliquees.append(f"{config.app_name}.{module.__name__.rpartition('.')[2]}")

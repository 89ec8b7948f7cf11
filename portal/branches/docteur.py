"""What is wrong with this installation, in plain French: `portal doctor` and the page « Installation »."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from portal.apps import noms_des_apps
from portal.core.journal import sceaux
from portal.infra import clock, jobs
from portal.infra.base import sql1
from portal.infra.migrations import en_attente
from portal.settings import get_settings

LETTRES_MAX = timedelta(days=7)
COURRIELS_MAX = timedelta(hours=1)


class Plugin(Protocol):
    """Of a plugin that was found, what is needed here."""

    nom: str
    origine: str
    erreur: str | None


class PluginsCharges(Protocol):
    @property
    def charges(self) -> Sequence[Plugin]: ...

    def tables(self) -> list[tuple[str, str]]: ...


EXAMENS: dict[str, Callable[[], Awaitable[list[str]]]] = {}
"""What upper rooms have examined too, by the words that name it; filled by the wiring."""


async def examiner(plugins: PluginsCharges | None = None) -> list[str]:
    """Everything that somebody should look at; empty when all is well."""
    constats = [*_plugins(plugins), *_dossier(get_settings().data_dir)]
    migrations = await _prudent("les migrations", lambda: _migrations(plugins))
    constats += migrations
    if migrations:
        return constats
    constats += await _prudent("le journal", sceaux.verifier)
    constats += await _prudent("les tâches de fond", _taches)
    constats += await _prudent("les courriels", _courriels)
    constats += await _prudent("les courriers", _lettres)
    for sujet, examen in EXAMENS.items():
        constats += await _prudent(sujet, examen)
    return constats


async def situation() -> list[str]:
    """What is worth knowing even when all is well; empty where it can't be read."""
    try:
        return [await sceaux.situation()]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return []


async def _prudent(sujet: str, examen: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """One examination that can't be made doesn't hide the others."""
    try:
        return await examen()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as erreur:
        return [f"Impossible d’examiner {sujet}\u00a0: {type(erreur).__name__}, {erreur}"]


def _plugins(plugins: PluginsCharges | None) -> list[str]:
    if plugins is None:
        return []
    plugins.tables()
    return [
        f"Le plugin {p.nom} est laissé de côté\u00a0: {p.erreur} (trouvé dans {p.origine})."
        for p in plugins.charges
        if p.erreur
    ]


def _dossier(dossier: Path) -> list[str]:
    """Whether files can be written where documents and letters go."""
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=dossier):
            return []
    except OSError as erreur:
        return [
            f"Le dossier des documents {dossier} n’accepte pas d’écriture ({erreur.strerror}). "
            "Réglez PORTAL_DATA_DIR ou les droits du dossier."
        ]


async def _migrations(plugins: PluginsCharges | None) -> list[str]:
    connue = await sql1("select to_regclass('migration') is not null as presente")
    if not connue or not connue["presente"]:
        return ["La base est vide. Lancez «\u00a0portal migrate\u00a0»."]
    apps = noms_des_apps() + [app for _, app in (plugins.tables() if plugins else [])]
    attendues = await en_attente(apps)
    if not attendues:
        return []
    return [
        f"{len(attendues)} migration(s) à appliquer\u00a0: {', '.join(attendues)}. "
        "Lancez «\u00a0portal migrate\u00a0»."
    ]


async def _taches() -> list[str]:
    etat = await jobs.etat()
    constats = []
    if not etat["workers"]:
        attente = f" {etat['dues']} tâche(s) attendent." if etat["dues"] else ""
        constats.append(f"Aucun worker ne travaille.{attente} Lancez «\u00a0portal worker\u00a0».")
    if etat["en_echec"]:
        constats.append(
            f"{etat['en_echec']} tâche(s) ont échoué et ne seront plus réessayées. "
            "Le journal technique du worker en dit la cause."
        )
    return constats


async def _courriels() -> list[str]:
    ligne = await sql1(
        "select count(*) filter (where etat = 'a_envoyer' and cree_le < $1) as en_retard,"
        " count(*) filter (where etat = 'abandonne') as abandonnes from courriel",
        clock.instant() - COURRIELS_MAX,
    )
    assert ligne is not None
    constats = []
    if ligne["en_retard"]:
        constats.append(
            f"{ligne['en_retard']} courriel(s) attendent depuis plus d’une heure. "
            "Vérifiez PORTAL_SMTP_URL et le serveur d’envoi."
        )
    if ligne["abandonnes"]:
        constats.append(
            f"{ligne['abandonnes']} courriel(s) n’ont pas pu partir et sont abandonnés."
        )
    return constats


async def _lettres() -> list[str]:
    ligne = await sql1(
        "select count(*) as nombre from courrier where etat = 'a_produire' and cree_le < $1",
        clock.instant() - LETTRES_MAX,
    )
    if not ligne or not ligne["nombre"]:
        return []
    return [
        f"{ligne['nombre']} courrier(s) attendent l’impression depuis plus d’une semaine. "
        "Lancez «\u00a0portal letters\u00a0»."
    ]


async def etat_des_taches() -> list[tuple[str, Any]]:
    """The queue, as the page « Installation » shows it."""
    etat = await jobs.etat()
    return [
        ("Workers au travail", etat["workers"]),
        ("Tâches à faire maintenant", etat["dues"]),
        ("Tâches en attente", etat["en_attente"]),
        ("Tâches en cours", etat["en_cours"]),
        ("Tâches en échec", etat["en_echec"]),
    ]

"""The pytest plugin: database, application, browsers, clock."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from portal.testing import postgres
from portal.testing.navigateur import Navigateur

_serveur: postgres.ServeurEssais | None = None
_donnees: Path | None = None

GARDES = (postgres.SOCKET, "PORTAL_CHROMIUM", "PORTAL_CAPTURES")
"""Variables of the portal that a run keeps; the others are set by it alone."""


def _regler(dossier: Path) -> None:
    for nom in [n for n in os.environ if n.startswith("PORTAL_") and n not in GARDES]:
        del os.environ[nom]
    os.environ.update(
        PORTAL_DEMO="true",
        PORTAL_URL="http://127.0.0.1:8000",
        PORTAL_DATA_DIR=str(dossier),
        PORTAL_SECRET_KEY="essai:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=",
        PORTAL_ARGON2_TIME="1",
        PORTAL_ARGON2_MEMORY="8",
        PICCOLO_CONF="portal.piccolo_conf",
    )


def pytest_configure(config: pytest.Config) -> None:
    global _serveur, _donnees
    if config.option.collectonly or getattr(config.option, "help", False):
        return
    _donnees = Path(tempfile.mkdtemp(prefix="me-donnees-"))
    _regler(_donnees)
    travailleur = getattr(config, "workerinput", None)
    if travailleur is None:
        _serveur = postgres.ServeurEssais()
        _serveur.demarrer()
        if getattr(config.option, "numprocesses", None):
            return
    nom = f"essai_{travailleur['workerid'] if travailleur else 'seul'}"
    postgres.cloner(nom)
    postgres.viser(nom)


def pytest_unconfigure(config: pytest.Config) -> None:
    global _serveur, _donnees
    if _serveur is not None:
        _serveur.arreter()
        _serveur = None
    if _donnees is not None:
        shutil.rmtree(_donnees, ignore_errors=True)
        _donnees = None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long proofs run only when asked for: `pytest -m preuve`."""
    if "preuve" in config.option.markexpr:
        return
    longues = [item for item in items if item.get_closest_marker("preuve")]
    if longues:
        config.hook.pytest_deselected(items=longues)
        items[:] = [item for item in items if item not in longues]


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def _pool() -> AsyncIterator[None]:
    from portal.infra import base

    await base.ouvrir_pool()
    yield
    await base.fermer_pool()


@pytest.fixture(scope="session")
def litestar() -> Any:
    """The application, with the built-in plugins."""
    from portal import chemins, loader
    from portal.app import create_litestar
    from portal.settings import get_settings

    plugins = loader.charger(chemins.PLUGINS, points_entree=False)
    return create_litestar(get_settings(), plugins)


@pytest.fixture(scope="session")
def application(litestar: Any) -> Any:
    """The application as served: static files and headers included."""
    from portal.app import habiller
    from portal.settings import get_settings

    return habiller(litestar, get_settings())


@pytest_asyncio.fixture(loop_scope="session")
async def navigateur(application: Any) -> AsyncIterator[Callable[..., Navigateur]]:
    """Factory of browsers: `nav = navigateur()`."""
    ouverts: list[Navigateur] = []

    def ouvrir(**options: Any) -> Navigateur:
        ouverts.append(Navigateur(application, **options))
        return ouverts[-1]

    yield ouvrir
    for nav in ouverts:
        await nav.fermer()


@pytest_asyncio.fixture(loop_scope="session")
async def base_neuve() -> AsyncIterator[str]:
    """A database of its own for a test that counts globally or breaks things; its DSN."""
    from portal.infra import base
    from portal.settings import get_settings

    avant = get_settings().database_url or ""
    nom = f"neuve_{uuid.uuid4().hex[:12]}"
    await base.fermer_pool()
    await postgres.cloner_async(nom)
    postgres.viser(nom)
    await base.ouvrir_pool()
    yield postgres.dsn(nom)
    await base.fermer_pool()
    os.environ["PORTAL_DATABASE_URL"] = avant
    get_settings.cache_clear()
    await base.ouvrir_pool()
    await postgres.supprimer(nom)


@pytest_asyncio.fixture(loop_scope="session")
async def horloge() -> AsyncIterator[Callable[[datetime], Awaitable[None]]]:
    """`await horloge(datetime(...))` moves the business clock; put back after the test."""
    from portal.infra import base, clock

    yield clock.deplacer
    await base.executer("delete from horloge")


@pytest.fixture(autouse=True)
def _bus_intact() -> Iterator[None]:
    """Handlers that a test registers on the event bus go away with it."""
    from portal.infra import evenements

    with evenements.isolement(vide=False):
        yield

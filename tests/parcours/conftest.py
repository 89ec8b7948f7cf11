"""A portal that runs and a browser, one of each a worker. What can't start fails the test."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from portal.testing import chromium, postgres
from tests.parcours.portail import PortailVivant, portail_sur_clone
from tests.parcours.visiteur import BUREAU, CAPTURES, HAUTEUR, TELEPHONE, Visiteur

DOSSIERS = 60
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Entrer = Callable[..., Awaitable[Visiteur]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def portail(litestar: object) -> AsyncIterator[PortailVivant]:
    """The demonstration, with its personas and sixty dossiers, served.

    The application is wired here too: the data are made by the rooms' own operations.
    """
    nom = f"parcours_{uuid.uuid4().hex[:8]}"
    vivant = await portail_sur_clone(nom)
    await vivant.peupler(DOSSIERS)
    try:
        await vivant.demarrer()
        yield vivant
    finally:
        vivant.arreter()
        await postgres.supprimer(nom)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """Chromium, found as the set-up finds it."""
    chemin = await asyncio.to_thread(chromium.chercher)
    assert chemin, "Chromium est introuvable : lancez « make test », qui l’installe."
    async with async_playwright() as atelier:
        navigateur = await atelier.chromium.launch(executable_path=chemin, args=OPTIONS)
        yield navigateur
        await navigateur.close()


@pytest_asyncio.fixture(loop_scope="session")
async def entrer(
    request: pytest.FixtureRequest, chrome: Browser, portail: PortailVivant
) -> AsyncIterator[Entrer]:
    """Factory of people at their browsers: `claire = await entrer("claire")`."""
    presents: list[Visiteur] = []
    vues: set[str] = set()

    async def arriver(
        nom: str = "",
        *,
        js: bool = True,
        largeurs: tuple[int, ...] = (BUREAU, TELEPHONE),
        theme: Literal["light", "dark"] = "light",
    ) -> Visiteur:
        contexte = await chrome.new_context(
            java_script_enabled=js,
            color_scheme=theme,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            accept_downloads=True,
            viewport={"width": BUREAU, "height": HAUTEUR},
        )
        contexte.set_default_timeout(10_000)
        page = await contexte.new_page()
        presents.append(
            Visiteur(
                page, portail.url, js=js, nom=nom, largeurs=largeurs, vues=vues, portail=portail
            )
        )
        return presents[-1]

    yield arriver
    rapport = getattr(request.node, "rapport_appel", None)
    for visiteur in presents:
        if rapport is not None and rapport.failed:
            CAPTURES.mkdir(parents=True, exist_ok=True)
            echec = CAPTURES / f"echec-{request.node.name}-{visiteur.nom}.png"
            await visiteur.page.screenshot(path=echec, full_page=True)
        await visiteur.contexte.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # type: ignore[no-untyped-def]
    """What the tests say is kept for the fixtures that end after them."""
    rapport = yield
    if rapport.when == "call":
        item.rapport_appel = rapport
        if rapport.failed and (vivant := item.funcargs.get("portail")):
            rapport.sections.append(("portail", vivant.journal))
    return rapport


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a real browser, or a portal of its own."""
    for item in items:
        if os.sep + "parcours" + os.sep in str(item.path):
            item.add_marker(pytest.mark.navigateur)

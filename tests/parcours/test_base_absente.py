"""The database gone for ten seconds: a clear page, nothing lost, and all goes on by itself."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from portal.demo.personas import MOT_DE_PASSE
from portal.infra.postgres import PostgresEmbarque
from tests.parcours.coupures import NavigateurReseau
from tests.parcours.portail import PortailVivant

ABSENCE = 10.0
CLAIRE = "claire.morel@demo.example"


class Seul:
    """A portal over a PostgreSQL of its own, that may be stopped."""

    def __init__(self, postgres: PostgresEmbarque) -> None:
        self.postgres = postgres
        self.portail = PortailVivant(postgres.dsn)

    def eteindre(self) -> None:
        """A fast shutdown: every connection is cut."""
        assert self.postgres.processus is not None
        self.postgres.processus.send_signal(signal.SIGINT)
        self.postgres.processus.wait(10)


@pytest_asyncio.fixture(loop_scope="session")
async def seul() -> AsyncIterator[Seul]:
    racine = Path(tempfile.mkdtemp(prefix="me-absente-"))
    racine.chmod(0o755)
    postgres = PostgresEmbarque(racine / "pg", rapide=True)
    postgres.demarrer()
    seul = Seul(postgres)
    try:
        await seul.portail.commande("migrate")
        await seul.portail.peupler(0)
        await seul.portail.demarrer()
        yield seul
    finally:
        seul.portail.arreter()
        postgres.arreter()
        shutil.rmtree(racine, ignore_errors=True)


async def test_la_base_s_absente_dix_secondes(seul: Seul) -> None:
    portail = seul.portail
    nav = NavigateurReseau(portail)
    await nav.connecter(CLAIRE, MOT_DE_PASSE)
    page = await nav.soumettre(await nav.get("/dossiers/nouveau"), "/dossiers/nouveau")
    saisi = {"contact_nom": "Claire Morel", "contact_courriel": CLAIRE, "effectif": "8"}
    seul.eteindre()
    debut = time.monotonic()
    absente = await nav.soumettre(page, contenant="contact_nom", **saisi)
    assert absente.statut == 503
    assert absente.h1 == "Le portail reprend son souffle"
    assert absente.reponse.headers["retry-after"] == "10"
    assert (await nav.get("/accueil", suivre=False)).statut == 503
    async with httpx.AsyncClient(base_url=portail.url) as superviseur:
        assert (await superviseur.get("/readyz")).status_code == 503
        assert (await superviseur.get("/healthz")).status_code == 200
    await asyncio.sleep(max(0.0, ABSENCE - (time.monotonic() - debut)))
    seul.postgres.redemarrer()
    await portail.attendre()
    suite = await nav.soumettre(page, contenant="contact_nom", **saisi)
    assert suite.chemin.endswith("/etapes/organisme"), suite.texte
    (garde,) = await portail.sql(
        "select donnees::text as donnees from dossier where cree_par ="
        " (select id from compte where email = $1) and etat = 'brouillon'",
        CLAIRE,
    )
    assert '"Claire Morel"' in garde["donnees"]
    await _le_travail_reprend(portail, nav)
    await nav.fermer()


async def _le_travail_reprend(portail: PortailVivant, nav: NavigateurReseau) -> None:
    """The worker came back too: a mail asked for now goes out."""
    page = await nav.get("/mot-de-passe/oublie")
    await nav.soumettre(page, "/mot-de-passe/oublie", email=CLAIRE)
    await portail.repos(30)
    lignes = await portail.sql("select etat from courriel where a = $1", CLAIRE)
    assert [ligne["etat"] for ligne in lignes] == ["envoye"]

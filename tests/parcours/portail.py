"""A portal that really runs for the journeys: its own database, `portal serve`, `portal worker`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from portal import chemins, loader
from portal.demo.donnees import remplir
from portal.infra import base
from portal.settings import get_settings
from portal.testing import postgres

RACINE = Path(__file__).resolve().parents[2]
CLE = "essai:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port: int = prise.getsockname()[1]
        return port


@dataclass
class PortailVivant:
    """A server and a worker over one database; each may be killed and started again."""

    dsn: str
    port: int = field(default_factory=port_libre)
    dossier: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="me-vivant-")))
    processus: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environnement(self) -> dict[str, str]:
        return os.environ | {
            "PORTAL_DEMO": "true",
            "PORTAL_DATABASE_URL": self.dsn,
            "PORTAL_DATA_DIR": str(self.dossier),
            "PORTAL_URL": self.url,
            "PORTAL_SECRET_KEY": CLE,
            "PORTAL_WORKERS": "1",
            "PORTAL_ARGON2_TIME": "1",
            "PORTAL_ARGON2_MEMORY": "8",
        }

    @property
    def journal(self) -> str:
        """What the processes said: shown when a test fails."""
        lus = (self.dossier / f"{nom}.log" for nom in ("serve", "worker"))
        return "\n".join(f.read_text(errors="replace")[-4000:] for f in lus if f.is_file())

    def lancer(self, nom: str) -> None:
        """Start `serve` or `worker`; they end with this process (its end of their pipe closes)."""
        mots = ["serve", "--port", str(self.port)] if nom == "serve" else ["worker"]
        with (self.dossier / f"{nom}.log").open("ab") as sortie:
            self.processus[nom] = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", *mots, "--parent"],
                stdin=subprocess.PIPE,
                stdout=sortie,
                stderr=sortie,
                cwd=RACINE,
                env=self.environnement,
                start_new_session=True,
            )

    async def attendre(self, delai: float = 40.0) -> None:
        """Until the server answers that it is ready."""
        limite = time.monotonic() + delai
        async with httpx.AsyncClient(timeout=2) as client:
            while time.monotonic() < limite:
                if self.processus["serve"].poll() is not None:
                    break
                try:
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(f"le portail ne démarre pas\n{self.journal}")

    async def demarrer(self) -> None:
        self.lancer("serve")
        self.lancer("worker")
        await self.attendre()

    def tuer(self, nom: str) -> None:
        """SIGKILL, to the process and its children: no time to tidy up."""
        processus = self.processus.pop(nom)
        os.killpg(processus.pid, signal.SIGKILL)
        _clore(processus)

    def arreter(self) -> None:
        for nom in list(self.processus):
            self.tuer(nom)

    async def commande(self, *mots: str) -> str:
        """Run `portal …` against this portal; its output."""
        fait = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "portal.cli", *mots],
            cwd=RACINE,
            env=self.environnement,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert fait.returncode == 0, fait.stdout + fait.stderr
        return str(fait.stdout)

    async def sql(self, requete: str, *parametres: object) -> list[asyncpg.Record]:
        """A look into the database, past the portal."""
        connexion = await asyncpg.connect(self.dsn)
        try:
            return list(await connexion.fetch(requete, *parametres))
        finally:
            await connexion.close()

    async def repos(self, delai: float = 20.0) -> None:
        """Until the worker has nothing left to do now."""
        limite = time.monotonic() + delai
        while await self.sql(
            "select 1 from procrastinate_jobs where status in ('todo', 'doing')"
            " and (scheduled_at is null or scheduled_at <= now()) limit 1"
        ):
            assert time.monotonic() < limite, f"des tâches restent à faire\n{self.journal}"
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def dedans(self) -> AsyncIterator[None]:
        """Run operations of the portal in this process, on this portal's database and files."""
        avant = {nom: os.environ.get(nom) for nom in ("PORTAL_DATABASE_URL", "PORTAL_DATA_DIR")}
        await base.fermer_pool()
        os.environ["PORTAL_DATABASE_URL"] = self.dsn
        os.environ["PORTAL_DATA_DIR"] = str(self.dossier)
        get_settings.cache_clear()
        try:
            await base.ouvrir_pool(taille=4)
            yield
        finally:
            await base.fermer_pool()
            os.environ.update({nom: v for nom, v in avant.items() if v is not None})
            get_settings.cache_clear()
            await base.ouvrir_pool()

    async def peupler(self, dossiers: int) -> None:
        """The demonstration's people, companies and dossiers (the application must be wired)."""
        async with self.dedans():
            await remplir(dossiers, loader.charger(chemins.PLUGINS, points_entree=False))


async def portail_sur_clone(nom: str) -> PortailVivant:
    """A portal over a fresh copy of the migrated template; not started yet."""
    await postgres.cloner_async(nom)
    return PortailVivant(postgres.dsn(nom))


def _clore(processus: subprocess.Popen[bytes]) -> None:
    if processus.stdin:
        processus.stdin.close()
    processus.wait(10)

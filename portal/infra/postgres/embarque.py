"""The server itself: made, started, stopped, asked."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from portal.infra.postgres import lieux, parente
from portal.infra.postgres.erreurs import PostgresImpossible

UTILISATEUR = "portal"
REGLAGES_RAPIDES = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DELAI_DEPART = 20.0
DELAI_ARRET = 15.0


class PostgresEmbarque:
    """A PostgreSQL of its own for a folder. `with PostgresEmbarque(dossier) as pg: pg.dsn`.

    `rapide` trades the safety of data for speed, for tests. Start it from a thread that lives as
    long as the server should (the main one): on Linux it ends with that thread. `tcp` listens on
    127.0.0.1 behind a password instead of a socket in a folder of ours, where there are none.
    """

    def __init__(
        self,
        dossier: Path,
        rapide: bool = False,
        *,
        connexions: int = 100,
        tcp: bool = os.name != "posix",
    ) -> None:
        self.dossier = dossier
        self.rapide = rapide
        self.connexions = connexions
        self.tcp = tcp
        self.processus: subprocess.Popen[bytes] | None = None
        self.socket: Path | None = None
        self.port = 5432
        self._gardien: subprocess.Popen[bytes] | None = None
        self._bin = lieux.binaires()
        self.donnees = lieux.donnees_pour(dossier)
        self._verrou = parente.Verrou(dossier / ".base.verrou")

    @property
    def dsn(self) -> str:
        return self.dsn_de("portal")

    def dsn_de(self, base: str) -> str:
        if self.tcp:
            return f"postgresql://{UTILISATEUR}:{self._secret()}@127.0.0.1:{self.port}/{base}"
        assert self.socket is not None, "PostgreSQL n’est pas démarré"
        return f"postgresql://{UTILISATEUR}@/{base}?host={self.socket}"

    def demarrer(self) -> PostgresEmbarque:
        """Start it; the database `portal` is there afterwards."""
        self._verrou.prendre()
        try:
            self._initialiser()
            self._ouvrir_acces()
            return self.redemarrer()
        except BaseException:
            self.arreter()
            raise

    def redemarrer(self) -> PostgresEmbarque:
        """Start the server process (again, when it died) at the same address."""
        journal = self.donnees.parent / "postgres.log"
        for essai in range(3):
            self._lancer(journal)
            if self._attendre() and self._a_sa_base():
                return self
            self._finir()
            parente.finir_le_survivant(self.donnees)
            time.sleep(0.2 * (essai + 1))
        fin = journal.read_text(errors="replace").strip().splitlines()[-3:]
        raise PostgresImpossible("PostgreSQL ne démarre pas\u00a0: " + " / ".join(fin))

    def arreter(self) -> None:
        """End it and give the folder back."""
        self._finir()
        if self.socket is not None:
            shutil.rmtree(self.socket, ignore_errors=True)
            self.socket = None
        self._verrou.rendre()

    def __enter__(self) -> PostgresEmbarque:
        return self.demarrer()

    def __exit__(
        self,
        genre: type[BaseException] | None,
        erreur: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.arreter()

    def psql(self, base: str, requete: str) -> str:
        """Run one statement by the wheel's own client; its output without headers."""
        hote = "127.0.0.1" if self.tcp else str(self.socket)
        adresse = ["-h", hote, "-p", str(self.port), "-U", UTILISATEUR, "-d", base]
        fait = subprocess.run(
            [self._commande("psql"), *adresse, "-XAtqc", requete],
            capture_output=True,
            text=True,
            cwd=self._bin,
            env=os.environ | ({"PGPASSWORD": self._secret()} if self.tcp else {}),
        )
        if fait.returncode:
            raise PostgresImpossible(fait.stderr.strip())
        return fait.stdout.strip()

    def _commande(self, nom: str) -> str:
        return str(self._bin / (nom + (".exe" if os.name == "nt" else "")))

    def _secret(self) -> str:
        return (self.donnees.parent / "mot_de_passe").read_text().strip()

    def _initialiser(self) -> None:
        """Make the database's files, elsewhere first: half-made ones are never taken for good."""
        parent = self.donnees.parent
        parent.mkdir(parents=True, exist_ok=True)
        lieux.donner(parent)
        if self.donnees.is_dir():
            lieux.donner(self.donnees)
            return
        secret = parent / "mot_de_passe"
        secret.write_text(secrets.token_hex(16))
        lieux.donner(secret)
        neuf = parent / "pg.neuf"
        shutil.rmtree(neuf, ignore_errors=True)
        fait = subprocess.run(
            [self._commande("initdb"), "-D", str(neuf), "-U", UTILISATEUR, "-E", "UTF8"]
            + ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
            + ["--no-sync"] * self.rapide,
            capture_output=True,
            text=True,
            cwd=self._bin,
            **lieux.identite(),  # type: ignore[call-overload]
        )
        if fait.returncode:
            raise PostgresImpossible(f"PostgreSQL ne s’installe pas\u00a0: {_derniere_ligne(fait)}")
        neuf.rename(self.donnees)

    def _ouvrir_acces(self) -> None:
        """A fresh socket folder (short: a socket's path is limited), or a free port."""
        if self.tcp:
            with socket.socket() as prise:
                prise.bind(("127.0.0.1", 0))
                self.port = prise.getsockname()[1]
            return
        trace = self.donnees.parent / "socket"
        if trace.is_file() and (ancien := Path(trace.read_text())).name.startswith("me-pg-"):
            shutil.rmtree(ancien, ignore_errors=True)
        self.socket = Path(tempfile.mkdtemp(prefix="me-pg-", dir="/tmp"))
        lieux.donner(self.socket)
        trace.write_text(str(self.socket))

    def _options(self) -> list[str]:
        reglages = [
            "listen_addresses=127.0.0.1" if self.tcp else "listen_addresses=",
            "unix_socket_directories=" + ("" if self.tcp else str(self.socket)),
            f"port={self.port}",
            f"max_connections={self.connexions}",
            "shared_buffers=128MB",
            "jit=off",
            "timezone=UTC",
            "log_min_messages=warning",
            *(REGLAGES_RAPIDES if self.rapide else ()),
        ]
        return [mot for reglage in reglages for mot in ("-c", reglage)]

    def _lancer(self, journal: Path) -> None:
        with journal.open("ab") as sortie:
            self.processus = subprocess.Popen(  # type: ignore[call-overload]
                [self._commande("postgres"), "-D", str(self.donnees), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=sortie,
                cwd=self._bin,
                preexec_fn=parente.fin_avec_le_parent(),
                start_new_session=True,
                **lieux.identite(),
            )
        self._gardien = parente.poster_gardien(self.processus.pid)

    def _finir(self) -> None:
        """End our server process and its guardian, if they run."""
        if self._gardien is not None:
            self._gardien.kill()
            self._gardien.communicate()
            self._gardien = None
        if self.processus is None:
            return
        if self.processus.poll() is None:
            self._demander_fin()
            try:
                self.processus.wait(DELAI_ARRET)
            except subprocess.TimeoutExpired:
                self.processus.kill()
        self.processus.wait()
        self.processus = None

    def _demander_fin(self) -> None:
        assert self.processus is not None
        if os.name == "posix":
            self.processus.send_signal(signal.SIGINT)
            return
        subprocess.run(
            [self._commande("pg_ctl"), "stop", "-m", "fast", "-W", "-D", str(self.donnees)],
            capture_output=True,
        )

    def _attendre(self) -> bool:
        """Alive means that a connection answers; False when the process ended first."""
        limite = time.monotonic() + DELAI_DEPART
        while time.monotonic() < limite:
            if self.processus is None or self.processus.poll() is not None:
                return False
            try:
                if self.psql("postgres", "select 1") == "1":
                    return True
            except PostgresImpossible:
                time.sleep(0.05)
        return False

    def _a_sa_base(self) -> bool:
        """Make the portal's database if it is not there; False when the server died meanwhile."""
        try:
            if not self.psql("postgres", "select 1 from pg_database where datname = 'portal'"):
                self.psql("postgres", "create database portal")
        except PostgresImpossible:
            return False
        return True


def _derniere_ligne(fait: subprocess.CompletedProcess[str]) -> str:
    dit = fait.stderr.strip() or fait.stdout.strip()
    return dit.splitlines()[-1] if dit else f"code {fait.returncode}"

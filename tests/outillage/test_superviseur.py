"""`portal demo`: one command starts everything, mends what dies, and ends everything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

DELAI = 90.0


def environnement() -> dict[str, str]:
    return {nom: v for nom, v in os.environ.items() if not nom.startswith("PORTAL_")}


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def attendre(quoi: Callable[[], bool], delai: float = DELAI) -> bool:
    limite = time.monotonic() + delai
    while time.monotonic() < limite:
        if quoi():
            return True
        time.sleep(0.1)
    return False


def repond(port: int, chemin: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{chemin}", timeout=5) as reponse:
            return bool(reponse.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Demo:
    """A demonstration in its own process."""

    def __init__(self, dossier: Path, port: int, commande: list[str]) -> None:
        self.port = port
        self.journal = dossier.parent / f"demo-{port}.txt"
        with self.journal.open("wb") as sortie:
            self.processus = subprocess.Popen(
                [*commande, "--port", str(port), "--data-dir", str(dossier), "--scale", "2"],
                stdout=sortie,
                stderr=sortie,
                env=environnement(),
            )

    def dit(self) -> str:
        return self.journal.read_text(errors="replace")

    def attendre_prete(self) -> None:
        pret = f"ready http://127.0.0.1:{self.port}"
        assert attendre(lambda: pret in self.dit() or self.processus.poll() is not None)
        assert pret in self.dit(), self.dit()

    def famille(self) -> list[psutil.Process]:
        return psutil.Process(self.processus.pid).children(recursive=True)

    def enfant(self, mot: str) -> psutil.Process:
        """The direct child that runs that command, or that subcommand of the portal."""
        enfants = psutil.Process(self.processus.pid).children()
        return next(p for p in enfants if mot == p.name() or mot in p.cmdline()[1:4])

    def a_un_autre(self, mot: str, ancien: int) -> bool:
        try:
            return self.enfant(mot).pid != ancien
        except (StopIteration, psutil.NoSuchProcess):
            return False


COMMANDE = [sys.executable, "-m", "portal.cli", "demo"]
COMME_MAKE = ["/bin/sh", "-c", '"$0" -m portal.cli demo --avec-parent "$@"; true', sys.executable]


@contextmanager
def demo(dossier: Path, port: int | None = None, commande: list[str] = COMMANDE) -> Iterator[Demo]:
    lancee = Demo(dossier, port or port_libre(), commande)
    try:
        lancee.attendre_prete()
        yield lancee
    finally:
        if lancee.processus.poll() is None:
            lancee.processus.terminate()
            lancee.processus.wait(40)


@pytest.fixture(scope="module")
def dossier() -> Iterator[Path]:
    racine = Path(tempfile.mkdtemp(prefix="me-demo-"))
    racine.chmod(0o755)
    yield racine / "é à"
    shutil.rmtree(racine, ignore_errors=True)


def lancer(*mots: str) -> subprocess.CompletedProcess[str]:
    return portail("demo", *mots)


def portail(*mots: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *mots],
        capture_output=True,
        text=True,
        env=environnement(),
        timeout=60,
    )


def toutes_finies(famille: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in famille)


def test_it_starts_mends_what_dies_and_ends_whole(dossier: Path) -> None:
    with demo(dossier) as marche:
        assert repond(marche.port, "/healthz")
        assert repond(marche.port, "/")
        courriers = portail("letters", "--data-dir", str(dossier))
        assert courriers.returncode == 0, courriers.stderr
        assert portail("--data-dir", str(dossier), "letters").stdout.startswith("Aucun courrier")
        for mot in ("worker", "serve", "postgres"):
            ancien = marche.enfant(mot)
            ancien.kill()
            assert attendre(lambda m=mot, a=ancien.pid: marche.a_un_autre(m, a)), (
                f"{mot}: {marche.dit()}"
            )
            assert attendre(lambda: repond(marche.port, "/readyz")), f"{mot}: {marche.dit()}"
        assert repond(marche.port, "/")

        famille = marche.famille()
        marche.processus.send_signal(signal.SIGTERM)
        assert marche.processus.wait(40) == 0
        assert attendre(lambda: toutes_finies(famille), 5)
        finie = portail("--data-dir", str(dossier), "letters")
        assert finie.returncode == 1
        assert "Aucune démonstration n’est en marche" in finie.stderr


def test_killed_outright_it_leaves_nothing_running_and_starts_again_on_its_data(
    dossier: Path,
) -> None:
    with demo(dossier) as marche:
        cle = (dossier / "cle_secrete").read_text()
        famille = marche.famille()
        assert len(famille) >= 4
        marche.processus.kill()
        marche.processus.wait()
        assert attendre(lambda: toutes_finies(famille), 20), marche.dit()
    with demo(dossier, marche.port, COMME_MAKE) as encore:
        assert (dossier / "cle_secrete").read_text() == cle
        assert repond(encore.port, "/connexion")
        autre = lancer("--port", str(port_libre()), "--data-dir", str(dossier))
        assert autre.returncode == 1
        assert "sert déjà à un autre portail" in autre.stderr
        assert repond(encore.port, "/readyz")
        famille = encore.famille()
        encore.processus.kill()
        encore.processus.wait()
        assert attendre(lambda: toutes_finies(famille), 40), "make killed takes it along"


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        port = prise.getsockname()[1]
        fait = lancer("--port", str(port), "--data-dir", str(tmp_path))
    assert fait.returncode == 1
    assert f"Le port {port} est déjà pris." in fait.stderr
    assert "Traceback" not in fait.stderr


def test_a_folder_that_takes_no_writing_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    fait = lancer("--port", str(port_libre()), "--data-dir", str(tmp_path / "fichier"))
    assert fait.returncode == 1
    assert "n’accepte pas d’écriture" in fait.stderr
    assert "Traceback" not in fait.stderr


@pytest.mark.parametrize("port", ["0", "65536", "huit"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    assert lancer("--port", port).returncode == 2


def test_personas_are_told_without_a_database() -> None:
    fait = lancer("personas", "--json")
    assert fait.returncode == 0, fait.stderr
    personas = json.loads(fait.stdout)
    assert personas
    attendus = {"role", "email", "password", "totp_secret", "entreprises", "dit"}
    assert all(set(p) == attendus for p in personas)

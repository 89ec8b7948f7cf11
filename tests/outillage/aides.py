"""Running the portal's own commands from the outside."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]


def environnement_nu(**plus: str) -> dict[str, str]:
    """The environment without what the test run itself has set."""
    gardes = {
        nom: valeur
        for nom, valeur in os.environ.items()
        if not nom.startswith(("PORTAL_", "PICCOLO_", "PYTEST_", "PYTHONPATH"))
    }
    return gardes | plus


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def attendre_ligne(processus: subprocess.Popen[str], debut: str, delai: float) -> str:
    """The first line of its output that begins so; fails when it ends or takes too long."""
    limite = time.monotonic() + delai
    assert processus.stdout is not None
    lues = []
    while time.monotonic() < limite:
        pret, _, _ = select.select([processus.stdout], [], [], 0.5)
        if not pret:
            continue
        ligne = processus.stdout.readline()
        if not ligne:
            break
        lues.append(ligne)
        if ligne.startswith(debut):
            return ligne.strip()
    raise AssertionError(f"« {debut} » n’est pas venu : {''.join(lues)[-2000:]}")


def finir(processus: subprocess.Popen[str], delai: float = 30) -> int:
    """End it as `kill` does; its exit code."""
    if processus.poll() is None:
        processus.send_signal(signal.SIGTERM)
    try:
        return processus.wait(delai)
    except subprocess.TimeoutExpired:
        processus.kill()
        return processus.wait()

"""A server that ends with whoever started it, and a data folder with one owner at a time."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from portal.infra.postgres.erreurs import PostgresImpossible

PAR_LE_NOYAU = sys.platform == "linux"
"""Linux itself tells a child of its parent's death; elsewhere a guardian reads a pipe."""

PR_SET_PDEATHSIG = 1


def fin_avec_le_parent() -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets SIGINT (PostgreSQL's fast end) when this thread's end comes."""
    if not PAR_LE_NOYAU:
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def attacher() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return attacher


def poster_gardien(pid: int) -> subprocess.Popen[bytes] | None:
    """Where the kernel doesn't: a shell that waits for the end of our pipe, then ends the server."""
    if PAR_LE_NOYAU or os.name != "posix":
        return None
    return subprocess.Popen(
        ["/bin/sh", "-c", f"cat > /dev/null; kill -INT {pid}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


class Verrou:
    """One owner a data folder; the system frees it whatever way the owner ends."""

    def __init__(self, fichier: Path) -> None:
        self.fichier = fichier
        self._descripteur: int | None = None

    def prendre(self) -> None:
        if os.name != "posix":
            return
        import fcntl

        self._descripteur = os.open(self.fichier, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as erreur:
            self.rendre()
            raise PostgresImpossible(
                f"Le dossier {self.fichier.parent} sert déjà à un autre portail en marche."
            ) from erreur

    def rendre(self) -> None:
        if self._descripteur is not None:
            os.close(self._descripteur)
            self._descripteur = None


def finir_le_survivant(donnees: Path) -> None:
    """A server left over on this folder: end it. A pid file that names something else: forget it."""
    fichier = donnees / "postmaster.pid"
    try:
        pid = int(fichier.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        fichier.unlink(missing_ok=True)
        return
    if not _sert(pid, donnees):
        fichier.unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    limite = time.monotonic() + 10
    while fichier.exists() and time.monotonic() < limite:
        time.sleep(0.05)


def _sert(pid: int, donnees: Path) -> bool:
    """Is that process a PostgreSQL on that folder?"""
    try:
        commande = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        lu = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True)
        commande = lu.stdout
    return b"postgres" in commande and os.fsencode(donnees) in commande

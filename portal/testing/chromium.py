"""Where Chromium is, for the tests in a real browser. Also read by the set-up: standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOSSIERS = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
MOTIFS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-*/*.app/Contents/MacOS/*",
    "chromium-*/*/chrome.exe",
)


def chercher() -> str | None:
    """`PORTAL_CHROMIUM`, else the system's, else Playwright's own download; None when none starts."""
    return next((chemin for chemin in _candidats() if _demarre(chemin)), None)


def _candidats() -> Iterator[str]:
    if choisi := os.environ.get("PORTAL_CHROMIUM"):
        yield choisi
    yield from filter(None, map(shutil.which, NOMS))
    choisis = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    racines = [Path(choisis)] if choisis else [Path.home() / dossier for dossier in DOSSIERS]
    for racine in racines:
        for motif in MOTIFS:
            yield from map(str, sorted(racine.glob(motif), reverse=True))


def _demarre(chemin: str) -> bool:
    """Some systems put a script there that only says where to get the browser."""
    try:
        fait = subprocess.run([chemin, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return fait.returncode == 0

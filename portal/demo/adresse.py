"""How the other commands find a demonstration that runs: a file in its data folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

from portal.settings import cle_de_demonstration, get_settings

FICHIER = "en_marche.json"


def regler(dossier: Path, dsn: str, url: str) -> None:
    """Point this process's settings at the demonstration of that folder."""
    os.environ.update(
        PORTAL_DEMO="true",
        PORTAL_DATABASE_URL=dsn,
        PORTAL_DATA_DIR=str(dossier),
        PORTAL_URL=url,
        PORTAL_SECRET_KEY=cle_de_demonstration(dossier),
    )
    get_settings.cache_clear()


def afficher(dossier: Path, dsn: str, url: str) -> None:
    """Tell where it answers, to its owner only."""
    fichier = dossier / FICHIER
    fichier.unlink(missing_ok=True)
    descripteur = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "w") as sortie:
        json.dump({"dsn": dsn, "url": url}, sortie)


def retirer(dossier: Path) -> None:
    (dossier / FICHIER).unlink(missing_ok=True)


def rejoindre(dossier: Path) -> bool:
    """Use the demonstration of that folder, when one was started there."""
    try:
        lu = json.loads((dossier / FICHIER).read_text())
        regler(dossier.resolve(), lu["dsn"], lu["url"])
    except (OSError, ValueError, KeyError):
        return False
    return True

"""The store behind `files`: a folder, or S3 when `PORTAL_FILES_URL` says so."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, from_url

from portal.settings import get_settings

CLE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
TRANCHE = 256 * 1024
AGE_TEMPORAIRE = 3600.0


class FichierAbsent(LookupError):
    """The store has no file under this key."""


def dossier_temporaire() -> Path:
    """Where uploads wait while they are examined."""
    chemin = Path(get_settings().data_dir) / "temporaire"
    chemin.mkdir(parents=True, exist_ok=True)
    return chemin


def magasin() -> Any:
    """The store that the settings name."""
    settings = get_settings()
    return _magasin(settings.files_url or "", str(settings.data_dir))


@lru_cache(maxsize=8)
def _magasin(url: str, data_dir: str) -> Any:
    if url:
        return from_url(url)
    return LocalStore(Path(data_dir) / "documents", mkdir=True)


async def deposer(cle: str, chemin: Path) -> None:
    """Put a finished file in the store; it appears there whole or not at all."""
    await obstore.put_async(magasin(), cle, chemin)


async def lire(cle: str) -> AsyncIterator[bytes]:
    """The file, slice by slice; raises `FichierAbsent` before the first."""
    try:
        reponse = await obstore.get_async(magasin(), _controlee(cle))
    except FileNotFoundError:
        raise FichierAbsent(cle) from None
    flux = reponse.stream(min_chunk_size=TRANCHE)
    return (bytes(tranche) async for tranche in flux)


async def octets(cle: str) -> bytes:
    """The whole file in memory: for small ones."""
    return b"".join([tranche async for tranche in await lire(cle)])


async def supprimer(cle: str) -> None:
    """Delete a file; one that is already gone is no error."""
    try:
        await obstore.delete_async(magasin(), _controlee(cle))
    except FileNotFoundError:
        return


async def cles() -> AsyncIterator[str]:
    """Every key of the store: to look for files that no row knows."""
    async for lot in obstore.list(magasin()):
        for objet in lot:
            yield objet["path"]


def balayer(age: float = AGE_TEMPORAIRE) -> int:
    """Delete what killed processes left in the temporary folder; returns how many files."""
    limite, nombre = time.time() - age, 0
    for chemin in dossier_temporaire().iterdir():
        if chemin.is_file() and chemin.stat().st_mtime < limite:
            chemin.unlink(missing_ok=True)
            nombre += 1
    return nombre


def _controlee(cle: str) -> str:
    if not CLE.fullmatch(cle):
        raise FichierAbsent("clé de fichier mal formée")
    return cle

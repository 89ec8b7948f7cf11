"""The files of a print batch: written so that a crash leaves nothing half valid.

A folder is a batch for the printer only once it holds `manifeste.csv`. The order of things:

1. PDF files and `manifeste.csv.attente` are written and synced to disk;
2. the transaction that makes the codes live commits;
3. the manifest takes its final name.

A crash before 2 leaves a folder without manifest whose codes exist nowhere: the next run removes
it and makes these letters again. A crash between 2 and 3 leaves live codes whose letters are
already on disk: the next run only gives the manifest its name. So no code is ever live that was
not printed, and no letter bears a manifest whose code is not live.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MANIFESTE = "manifeste.csv"
ATTENTE = "manifeste.csv.attente"
ADRESSES = "adresses.csv"
PREFIXE = "lot-"


@dataclass(frozen=True)
class FichierProduit:
    """One PDF of a batch."""

    nom: str
    genre: str
    lettres: int
    octets: int
    sha256: str


def ouvrir(racine: Path, numero: str) -> Path:
    """The folder of a batch, readable by its owner only: what is printed there is secret."""
    racine.mkdir(parents=True, exist_ok=True, mode=0o700)
    dossier = racine / f"{PREFIXE}{numero}"
    dossier.mkdir(mode=0o700)
    return dossier


def deposer(dossier: Path, nom: str, contenu: bytes) -> None:
    """Write a file under a temporary name, sync it, then give it its name."""
    provisoire = dossier / f".{nom}"
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descripteur, "wb") as sortie:
        sortie.write(contenu)
        sortie.flush()
        os.fsync(sortie.fileno())
    provisoire.rename(dossier / nom)
    _synchroniser(dossier)


def deposer_pdf(
    dossier: Path, nom: str, genre: str, lettres: int, contenu: bytes
) -> FichierProduit:
    deposer(dossier, nom, contenu)
    return FichierProduit(nom, genre, lettres, len(contenu), hashlib.sha256(contenu).hexdigest())


def deposer_manifeste(dossier: Path, numero: str, fichiers: Sequence[FichierProduit]) -> str:
    """Write the manifest that still waits; its SHA-256."""
    lignes: list[Sequence[object]] = [
        (numero, f.nom, f.genre, f.lettres, f.octets, f.sha256) for f in fichiers
    ]
    lignes.append((numero, "TOTAL", "", sum(f.lettres for f in fichiers), "", ""))
    contenu = en_csv(("lot", "fichier", "genre", "lettres", "octets", "sha256"), lignes)
    deposer(dossier, ATTENTE, contenu)
    return hashlib.sha256(contenu).hexdigest()


def publier(dossier: Path) -> None:
    """The batch may be printed. Doing it again, or after another run did it, changes nothing."""
    try:
        (dossier / ATTENTE).rename(dossier / MANIFESTE)
    except FileNotFoundError:
        if not (dossier / MANIFESTE).is_file():
            raise
    _synchroniser(dossier)


def inacheves(racine: Path) -> list[tuple[str, Path]]:
    """(number, folder) of batches that a crash left without manifest."""
    if not racine.is_dir():
        return []
    return [
        (dossier.name.removeprefix(PREFIXE), dossier)
        for dossier in sorted(racine.glob(f"{PREFIXE}*"))
        if dossier.is_dir() and not (dossier / MANIFESTE).exists()
    ]


def effacer(dossier: Path) -> None:
    shutil.rmtree(dossier)


def en_csv(entetes: Sequence[str], lignes: Iterable[Sequence[object]]) -> bytes:
    """UTF-8, semicolons; a cell that a spreadsheet would take for a formula is quoted."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(entetes)
    for ligne in lignes:
        ecrivain.writerow([_inerte(c) for c in ligne])
    return sortie.getvalue().encode()


def _inerte(cellule: object) -> object:
    if isinstance(cellule, str) and cellule[:1] in ("=", "+", "-", "@", "\t", "\r", "＝"):
        return "'" + cellule
    return cellule


def _synchroniser(dossier: Path) -> None:
    if os.name == "nt":  # no descriptor of a folder there
        return
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)

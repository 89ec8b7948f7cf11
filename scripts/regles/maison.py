"""Rules of the house: no `asyncio.gather` in the product, short files, no dispositif's word in it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
LIGNES_MAX = 500
ECRITS = {".py", ".html", ".css", ".js", ".typ"}
DOSSIERS = ("portal", "plugins", "templates", "static", "tests", "scripts")
MOTS_DE_DISPOSITIF = re.compile(
    r"apprenti\w*|alternance|pro-?a\b|cipii?\b|fpe-?tt\b|declanet|actions? de formation|afest",
    re.IGNORECASE,
)
EXEMPTES = ("portal/branches/donnees/",)
"""Data copied as its source publishes it."""


def fichiers(racine: Path, dossiers: Iterable[str], suffixes: set[str]) -> Iterator[Path]:
    for dossier in dossiers:
        for fichier in sorted((racine / dossier).rglob("*")):
            if fichier.suffix in suffixes and not {"__pycache__", "vendor"} & set(fichier.parts):
                yield fichier


def longs(racine: Path = RACINE) -> Iterator[str]:
    """Files over the limit, migrations apart."""
    for fichier in fichiers(racine, DOSSIERS, ECRITS):
        nombre = fichier.read_text(encoding="utf-8").count("\n")
        if nombre > LIGNES_MAX and "migrations" not in fichier.parts:
            yield f"{fichier.relative_to(racine)}: {nombre} lignes, {LIGNES_MAX} au plus"


def ensembles(racine: Path = RACINE) -> Iterator[str]:
    """`asyncio.gather` and `TaskGroup`: inside a transaction they share its one connection."""
    for fichier in fichiers(racine, ("portal", "plugins"), {".py"}):
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            if nom := _concurrence(noeud):
                ligne = getattr(noeud, "lineno", 0)
                yield f"{fichier.relative_to(racine)}:{ligne}: asyncio.{nom} est interdit ici"


def _concurrence(noeud: ast.AST) -> str | None:
    interdits = ("gather", "TaskGroup")
    if isinstance(noeud, ast.Attribute) and isinstance(noeud.value, ast.Name):
        return noeud.attr if noeud.value.id == "asyncio" and noeud.attr in interdits else None
    if isinstance(noeud, ast.ImportFrom) and noeud.module == "asyncio":
        return next((a.name for a in noeud.names if a.name in interdits), None)
    return None


def mots_de_dispositif(racine: Path = RACINE) -> Iterator[str]:
    """The engine and its pages know no dispositif by name."""
    for fichier in fichiers(racine, ("portal", "templates"), ECRITS | {".txt", ".md", ".csv"}):
        chemin = fichier.relative_to(racine).as_posix()
        if chemin.startswith(EXEMPTES) or fichier.name == "motdepasse_courants.txt":
            continue
        for numero, ligne in enumerate(fichier.read_text(encoding="utf-8").splitlines(), 1):
            if mot := MOTS_DE_DISPOSITIF.search(ligne):
                yield f"{chemin}:{numero}: « {mot.group()} » est un mot de dispositif"


def fautes(racine: Path = RACINE) -> list[str]:
    return [*longs(racine), *ensembles(racine), *mots_de_dispositif(racine)]


if __name__ == "__main__":
    trouvees = fautes()
    print("\n".join(trouvees))
    sys.exit(1 if trouvees else 0)

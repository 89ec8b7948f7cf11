"""Dead code: what vulture finds, less what templates and tests name and what frameworks call."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from vulture import Vulture  # type: ignore[import-untyped]

RACINE = Path(__file__).resolve().parent.parent.parent
DOSSIERS = ("portal", "plugins", "tests", "scripts")
SURS = 80
"""From this confidence on, everything counts; below, only functions, classes and properties."""
GENRES = frozenset({"function", "class", "property"})
DECORATEURS = [
    "@get*", "@post*", "@put*", "@delete*", "@tache*", "@hookspec", "@hookimpl", "@main.*",
    "@demo.*", "@plugin.*", "@payments.*", "@controle*", "@pytest*", "@periodique*", "@given*",
]  # fmt: skip
NOMS = ["pytest_*", "test_*", "cabler", "model_config"]


def trouver(racine: Path = RACINE) -> list[str]:
    """Sentences « file:line: unused … »."""
    chasseur = Vulture(ignore_names=NOMS, ignore_decorators=DECORATEURS)
    chasseur.scavenge(
        [str(racine / d) for d in DOSSIERS if (racine / d).is_dir()], exclude=["*/migrations/*"]
    )
    dits = _mots_des_gabarits(racine) | _noms_des_essais(racine)
    return [
        f"{Path(mort.filename).relative_to(racine)}:{mort.first_lineno}: {mort.message}"
        for mort in chasseur.get_unused_code(min_confidence=60)
        if (mort.confidence >= SURS or mort.typ in GENRES)
        and mort.name not in dits
        and not _est_un_essai(Path(mort.filename), racine)
    ]


def _mots_des_gabarits(racine: Path) -> set[str]:
    gabarits = [*(racine / "templates").rglob("*.html"), *(racine / "plugins").rglob("*.html")]
    return {m for g in gabarits for m in re.findall(r"\w+", g.read_text(encoding="utf-8"))}


def _noms_des_essais(racine: Path) -> set[str]:
    """Functions that tests choose by their name: `getattr(operations, "solder")`."""
    return {
        noeud.value
        for fichier in (racine / "tests").rglob("*.py")
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8")))
        if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str)
        if noeud.value.isidentifier()
    }


def _est_un_essai(fichier: Path, racine: Path) -> bool:
    return fichier.relative_to(racine).parts[0] == "tests"


if __name__ == "__main__":
    trouves = trouver()
    print("\n".join(trouves))
    sys.exit(1 if trouves else 0)

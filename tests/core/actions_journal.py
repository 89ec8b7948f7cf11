"""Every action that the code writes to the journal, read off its source.

An action is the first argument of `noter`: a text, a choice between texts, a formatted text whose
beginning is known (« dossier.* »), or the parameter of a helper, whose calls are then read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
MODULE = "portal.core.journal.operations"


@dataclass
class Lecture:
    """Actions with where they are written, and calls whose action could not be read."""

    actions: dict[str, str] = field(default_factory=dict)
    illisibles: list[str] = field(default_factory=list)


def lire_arbre(*dossiers: str) -> Lecture:
    lecture = Lecture()
    for dossier in dossiers:
        for fichier in sorted((RACINE / dossier).rglob("*.py")):
            _lire(fichier.read_text(encoding="utf-8"), str(fichier.relative_to(RACINE)), lecture)
    return lecture


def lire_source(source: str) -> Lecture:
    lecture = Lecture()
    _lire(source, "essai.py", lecture)
    return lecture


def _lire(source: str, nom: str, lecture: Lecture) -> None:
    if "journal" not in source:
        return
    arbre = ast.parse(source)
    ecrivains = dict.fromkeys(_noms(arbre), 0)
    faits: set[ast.Call] = set()
    while True:
        nouveaux = [
            (fonction, appel)
            for fonction, appel in _appels(arbre)
            if appel not in faits and ast.unparse(appel.func) in ecrivains
        ]
        if not nouveaux:
            return
        for fonction, appel in nouveaux:
            faits.add(appel)
            rang = ecrivains[ast.unparse(appel.func)]
            argument = appel.args[rang] if len(appel.args) > rang else None
            parametre = _parametre(fonction, argument)
            if parametre is not None and fonction is not None:
                ecrivains[fonction.name] = parametre
                continue
            lus = _textes(argument)
            if not lus:
                lecture.illisibles.append(f"{nom}:{appel.lineno}")
            for texte in lus:
                lecture.actions.setdefault(texte, f"{nom}:{appel.lineno}")


def _noms(arbre: ast.Module) -> Iterator[str]:
    """How this module calls `noter` of the journal."""
    for noeud in ast.walk(arbre):
        if not isinstance(noeud, ast.ImportFrom) or noeud.module is None:
            continue
        for alias in noeud.names:
            if noeud.module == MODULE and alias.name == "noter":
                yield alias.asname or "noter"
            elif f"{noeud.module}.{alias.name}" == MODULE:
                yield f"{alias.asname or 'operations'}.noter"


def _appels(
    noeud: ast.AST, fonction: ast.FunctionDef | ast.AsyncFunctionDef | None = None
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | None, ast.Call]]:
    """Every call with the function that it stands in."""
    for enfant in ast.iter_child_nodes(noeud):
        dedans = enfant if isinstance(enfant, ast.FunctionDef | ast.AsyncFunctionDef) else fonction
        if isinstance(enfant, ast.Call):
            yield fonction, enfant
        yield from _appels(enfant, dedans)


def _parametre(
    fonction: ast.FunctionDef | ast.AsyncFunctionDef | None, argument: ast.expr | None
) -> int | None:
    """The rank of the function's parameter that this argument is, if it is one."""
    if fonction is None or not isinstance(argument, ast.Name):
        return None
    noms = [a.arg for a in fonction.args.posonlyargs + fonction.args.args]
    return noms.index(argument.id) if argument.id in noms else None


def _textes(argument: ast.expr | None) -> list[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return _textes(argument.body) + _textes(argument.orelse)
    if isinstance(argument, ast.JoinedStr):
        debut = argument.values[0]
        return [f"{debut.value}*" if isinstance(debut, ast.Constant) else "*"]
    return []

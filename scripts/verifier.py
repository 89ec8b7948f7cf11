"""`make check`: every check of the house, two at a time; what fails is shown, the rest said in a line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
CODE = ("portal", "plugins", "tests", "scripts")
CONCIS = ("--output-format", "concise")
OUTILS = Path(sys.executable).parent


@dataclass(frozen=True)
class Controle:
    """A check: a tool's command line, or a module of ours."""

    nom: str
    commande: tuple[str, ...]

    def lancer(self) -> tuple[bool, str, float]:
        debut = time.monotonic()
        fait = subprocess.run(
            self.commande,
            cwd=RACINE,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
        )
        sortie = (fait.stdout + fait.stderr).strip()
        return fait.returncode == 0, sortie, time.monotonic() - debut


def outil(nom: str) -> str:
    return str(OUTILS / nom)


def module(nom: str, *mots: str) -> tuple[str, ...]:
    return (sys.executable, "-m", nom, *mots)


CONTROLES = (
    Controle("types", module("mypy", "--no-error-summary")),
    Controle("contrats d’import", (outil("lint-imports"), "--no-cache")),
    Controle("gabarits", module("djlint", "--lint", "--quiet", "templates", "plugins")),
    Controle("code mort", module("scripts.regles.code_mort")),
    Controle("règles de la maison", module("scripts.regles.maison")),
    Controle("documentation", module("scripts.verifier_docs")),
    Controle("style", module("ruff", "check", "--quiet", *CONCIS, *CODE)),
    Controle("mise en forme", module("ruff", "format", "--check", "--quiet", *CONCIS, *CODE)),
)


def main(dire: Callable[[str], None] = print) -> int:
    echecs = 0
    with ThreadPoolExecutor(max_workers=2) as equipe:
        en_cours = [(c, equipe.submit(c.lancer)) for c in CONTROLES]
        for controle, futur in en_cours:
            reussi, sortie, duree = futur.result()
            dire(f"{'ok    ' if reussi else 'ÉCHEC '} {controle.nom} ({duree:.1f} s)")
            if not reussi:
                echecs += 1
                dire("\n".join("    " + ligne for ligne in sortie.splitlines()))
    dire("Tout est en ordre." if not echecs else f"{echecs} contrôle(s) en échec.")
    return 1 if echecs else 0


if __name__ == "__main__":
    sys.exit(main())

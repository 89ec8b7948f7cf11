"""The documentation must match the code: tables between markers are made from it.

`python -m scripts.verifier_docs` fails when one differs; `--ecrire` writes them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
MARQUE = re.compile(r"(<!-- made from the code: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
LIEN = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")


def fabriques() -> dict[str, Callable[[], str]]:
    os.environ["PICCOLO_CONF"] = "portal.piccolo_conf"
    from scripts.docs import contrat, installation

    return {
        "crochets": contrat.crochets,
        "declaration": contrat.declaration,
        "objets": contrat.objets,
        "options": contrat.options_de_champ,
        "types": contrat.types_de_champ,
        "exemple": contrat.exemple,
        "personas": installation.personas,
        "reglages": installation.reglages,
        "commandes": installation.commandes,
        "routes": installation.routes,
        "controles": installation.controles,
        "conservation": installation.conservation,
    }


def documents(racine: Path = RACINE) -> list[Path]:
    return sorted([*racine.glob("*.md"), *(racine / "docs").rglob("*.md")])


def a_jour(texte: str, faire: dict[str, Callable[[], str]]) -> str:
    """The text with its tables as the code has them now."""

    def remplacer(trouve: re.Match[str]) -> str:
        debut, nom, _, fin = trouve.groups()
        return f"{debut}\n{faire[nom]().strip()}\n\n{fin}"

    return MARQUE.sub(remplacer, texte)


def liens_morts(document: Path, texte: str, racine: Path = RACINE) -> list[str]:
    """Relative links, and paths of the code in backquotes, that lead nowhere."""
    vises = [document.parent / lien for lien in LIEN.findall(texte)]
    hors_tables = MARQUE.sub("", texte)
    chemins = re.findall(
        r"`((?:portal|plugins|templates|static|tests|scripts|docs)/[\w./-]+)`", hors_tables
    )
    vises += [racine / chemin for chemin in chemins]
    return [str(v.relative_to(racine)) for v in vises if not v.exists()]


def essais_nommes(texte: str, racine: Path = RACINE) -> list[str]:
    """Tests that a document names and that are not there."""
    nommes = set(re.findall(r"`(test_\w+)`", texte))
    if not nommes:
        return []
    presents = {
        nom
        for fichier in (racine / "tests").rglob("test_*.py")
        for nom in re.findall(r"def (test_\w+)", fichier.read_text(encoding="utf-8"))
    }
    return sorted(nommes - presents)


def main(mots: list[str]) -> int:
    ecrire = "--ecrire" in mots
    faire = fabriques()
    fautes = []
    for document in documents():
        nom = document.relative_to(RACINE)
        texte = document.read_text(encoding="utf-8")
        voulu = a_jour(texte, faire)
        if voulu != texte and ecrire:
            document.write_text(voulu, encoding="utf-8")
        elif voulu != texte:
            fautes.append(
                f"{nom} ne dit plus ce que fait le code : python -m {__spec__.name} --ecrire"
            )
        fautes += [
            f"{nom} mène à {lien}, qui n’existe pas" for lien in liens_morts(document, voulu)
        ]
        fautes += [f"{nom} nomme {essai}, qui n’existe pas" for essai in essais_nommes(voulu)]
    print("\n".join(fautes))
    return 1 if fautes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write `requirements.lock`: what `.venv` has of the product's and the tests' dependencies, exactly.

Run it by the environment's Python after changing pyproject.toml: `.venv/bin/python scripts/verrouiller.py`.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RACINE = Path(__file__).resolve().parent.parent
VERROU = RACINE / "requirements.lock"
ENTETE = (
    "# Made by scripts/verrouiller.py from pyproject.toml. Any index that serves PyPI will do.\n"
)


def declarees() -> list[Requirement]:
    """The requirements of pyproject.toml: product, then tests and tools."""
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    lignes = [*projet["project"]["dependencies"], *projet["dependency-groups"]["dev"]]
    return [Requirement(ligne) for ligne in lignes]


def fermeture(depart: list[Requirement]) -> dict[str, str]:
    """Name → installed version of these and of everything they need."""
    versions: dict[str, str] = {}
    vus: set[tuple[str, str]] = set()
    reste = list(depart)
    while reste:
        voulu = reste.pop()
        for extra in {"", *voulu.extras}:
            cle = (canonicalize_name(voulu.name), extra)
            if cle in vus:
                continue
            vus.add(cle)
            paquet = distribution(voulu.name)
            versions[cle[0]] = paquet.version
            for texte in paquet.requires or []:
                besoin = Requirement(texte)
                if besoin.marker is None or besoin.marker.evaluate({"extra": extra}):
                    reste.append(besoin)
    return versions


def main() -> int:
    try:
        versions = fermeture(declarees())
    except PackageNotFoundError as absent:
        print(f"Le paquet {absent.name} n’est pas installé dans .venv.", file=sys.stderr)
        return 1
    lignes = [f"{nom}=={version}\n" for nom, version in sorted(versions.items())]
    VERROU.write_text(ENTETE + "".join(lignes), encoding="utf-8")
    print(f"{VERROU.name} : {len(lignes)} paquets")
    return 0


if __name__ == "__main__":
    sys.exit(main())

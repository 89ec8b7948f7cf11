"""C13: a hundred thousand rows, at a steady pace and in bounded memory."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.settings import get_settings
from tests.core.numeros import siren_neuf, siret_de
from tests.reprise import aides as a
from tests.reprise.test_dossiers import facture, reglement

SOCIETES = 200


async def peupler(dossier: Path, lignes: int) -> None:
    """Files of so many rows: half rights, the rest dossiers with invoices and payments."""
    sirens = [siren_neuf() for _ in range(min(SOCIETES, lignes))]
    await enregistrer(
        *(FicheSaisie(s, f"Société {s}", (EtablissementSaisi(siret_de(s)),)) for s in sirens)
    )
    nombre = lignes // 6

    def toutes(faire: Any, combien: int) -> Iterator[dict[str, Any]]:
        return (faire(n, sirens[n % len(sirens)]) for n in range(combien))

    def numero(n: int, s: str) -> str:
        return f"C{n}-{s}"

    _ecrire(
        dossier / "habilitations.csv",
        toutes(lambda n, s: a.droit(f"p{n}.{sirens[0]}@exemple.fr", s), lignes - 3 * nombre),
    )
    _ecrire(
        dossier / "dossiers.csv",
        toutes(lambda n, s: a.un_dossier(numero(n, s), siret_de(s)), nombre),
    )
    _ecrire(dossier / "factures.csv", toutes(lambda n, s: facture(numero(n, s), s, "400"), nombre))
    _ecrire(dossier / "reglements.csv", toutes(
        lambda n, s: reglement(numero(n, s), s, "400"), nombre))  # fmt: skip


def _ecrire(chemin: Path, lignes: Iterator[dict[str, Any]]) -> None:
    with chemin.open("w", encoding="utf-8", newline="") as flux:
        premiere = next(lignes)
        sortie = csv.DictWriter(flux, list(premiere), delimiter=";")
        sortie.writeheader()
        sortie.writerow(premiere)
        sortie.writerows(lignes)


async def test_c13_la_memoire_ne_suit_pas_le_nombre(tmp_path: Path) -> None:
    await peupler(tmp_path, 3_000)
    tracemalloc.start()
    bilan = await a.reprendre(tmp_path, lot=100)
    _, pic = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bilan.total("accepté") == 3_000
    assert pic < 6_000_000, f"{pic} octets pour des lots de 100"


@pytest.mark.preuve
async def test_c13_cent_mille_lignes(tmp_path: Path, base_neuve: str, capsys) -> None:
    """`pytest -m preuve`: one JSON line, rows a second and peak memory of the command."""
    await peupler(tmp_path, 100_000)
    for nom, plus in (("essai", []), ("reprise", ["--apply"]), ("reprise relue", ["--apply"])):
        depart = time.perf_counter()
        pic, sortie = await _lancer(tmp_path, *plus)
        duree = time.perf_counter() - depart
        dit = {"name": f"{nom} de 100 000 lignes", "figure": round(100_000 / duree), "unit": "lignes/s",
               "seconds": round(duree, 1), "peak_mb": pic // 1000}  # fmt: skip
        with capsys.disabled():
            print(json.dumps(dit, ensure_ascii=False))
        assert pic < 400_000
        assert sum(int(li.split()[2]) for li in sortie.splitlines() if " acceptées" in li) == (
            0 if nom == "reprise relue" else 100_000
        ), sortie


async def _lancer(dossier: Path, *plus: str) -> tuple[int, str]:
    """(kilobytes at its peak, what it printed) of the command."""
    processus = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MESURE, "import", "reprise", str(dossier), *plus,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PORTAL_DATABASE_URL": get_settings().database_url or ""},
    )  # fmt: skip
    sortie, erreurs = await processus.communicate()
    assert processus.returncode == 0, erreurs.decode()[-2000:]
    texte, _, pic = sortie.decode().rpartition("PIC ")
    return int(pic), texte


MESURE = """
import atexit, resource
from portal.cli import main
atexit.register(lambda: print("PIC", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
main()
"""

"""A million rows of the register: how fast, in how much memory. `make proof` shows the figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.infra.base import valeur
from tests.core import registre

LIGNES = 1_000_000
PLANCHER = 1_500
"""Rows a second, on two cores that others use too."""
PLAFOND_MO = 250
SCRIPT = """
import resource, sys
from portal.cli import main
try:
    main(["import", "sirene", sys.argv[1], "--rejets", sys.argv[2]], standalone_mode=False)
finally:
    print("pic", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def lancer(fichier: Path, base: str) -> tuple[str, float, int]:
    """What the command says, rows a second, peak of memory in MB."""
    debut = time.monotonic()
    fait = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(fichier), str(fichier.with_suffix(".rejets"))],
        env={**os.environ, "PORTAL_DATABASE_URL": base},
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stderr[-2000:]
    pic = re.search(r"pic (\d+)", fait.stdout)
    assert pic is not None
    return fait.stdout, LIGNES / (time.monotonic() - debut), int(pic[1])


@pytest.mark.preuve
async def test_b02_a_million_rows_in_bounded_memory(tmp_path: Path, base_neuve: str) -> None:
    fichier = registre.ecrire(tmp_path / "stock.csv.gz", LIGNES)
    dit, vitesse, pic = lancer(fichier, base_neuve)
    encore, relance, pic_relance = lancer(fichier, base_neuve)
    print(f"\nimport sirene : {vitesse:.0f} lignes/s, {pic} Mo ; relance : {relance:.0f} lignes/s")
    assert await valeur("select count(*) from etablissement") == LIGNES
    assert "0 ajouts, 0 modifications" in encore, (dit, encore)
    assert vitesse > PLANCHER
    assert max(pic, pic_relance) < PLAFOND_MO

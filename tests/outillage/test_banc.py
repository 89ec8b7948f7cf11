"""The bench still runs, and says what it must: one JSON object a line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .aides import RACINE, environnement_nu


@pytest.mark.preuve
def test_le_banc_mesure_la_liste_et_ses_plafonds() -> None:
    fait = subprocess.run(
        [sys.executable, "-m", "scripts.bench"]
        + ["--dossiers", "300", "--secondes", "0.3", "--tours", "1"],
        cwd=RACINE,
        env=environnement_nu(),
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert fait.returncode in (0, 1), fait.stderr
    lignes = [json.loads(ligne) for ligne in fait.stdout.splitlines()]
    assert all(set(li) == {"name", "figure", "unit", "ratio", "p50", "p99"} for li in lignes)
    mesures = {li["name"]: li for li in lignes}
    etablie = "liste de 50 par 5 000 établissements"
    for nom in ("corps constant", "gabarit seul", "liste de 50 sur 300", etablie):
        assert mesures[nom]["figure"] > 0
        assert 0 < mesures[nom]["p50"] <= mesures[nom]["p99"]
    assert mesures["gabarit seul"]["ratio"] == 1
    attendu = mesures[etablie]["figure"] / mesures["liste de 50 sur 300"]["figure"]
    assert abs(mesures[etablie]["ratio"] - attendu) < 0.02
    assert any(li["unit"].endswith("(gzip)") for li in lignes)

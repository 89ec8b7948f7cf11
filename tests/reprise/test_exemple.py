"""The example folder of the documentation, and what the documentation says of the layouts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from portal.core.entreprises.operations import enregistrer
from portal.demo.entreprises import GROS, INTERIM, RESTAURANTS
from portal.reprise.formats import FORMATS
from tests.reprise import aides as a

DOCS = Path(__file__).parents[2] / "docs"


async def test_c13_l_exemple_se_reprend(tmp_path: Path, base_neuve) -> None:
    await enregistrer(*(e.fiche() for e in (INTERIM, RESTAURANTS, GROS)))
    shutil.copytree(DOCS / "exemples/reprise", tmp_path / "d")
    bilan = await a.reprendre(tmp_path / "d")
    rejets = [d for d in a.rapport(bilan) if d["resultat"] != "accepté"]
    assert [d["cle"] for d in rejets] == ["MDA-2019-00033"], "closed for too long, as it shows"
    assert bilan.total("accepté") == 14
    assert await a.livre("MDA-2023-01102") == {"engage": 1350, "facture": 1350, "paye": 1350}


def test_c13_la_documentation_dit_les_colonnes() -> None:
    texte = (DOCS / "reprise.md").read_text()
    for format_ in FORMATS:
        if not format_.colonnes:
            continue
        colonnes = ", ".join(c.nom if c.exigee else f"[{c.nom}]" for c in format_.colonnes)
        ligne = f"| `{format_.code}` | {colonnes} | {', '.join(format_.cle)} |"
        assert re.search(re.escape(ligne), texte), ligne

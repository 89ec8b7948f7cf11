"""`make check` sees what it is there for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import verifier
from scripts.regles import code_mort, maison


def arbre(racine: Path, **fichiers: str) -> Path:
    for nom, texte in fichiers.items():
        fichier = racine / nom.replace("__", "/").replace("_py", ".py").replace("_html", ".html")
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.write_text(texte)
    return racine


def test_le_code_mort_est_nomme_sauf_ce_que_nomment_gabarits_et_essais(tmp_path: Path) -> None:
    arbre(
        tmp_path,
        portal__a_py="def morte():\n    pass\n\n\ndef vue():\n    pass\n\n\ndef choisie():\n    pass\n",
        templates__p_html="{{ vue() }}",
        tests__t_py="getattr(a, 'choisie')()\n",
    )
    assert code_mort.trouver(tmp_path) == ["portal/a.py:1: unused function 'morte'"]


def test_un_fichier_trop_long_et_un_mot_de_dispositif_sont_nommes(tmp_path: Path) -> None:
    arbre(
        tmp_path,
        portal__long_py="x = 1\n" * (maison.LIGNES_MAX + 1),
        templates__p_html="<p>Contrat d’apprentissage</p>",
    )
    longueur, mot = maison.fautes(tmp_path)
    assert longueur.startswith("portal/long.py: 501 lignes")
    assert "apprentissage" in mot


@pytest.mark.parametrize(("code", "sortie"), [(0, 0), (3, 1)])
def test_un_controle_en_echec_montre_ce_qu_il_a_dit(
    monkeypatch: pytest.MonkeyPatch, code: int, sortie: int
) -> None:
    commande = (sys.executable, "-c", f"print('sa raison'); raise SystemExit({code})")
    monkeypatch.setattr(verifier, "CONTROLES", (verifier.Controle("essai", commande),))
    dites: list[str] = []
    assert verifier.main(dites.append) == sortie
    assert any("sa raison" in ligne for ligne in dites) is bool(code)

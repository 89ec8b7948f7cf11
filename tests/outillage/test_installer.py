"""The set-up: quick when done, plain sentences when it can't, mends what was left half-done."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .aides import RACINE


@pytest.fixture
def installer(tmp_path: Path) -> ModuleType:
    """The script as a module, looking at a folder of its own."""
    spec = importlib.util.spec_from_file_location("installer", RACINE / "scripts" / "installer.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    racine = tmp_path / "mon dossier é"
    racine.mkdir()
    module.RACINE = racine
    module.VENV = racine / ".venv"
    module.PYTHON = module.VENV / "bin" / "python"
    module.PIP = [str(module.PYTHON), "-m", "pip"]
    module.HTMX = racine / "static" / "vendor" / "htmx.min.js"
    return module


def test_un_dossier_sans_ecriture_donne_une_phrase(installer: ModuleType) -> None:
    installer.RACINE = installer.RACINE / "absent"
    with pytest.raises(installer.Impossible, match="n’accepte pas d’écriture"):
        installer.exiger_ecriture()


def test_un_environnement_sans_pip_ou_deplace_est_refait(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", installer.VENV], check=True)
    assert installer.est_d_ici()
    assert not installer.muet([*installer.PIP, "--version"])
    installer.creer_venv()
    assert installer.muet([*installer.PIP, "--version"])
    marque = installer.VENV / "encore"
    marque.touch()
    installer.creer_venv()
    assert marque.exists(), "un environnement en bon état est gardé"
    deplace = installer.RACINE / "ailleurs"
    installer.VENV.rename(deplace)
    installer.VENV = deplace
    assert not installer.est_d_ici()


def test_sans_npm_joignable_la_demonstration_n_est_pas_empechee(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installer, "npm", lambda: [sys.executable, "-c", "raise SystemExit(1)"])
    installer.installer_si_possible()
    assert "marcheront sans" in capfd.readouterr().err
    with pytest.raises(installer.Impossible, match="npm est-il joignable"):
        installer.installer_ressources(essais=True)


def test_un_htmx_qui_n_est_pas_le_bon_est_refuse(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "npm", lambda: [sys.executable, "-c", ""])
    source = installer.RACINE / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
    source.parent.mkdir(parents=True)
    source.write_text("alert(1)")
    with pytest.raises(installer.Impossible, match="celui qui est attendu"):
        installer.installer_ressources(essais=False)
    assert not installer.HTMX.exists()


def test_le_verrou_couvre_ce_que_declare_le_projet() -> None:
    lignes = (RACINE / "requirements.lock").read_text().splitlines()
    verrou = dict(ligne.split("==") for ligne in lignes if ligne and not ligne.startswith("#"))
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text())
    for texte in [*projet["project"]["dependencies"], *projet["dependency-groups"]["dev"]]:
        voulu = Requirement(texte)
        assert voulu.specifier.contains(verrou[canonicalize_name(voulu.name)]), texte


def faux_python(dossier: Path, nom: str, code: int) -> Path:
    """A command that says whether it is recent enough, and what it was asked to run."""
    commande = dossier / nom
    commande.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {code}\necho "$0 $*"\n')
    commande.chmod(0o755)
    return commande


def lancer_make(*mots: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-C", str(RACINE), "installation", *mots], capture_output=True, text=True
    )


def test_sans_python_recent_make_le_dit(tmp_path: Path) -> None:
    vieux = faux_python(tmp_path, "vieux", 1)
    fait = lancer_make(f"PYTHON={vieux}", "AUTRES=python-absent")
    assert fait.returncode != 0
    assert "Python 3.11 ou plus récent est nécessaire." in fait.stderr


def test_un_python_plus_recent_prend_la_main(tmp_path: Path) -> None:
    vieux, neuf = faux_python(tmp_path, "vieux", 1), faux_python(tmp_path, "neuf", 0)
    fait = lancer_make(f"PYTHON={vieux}", f"AUTRES={neuf}")
    assert fait.returncode == 0, fait.stderr
    assert f"{neuf} scripts/installer.py --essais" in fait.stdout

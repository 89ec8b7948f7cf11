"""The wheel made from the sdist, installed elsewhere, brings pages, assets and built-in plugins."""

from __future__ import annotations

import re
import site
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .aides import RACINE, attendre_ligne, environnement_nu, finir, port_libre

pytestmark = pytest.mark.xdist_group("paquet")


def courir(*commande: str | Path, dans: Path) -> str:
    fait = subprocess.run(
        [str(mot) for mot in commande],
        cwd=dans,
        env=environnement_nu(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
    return fait.stdout


@pytest.fixture(scope="module")
def roue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist, itself built from this tree."""
    sortie = tmp_path_factory.mktemp("dist")
    courir(sys.executable, "-m", "build", "--no-isolation", "--outdir", sortie, ".", dans=RACINE)
    (roue,) = sortie.glob("*.whl")
    return roue


@pytest.fixture(scope="module")
def ailleurs(roue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment, in a path with a space and an accent; dependencies are this one's."""
    racine = tmp_path_factory.mktemp("installé ici")
    venv = racine / "venv"
    courir(sys.executable, "-m", "venv", "--without-pip", venv, dans=racine)
    python = venv / "bin" / "python"
    (paquets,) = venv.glob("lib/python*/site-packages")
    (paquets / "dependances.pth").write_text(
        "\n".join(d for d in site.getsitepackages() if Path(d).is_dir())
    )
    courir(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python),
        *("install", "--no-index", "--no-deps", "--ignore-installed", "-qq", roue),
        dans=racine,
    )
    return racine


def test_la_roue_n_a_qu_un_nom_et_tout_ce_qu_il_faut(roue: Path) -> None:
    noms = zipfile.ZipFile(roue).namelist()
    assert {n.split("/")[0] for n in noms if ".dist-info/" not in n} == {"portal"}
    for dossier, suffixe, dedans in (
        ("templates", "html", "portal/_donnees/templates"),
        ("static", "css", "portal/_donnees/static"),
        ("plugins", "py", "portal/_plugins"),
    ):
        voulus = {
            f"{dedans}/{f.relative_to(RACINE / dossier).as_posix()}"
            for f in (RACINE / dossier).rglob(f"*.{suffixe}")
        }
        assert voulus
        assert voulus <= set(noms)
    assert "portal/_donnees/static/vendor/htmx.min.js" in noms


def test_la_roue_installee_voit_ses_plugins(ailleurs: Path) -> None:
    dit = courir(ailleurs / "venv" / "bin" / "portal", "plugins", dans=ailleurs)
    attendus = {p.parent.name for p in (RACINE / "plugins").glob("*/plugin.py")}
    assert {ligne.split()[0] for ligne in dit.splitlines()} >= attendus
    assert all("chargé" in ligne for ligne in dit.splitlines())
    assert str(ailleurs) in dit


@pytest.fixture(scope="module")
def demonstration(ailleurs: Path) -> Iterator[str]:
    """`portal demo` of the installed wheel, from another folder; its address."""
    port = port_libre()
    with (ailleurs / "journal.txt").open("w") as journal:
        processus = subprocess.Popen(
            [ailleurs / "venv" / "bin" / "portal", "demo", "--port", str(port)]
            + ["--data-dir", str(ailleurs / "données"), "--scale", "10"],
            cwd=ailleurs,
            env=environnement_nu(),
            stdout=subprocess.PIPE,
            stderr=journal,
            text=True,
        )
        try:
            attendre_ligne(processus, "ready ", 150)
            yield f"http://127.0.0.1:{port}"
        finally:
            finir(processus)
            assert processus.stdout
            processus.stdout.close()


def lire(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as reponse:
        assert reponse.status == 200
        return reponse.read().decode()


def test_n02_la_roue_installee_lance_la_demonstration(demonstration: str) -> None:
    page = lire(demonstration)
    assert "<h1" in page
    feuilles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert feuilles
    for feuille in feuilles:
        assert "{" in lire(demonstration + feuille)
    (htmx,) = re.findall(r'<script src="([^"]*htmx[^"]*)"', page)
    assert "htmx" in lire(demonstration + htmx)


def test_n02_les_dispositifs_des_plugins_sont_la(demonstration: str) -> None:
    assert re.search(r'href="/dispositifs/\w+"', lire(f"{demonstration}/dispositifs"))

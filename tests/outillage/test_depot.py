"""The repository itself: nothing of a machine in it, nothing unused, nothing undeclared."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from portal.infra.base import sql
from scripts import verifier_docs
from scripts.docs.installation import retention, tables
from scripts.regles import maison

from .aides import RACINE

BINAIRES = {".png", ".ico", ".woff2", ".pdf", ".jpg", ".xlsx"}
HOTES = {
    "registry.npmjs.org",
    "pypi.org",
    "files.pythonhosted.org",
}
"""Public registries are no secret, yet a lock file must not name even them: any mirror will do."""


@cache
def suivis() -> tuple[Path, ...]:
    """Files that git tracks; in a copy without git, everything that is not made."""
    fait = subprocess.run(["git", "ls-files", "-z"], cwd=RACINE, capture_output=True, text=True)
    if fait.returncode:
        return tuple(maison.fichiers(RACINE, maison.DOSSIERS, maison.ECRITS))
    chemins = [RACINE / nom for nom in fait.stdout.split("\0") if nom]
    return tuple(c for c in chemins if c.is_file() and c.suffix not in BINAIRES)


@cache
def lire(fichier: Path) -> str:
    return fichier.read_text(encoding="utf-8")


def test_aucun_fichier_n_est_trop_long() -> None:
    assert list(maison.longs()) == []


def test_rien_ne_se_fait_en_meme_temps_dans_une_transaction() -> None:
    assert list(maison.ensembles()) == []


@pytest.mark.parametrize(
    ("source", "pris"),
    [
        ("import asyncio\nasync def f():\n    await asyncio.gather(a(), b())\n", True),
        ("from asyncio import gather\n", True),
        (
            "import asyncio\nasync def f():\n    async with asyncio.TaskGroup():\n        pass\n",
            True,
        ),
        ("import asyncio\nasyncio.run(f())\n", False),
    ],
)
def test_le_controle_du_parallelisme_voit_ce_qu_il_doit(
    tmp_path: Path, source: str, pris: bool
) -> None:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "x.py").write_text(source)
    assert bool(list(maison.ensembles(tmp_path))) is pris


def test_n01_aucun_mot_de_dispositif_dans_le_coeur() -> None:
    assert list(maison.mots_de_dispositif()) == []


def test_les_verrous_ne_nomment_aucun_hote() -> None:
    for nom in ("requirements.lock", "package-lock.json", ".npmrc", "pyproject.toml"):
        texte = lire(RACINE / nom)
        assert not [h for h in HOTES if h in texte], nom
        assert not re.search(r"index-url|find-links|file://|\"resolved\"", texte), nom


MACHINE = re.compile(r"(?<![\w/.])/(?:root|home|Users|opt|work)/\w")
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|xox[bp]-\d+-"
    r"|://[\w.-]+:[^@\s{}'\"]{3,}@"
)


def test_aucun_chemin_de_machine_ni_secret() -> None:
    fautes = [
        f"{f.relative_to(RACINE)}:{numero}"
        for f in suivis()
        for numero, ligne in enumerate(lire(f).splitlines(), 1)
        if MACHINE.search(ligne) or SECRETS.search(ligne)
        if f != Path(__file__)
    ]
    assert fautes == []


def test_aucune_note_de_travail_ni_code_a_finir() -> None:
    mots = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|pytest\.mark\.skip\b")
    fautes = [
        f"{f.relative_to(RACINE)}: {mots.search(lire(f)).group()}"  # type: ignore[union-attr]
        for f in suivis()
        if f.suffix in maison.ECRITS | {".md"} and f != Path(__file__) and mots.search(lire(f))
    ]
    assert fautes == []


def gabarits() -> dict[str, Path]:
    """Template name → file, plugins' under their prefix."""
    trouves = {f.relative_to(RACINE / "templates").as_posix(): f for f in _html("templates")}
    for f in _html("plugins"):
        plugin, _, *reste = f.relative_to(RACINE / "plugins").parts
        trouves["/".join(["p", plugin, *reste])] = f
    return trouves


def _html(dossier: str) -> list[Path]:
    return [f for f in suivis() if f.suffix == ".html" and f.parts[len(RACINE.parts)] == dossier]


def test_chaque_gabarit_sert_et_chaque_nom_de_gabarit_existe() -> None:
    sources = [f for f in suivis() if f.suffix in (".py", ".html")]
    du_produit = [
        f for f in sources if f.parts[len(RACINE.parts)] in ("portal", "plugins", "templates")
    ]
    # The explanation at the head of a template names no real one.
    texte = "\n".join(re.sub(r"\{#.*?#\}", "", lire(f), flags=re.DOTALL) for f in du_produit)
    nommes = set(re.findall(r"[\"']([\w/-]+\.html)[\"']", texte))
    tous = gabarits()
    inutiles = {nom for nom in tous if nom not in nommes and nom.split("/", 2)[-1] not in nommes}
    assert inutiles == set()
    des_plugins = {nom.split("/", 2)[-1] for nom in tous if nom.startswith("p/")}
    assert {n for n in nommes if n not in tous and n not in des_plugins} == set()


def test_chaque_table_dit_combien_de_temps_elle_garde() -> None:
    assert [t.__name__ for t in tables() if not retention(t)] == []


async def test_chaque_table_de_la_base_est_declaree() -> None:
    lignes = await sql(
        "select tablename from pg_tables where schemaname = 'public'"
        " and tablename not like 'procrastinate%' and tablename <> 'migration'"
    )
    declarees = {t._meta.tablename for t in tables()}
    plugins = {p.name for p in (RACINE / "plugins").iterdir() if p.is_dir()}
    inconnues = {li["tablename"] for li in lignes} - declarees
    assert {t for t in inconnues if t.split("_")[0] not in plugins} == set()


async def test_les_colonnes_declarees_sont_celles_de_la_base() -> None:
    lignes = await sql(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        # What Piccolo has no word for: ranges, and columns that the database computes.
        " and data_type <> 'daterange' and is_generated = 'NEVER'"
    )
    vraies: dict[str, set[str]] = {}
    for li in lignes:
        vraies.setdefault(li["table_name"], set()).add(li["column_name"])
    ecarts = {
        nom: declarees ^ vraies.get(nom, set())
        for nom, declarees in (
            (t._meta.tablename, {c._meta.db_column_name for c in t._meta.columns}) for t in tables()
        )
        if declarees != vraies.get(nom, set())
    }
    assert ecarts == {}


def test_la_documentation_dit_ce_que_fait_le_code() -> None:
    faire = verifier_docs.fabriques()
    for document in verifier_docs.documents():
        texte = lire(document)
        assert verifier_docs.a_jour(texte, faire) == texte, document.name
        assert verifier_docs.liens_morts(document, texte) == [], document.name
        assert verifier_docs.essais_nommes(texte) == [], document.name


def test_un_tableau_perime_est_vu() -> None:
    texte = "<!-- made from the code: x -->\nvieux\n<!-- end -->"
    assert verifier_docs.a_jour(texte, {"x": lambda: "neuf"}) != texte


def test_chaque_decision_tient_en_une_page() -> None:
    decisions = sorted((RACINE / "docs" / "decisions").glob("*.md"))
    assert [d.name[:4] for d in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for decision in decisions:
        assert len(lire(decision).splitlines()) <= 60, decision.name
        for titre in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert titre in lire(decision), decision.name

"""C13: files as people save them; each fault is one sentence with its place, never a stack trace."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from portal.cli import reprise as cli_reprise
from portal.infra.base import sql, sql1
from portal.infra.sheets import Colonne, Feuille
from portal.infra.sheets import ecrire as ecrire_classeur
from portal.reprise.commande import DossierVide
from portal.reprise.rapport import Bilan
from portal.settings import get_settings
from tests.core import rattachements_aides as gens
from tests.core.comptes_aides import adresse
from tests.reprise import aides as a

ENTETE = "source;email;nom;prenom\n"


async def lire(
    dossier: Path, contenu: bytes, nom: str = "utilisateurs.csv"
) -> list[dict[str, str]]:
    (dossier / nom).write_bytes(contenu)
    return a.rapport(await a.reprendre(dossier))


async def nom_de(email: str) -> str:
    ligne = await sql1("select nom from utilisateur_repris where email = $1", email)
    assert ligne is not None
    return str(ligne["nom"])


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
async def test_c13_chaque_encodage_se_lit(tmp_path: Path, encodage: str) -> None:
    email = adresse()
    texte = f"{ENTETE}MDA;{email};O'Brien-Ñandú é;Zoë\n"
    (dit,) = await lire(tmp_path, texte.encode(encodage))
    assert dit["resultat"] == "accepté"
    assert await nom_de(email) == "O'Brien-Ñandú é"


async def test_c13_le_latin_1_se_dit(tmp_path: Path) -> None:
    (tmp_path / "utilisateurs.csv").write_bytes(f"{ENTETE}MDA;{adresse()};É;E\n".encode("latin-1"))
    assert "Latin-1" in str(await a.reprendre(tmp_path))


async def test_c13_noms_du_monde_entier(tmp_path: Path) -> None:
    email = adresse()
    await lire(tmp_path, f"{ENTETE}MDA;{email};O'Brien-Ñandú 李;Zoë\n".encode())
    assert await nom_de(email) == "O'Brien-Ñandú 李"


@pytest.mark.parametrize("separateur", [",", "\t", ";"])
async def test_c13_separateurs(tmp_path: Path, separateur: str) -> None:
    texte = f"{ENTETE}MDA;{adresse()};A;B\n".replace(";", separateur)
    assert [d["resultat"] for d in await lire(tmp_path, texte.encode())] == ["accepté"]


ILLISIBLES = {
    "separateur": (f"{ENTETE}MDA;a@b.fr;A;B\n".replace(";", "|").encode(), "points-virgules"),
    "colonne": (b"source;email;nom\nMDA;a@b.fr;A\n", "Colonne absente\u00a0: prenom"),
    "double": (b"source;email;nom;prenom;NOM\n", "Colonne nommée deux fois\u00a0: nom"),
    "vide": (b"", "vide"),
    "utf16": (ENTETE.encode("utf-16"), "UTF-16"),
    "excel": (b"PK\x03\x04reste", ".xlsx"),
    "longue": (ENTETE.encode() + b"x" * 10_000_000, "100\u202f000 caractères"),
    "longue_entete": (b"x" * 10_000_000, "100\u202f000 caractères"),
    "guillemet": (ENTETE.encode() + b'MDA;"' + b"x;\n" * 100_000, "guillemet"),
}


@pytest.mark.parametrize("cas", ILLISIBLES)
async def test_c13_un_fichier_illisible_est_une_phrase(tmp_path: Path, cas: str) -> None:
    contenu, mot = ILLISIBLES[cas]
    dit = (await lire(tmp_path, contenu))[-1]
    assert dit["resultat"] == "illisible"
    assert mot in dit["motif"]
    assert dit["ligne"]


async def test_c13_rien_n_est_ecrit_quand_un_entete_est_faux(tmp_path: Path) -> None:
    email = adresse()
    (tmp_path / "dossiers.csv").write_text("n'importe quoi")
    (dit,) = await lire(tmp_path, f"{ENTETE}MDA;{email};A;B\n".encode())
    assert dit["fichier"] == "dossiers.csv"
    assert not await sql("select 1 from utilisateur_repris where email = $1", email)


CELLULES = {
    "nul": ("A\x00", "nom", "caractère nul"),
    "formule": ("=HYPERLINK(1)", "nom", "formule"),
    "arobase": ("@SUM(1+1)", "nom", "formule"),
    "plus": ("+cmd|' /C calc'!A0", "nom", "formule"),
    "long": ("x" * 81, "nom", "80"),
    "vide": ("", "nom", "vide"),
    "invisible": ("\u200b", "nom", "lisible"),
}


@pytest.mark.parametrize("cas", CELLULES)
async def test_c13_une_cellule_fausse_est_une_phrase(tmp_path: Path, cas: str) -> None:
    valeur, colonne, mot = CELLULES[cas]
    bonne = f"MDA;{adresse()};A;B\n"
    texte = f'{ENTETE}MDA;{adresse()};"{valeur}";B\n{bonne}'
    faux, bon = await lire(tmp_path, texte.encode())
    assert (faux["resultat"], faux["colonne"], faux["ligne"]) == ("rejeté", colonne, "2")
    assert mot in faux["motif"]
    assert bon["resultat"] == "accepté", "the others go in"


async def test_c13_adresse_et_source_fausses(tmp_path: Path) -> None:
    lignes = (
        "MDA;pas une adresse;A;B",
        "Autre;a@b.fr;A;B",
        "MDA;а@b.fr;A;B",
        "MDA;a@b.fr;A;B;en trop",
    )
    dits = await lire(tmp_path, (ENTETE + "\n".join(lignes)).encode())
    assert [d["colonne"] for d in dits] == ["email", "source", "email", ""]
    assert all(d["resultat"] == "rejeté" and d["motif"] for d in dits)
    assert "MDA, ancien Mon Espace" in dits[1]["motif"]


async def test_c13_le_rapport_n_est_pas_une_formule(tmp_path: Path) -> None:
    s = await gens.societe()
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier("-1+2", s.siret()))
    bilan = await a.reprendre(tmp_path)
    assert a.rapport(bilan)[0]["cle"] == "'-1+2"


async def test_c13_excel_se_lit_comme_un_csv(tmp_path: Path) -> None:
    from datetime import date

    s = await gens.societe()
    modele = a.un_dossier(f"X-{s.siren}", s.siret())
    valeurs = {**modele, "debut": date(2025, 3, 2), "nb_personnes": 3, "accorde": 1000}
    types = {"debut": "date", "nb_personnes": "entier", "accorde": "entier"}
    ecrire_classeur(
        tmp_path / "Dossiers.xlsx",
        [Feuille("Dossiers", [Colonne(c, types.get(c, "texte")) for c in valeurs], [list(valeurs.values())])],
    )  # fmt: skip
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"]
    dossier = await a.dossier_de(f"X-{s.siren}")
    assert dossier is not None
    assert (dossier["debut"], dossier["accorde_centimes"]) == (date(2025, 3, 2), 100_000)
    (tmp_path / "Dossiers.xlsx").write_bytes(b"PK pas un classeur")
    assert a.resultats(await a.reprendre(tmp_path)) == ["illisible"]


async def test_c13_un_dossier_vide_ou_inconnu_se_dit(tmp_path: Path) -> None:
    with pytest.raises(DossierVide, match="Attendus"):
        await a.reprendre(tmp_path)
    (tmp_path / "photos.csv").write_text("x")
    (tmp_path / "utilisateurs.csv").write_text(f"{ENTETE}MDA;{adresse()};A;B\n")
    assert "photos.csv\u00a0: fichier inconnu" in str(await a.reprendre(tmp_path))


async def test_c13_la_commande_dit_son_bilan(tmp_path: Path) -> None:
    email = adresse()
    (tmp_path / "utilisateurs.csv").write_text(f"{ENTETE}MDA;{email};A;B\n")
    env = os.environ | {"PORTAL_DATABASE_URL": get_settings().database_url or ""}
    ordre = [sys.executable, "-m", "portal.cli", "import", "reprise", str(tmp_path), "--apply"]
    ordre += ["--rapport", str(tmp_path / "ailleurs.txt")]
    ecrit = await asyncio.to_thread(
        subprocess.run, ordre, capture_output=True, text=True, env=env, check=False
    )
    assert ecrit.returncode == 0, ecrit.stderr
    assert "Utilisateurs\u00a0: 1 acceptées" in ecrit.stdout
    assert (tmp_path / "ailleurs.txt").exists()
    assert await sql("select 1 from utilisateur_repris where email = $1", email)


def test_c13_un_fichier_illisible_donne_le_code_1(tmp_path: Path, monkeypatch, capsys) -> None:
    bilan = Bilan(essai=True, rapport=tmp_path / "r.csv", illisibles=["a.csv, ligne 1. Vide."])
    monkeypatch.setattr(cli_reprise, "cabler", lambda _plugins: None)
    monkeypatch.setattr(cli_reprise, "avec_base", lambda tache: tache.close())
    monkeypatch.setattr(cli_reprise, "courir", lambda _tache: bilan)
    with pytest.raises(click.exceptions.Exit) as fin:
        cli_reprise.reprendre(tmp_path, False, None)
    assert fin.value.exit_code == 1
    assert "Fichier illisible\u00a0: a.csv" in capsys.readouterr().out
    with pytest.raises(click.ClickException, match="dossier"):
        cli_reprise.reprendre(tmp_path / "absent", False, None)

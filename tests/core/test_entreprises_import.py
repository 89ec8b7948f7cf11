"""`portal import sirene`: the public register, in whatever state its file comes."""

from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.core.entreprises import queries
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.core.entreprises.registre import passage
from portal.core.entreprises.registre.bilan import Bilan
from portal.core.entreprises.registre.lecture import FichierIllisible
from portal.core.entreprises.registre.sirene import importer
from portal.infra.base import sql, sql1, valeur
from tests.core import registre
from tests.core.numeros import siren_neuf, siret_de

MINIMUM = (
    "siret,etablissementSiege,etatAdministratifEtablissement,codePostalEtablissement,"
    "libelleCommuneEtablissement,denominationUniteLegale,dateDebut"
)


def ligne(siret: str, nom: str, *, siege: str = "true", etat: str = "A", debut: str = "") -> str:
    return f"{siret},{siege},{etat},44000,NANTES,{nom},{debut}"


def deposer(dossier: Path, *lignes: str, entete: str = MINIMUM, encodage: str = "utf-8") -> Path:
    fichier = dossier / "sirene.csv"
    fichier.write_bytes("\n".join([entete, *lignes, ""]).encode(encodage))
    return fichier


async def etat() -> list[Any]:
    """Everything that the copy of the register says, `maj_le` too."""
    return [
        *await sql("select * from entreprise order by siren"),
        *await sql("select * from etablissement order by siret"),
    ]


async def test_b02_import_keeps_what_the_opco_knows_and_reports_wrong_rows(tmp_path: Path) -> None:
    siren, neuf = siren_neuf(), siren_neuf()
    siege = EtablissementSaisi(siret_de(siren), code_postal="44000", commune="Nantes")
    await enregistrer(FicheSaisie(siren, "Ancien nom", (siege,), idcc="0843", effectif=12))
    fichier = deposer(
        tmp_path,
        ligne(siret_de(siren), "Nouveau nom"),
        ligne(siret_de(siren, 2), "Nouveau nom", siege="false", etat="F", debut="2025-03-01"),
        ligne("123", "Faux"),
        ligne(siret_de(neuf), "Nouvelle venue"),
        ligne(siret_de(neuf, 2), "Nouvelle venue", etat="X"),
        ligne(siret_de(neuf, 3), "Nouvelle venue", etat="F", debut="hier"),
    )  # fmt: skip
    rejets = tmp_path / "rejets.csv"
    bilan = await importer(fichier, rejets=rejets)
    assert (bilan.lignes, bilan.entreprises, bilan.etablissements, bilan.rejets) == (6, 2, 3, 3)
    dits = rejets.read_text("utf-8-sig").splitlines()
    assert [d.split(";")[0] for d in dits] == ["ligne", "4", "6", "7"]
    assert "14 chiffres" in dits[1]
    assert "ni A ni F" in dits[2]
    assert "AAAA-MM-JJ" in dits[3]
    assert "ligne 4" in str(bilan)
    lue = await queries.par_siren(siren)
    assert lue is not None
    assert (lue.denomination, lue.idcc, lue.effectif) == ("Nouveau nom", "0843", 12)
    assert lue.est_adherent
    ferme = (await queries.consulter(siret_de(siren, 2))).fiche
    assert ferme is not None
    assert ferme.etablissement is not None
    assert ferme.etablissement.ferme_le == date(2025, 3, 1)
    assert await queries.par_siren(neuf) is not None


async def test_b02_every_field_of_the_register_is_read(tmp_path: Path) -> None:
    (voulue,) = registre.lignes(1, depart=81_000_000)
    voulue |= {
        "complementAdresseEtablissement": "BATIMENT B", "indiceRepetitionEtablissement": "BIS",
        "trancheEffectifsUniteLegale": "12", "trancheEffectifsEtablissement": "11",
        "etatAdministratifUniteLegale": "C", "dateDebut": "2026-01-31",
        "etatAdministratifEtablissement": "F", "codePostalEtablissement": "13100",
        "codeCommuneEtablissement": "84089", "enseigne1Etablissement": "[ND]",
    }  # fmt: skip
    fichier = deposer(
        tmp_path,
        ",".join(voulue.get(c, "") for c in registre.COLONNES),
        entete=",".join(registre.COLONNES),
    )
    await importer(fichier)
    societe = await sql1("select * from entreprise where siren = $1", voulue["siren"])
    lieu = await sql1("select * from etablissement where siret = $1", voulue["siret"])
    assert societe is not None
    assert lieu is not None
    assert societe["denomination"] == voulue["denominationUniteLegale"]
    assert (societe["naf"], societe["tranche"], societe["categorie"]) == ("56.10A", "12", "PME")
    assert societe["fermee_le"] == lieu["ferme_le"] == date(2026, 1, 31)
    assert (lieu["adresse_ligne1"], lieu["adresse_ligne2"]) == (
        f"{voulue['numeroVoieEtablissement']} BIS RUE DU MARCHE", "BATIMENT B",
    )  # fmt: skip
    assert (lieu["tranche"], lieu["enseigne"]) == ("11", "")
    assert (lieu["departement"], lieu["region"]) == ("84", "Provence-Alpes-Côte d’Azur")


async def test_b02_run_again_changes_nothing_in_any_order_and_batch(tmp_path: Path) -> None:
    fichier = registre.ecrire(tmp_path / "stock.csv.gz", 400, depart=82_000_000)
    premier = await importer(fichier, taille=37)
    assert premier.rejets == 0
    assert premier.etablissements == 400
    avant, journal = await etat(), await valeur("select count(*) from journal")
    encore = await importer(fichier, taille=50)
    assert (encore.ajouts, encore.modifications) == (0, 0)
    entete, *reste = gzip.decompress(fichier.read_bytes()).decode().splitlines()
    random.Random(3).shuffle(reste)
    desordre = await importer(deposer(tmp_path, *reste, entete=entete), taille=23)
    assert (desordre.ajouts, desordre.modifications) == (0, 0)
    assert await etat() == avant
    assert await valeur("select count(*) from journal") == journal


async def test_b02_an_import_that_was_stopped_is_finished_by_the_next(tmp_path: Path) -> None:
    fichier = registre.ecrire(tmp_path / "stock.csv", 120, depart=83_000_000)
    coupe = tmp_path / "coupe.csv"
    coupe.write_text("\n".join(fichier.read_text().splitlines()[:61]) + "\n")
    assert (await importer(coupe, taille=25)).etablissements == 60
    suite = await importer(fichier, taille=25)
    assert suite.etablissements == 120
    assert await valeur(
        "select count(*) from etablissement where siren like '83%'"
    ) == 120  # fmt: skip


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
async def test_b02_accents_survive_any_encoding(tmp_path: Path, encodage: str) -> None:
    siren = siren_neuf()
    await importer(deposer(tmp_path, ligne(siret_de(siren), "Crêperie d'Été"), encodage=encodage))
    lue = await queries.par_siren(siren)
    assert lue is not None
    assert lue.denomination == "Crêperie d'Été"


@pytest.mark.parametrize("separateur", [";", "\t", "|"])
async def test_b02_another_separator_is_recognised(tmp_path: Path, separateur: str) -> None:
    siren = siren_neuf()
    fichier = deposer(
        tmp_path,
        ligne(siret_de(siren), "Garage, Pièces et Cie").replace(",", separateur, 5),
        entete=MINIMUM.replace(",", separateur),
    )
    fichier.write_text(fichier.read_text().replace(f"Cie{','}", f"Cie{separateur}"))
    bilan = await importer(fichier)
    assert bilan.rejets == 0
    lue = await queries.par_siren(siren)
    assert lue is not None
    assert lue.denomination == "Garage, Pièces et Cie"


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (b"", "vide"),
        (b"siret;autre\n1;2\n", "Colonnes absentes"),
        (b"nom,ville\nA,B\n", "séparateur"),
        (MINIMUM.encode().replace(b"etablissementSiege,", b""), "etablissementSiege"),
        (b"x" * 10_000_000, "100\u202f000 caractères"),
        (b"PK\x03\x04" + b"\x00" * 100, "archive"),
        ("siret".encode("utf-16"), "UTF-16"),
        (gzip.compress((MINIMUM + "\n").encode() + b"x" * 5000)[:-30], "gz est abîmée"),
        (b"\x1f\x8bpas du tout", "gz est abîmée"),
    ],
)  # fmt: skip
async def test_b02_an_unreadable_file_gets_a_sentence(
    tmp_path: Path, contenu: bytes, dit: str
) -> None:
    fichier = tmp_path / "autre.csv"
    fichier.write_bytes(contenu)
    with pytest.raises(FichierIllisible, match=dit):
        await importer(fichier)


async def test_b02_ten_megabytes_in_one_row_are_left_out_and_reading_goes_on(
    tmp_path: Path,
) -> None:
    siren = siren_neuf()
    fichier = deposer(tmp_path, "x" * 10_000_000, ligne(siret_de(siren), "Après"))
    bilan = await importer(fichier)
    assert (bilan.rejets, bilan.etablissements) == (1, 1)
    assert "100\u202f000 caractères" in str(bilan)
    assert await queries.par_siren(siren) is not None


async def test_b02_a_quote_left_open_costs_its_line_only(tmp_path: Path) -> None:
    siren, autre = siren_neuf(), siren_neuf()
    fichier = deposer(
        tmp_path,
        ligne(siret_de(siren), '"Ouvert'),
        *[ligne(siret_de(siren_neuf()), "Suivante") for _ in range(12)],
        ligne(siret_de(autre), '"Deux\nlignes, et une virgule"'),
        ligne(siret_de(siren_neuf()), "trop") + ",de colonnes",
    )
    bilan = await importer(fichier)
    assert (bilan.rejets, bilan.etablissements) == (2, 13)
    assert [p.split("\u00a0")[0] for p in bilan.premiers] == ["ligne 2", "ligne 17"]
    lue = await queries.par_siren(autre)
    assert lue is not None
    assert lue.denomination == "Deux lignes, et une virgule"


async def test_b02_two_imports_at_once_the_second_is_told_to_wait(tmp_path: Path) -> None:
    fichier = deposer(tmp_path, ligne(siret_de(siren_neuf()), "Seule"))
    async with passage.passage("sirene", "autre.csv", Bilan()):
        with pytest.raises(FichierIllisible, match="déjà en cours"):
            await importer(fichier)
    assert (await importer(fichier)).etablissements == 1


async def test_b02_progress_is_told_in_rows_speed_and_time_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.entreprises.registre.bilan.CADENCE", 0.0)
    phrases: list[str] = []
    fichier = registre.ecrire(tmp_path / "stock.csv", 60, depart=84_000_000)
    await importer(fichier, progres=phrases.append, taille=20)
    assert len(phrases) == 3
    assert phrases[0].startswith("20 lignes, ")
    assert "par seconde, reste" in phrases[0]

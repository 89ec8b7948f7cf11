"""Exports hold what was given, never a formula; imports survive hostile files."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.infra import sheets
from portal.infra.sheets import Colonne, Feuille

COLONNES = [
    Colonne("Nom"),
    Colonne("Montant", "montant"),
    Colonne("Le", "date"),
    Colonne("À", "date_heure"),
    Colonne("Accordé", "oui_non"),
    Colonne("Taux", "pourcentage"),
]


def test_what_is_written_is_read_back() -> None:
    ligne = (
        "Lœuil", 123456, date(2026, 3, 3), datetime(2026, 3, 3, 13, 5, tzinfo=UTC), True,
        Decimal("0.555"),
    )  # fmt: skip
    lues = sheets.lire(sheets.octets([Feuille("Essai", COLONNES, [ligne])]))
    assert lues[0] == [c.libelle for c in COLONNES]
    assert lues[1][:3] == ["Lœuil", 1234.56, date(2026, 3, 3)]
    assert lues[1][3] == datetime(2026, 3, 3, 14, 5)
    assert lues[1][4:] == ["Oui", 0.555]


def test_euros_may_come_as_decimals() -> None:
    contenu = sheets.octets([Feuille("A", [Colonne("M", "montant")], [(Decimal("12.34"),)])])
    assert sheets.lire(contenu)[1] == [12.34]


@pytest.mark.parametrize("texte", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "http://x.y"])
def test_a_text_never_becomes_a_formula_or_a_link(texte: str) -> None:
    contenu = sheets.octets([Feuille("A", [Colonne("T")], [(texte,)])])
    assert sheets.lire(contenu)[1] == [texte]
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_a_readable_file(texte: str) -> None:
    contenu = sheets.octets([Feuille(texte, [Colonne("T")], [(texte,)])])
    lues = sheets.lire(contenu)
    assert lues[0] == ["T"]


def test_the_header_is_frozen_filtered_and_titles_stay_apart() -> None:
    feuilles = [Feuille("Dossiers [2026]/*" * 4, [Colonne("A")], [("x",)]) for _ in range(2)]
    contenu = sheets.octets(feuilles)
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in page
    assert '<autoFilter ref="A1:A2"/>' in page
    assert sheets.lire(contenu, 1)[1] == ["x"]


def test_rows_may_come_from_a_generator_and_are_counted(tmp_path) -> None:
    lignes = ((f"n° {i}", i) for i in range(5000))
    colonnes = [Colonne("A"), Colonne("B", "entier")]
    assert sheets.ecrire(tmp_path / "é è.xlsx", [Feuille("F", colonnes, lignes)]) == 5000
    assert sheets.lire((tmp_path / "é è.xlsx").read_bytes())[5000] == ["n° 4999", 4999.0]


def test_a_row_of_the_wrong_length_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        sheets.octets([Feuille("A", [Colonne("T")], [("x", "y")])])


def bombe() -> bytes:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    return flux.getvalue()


@pytest.mark.parametrize(
    "contenu",
    [b"", b"bonjour", b"PK\x03\x04" + b"\x00" * 50, pytest.param(bombe(), id="bombe")],
)
def test_what_is_no_workbook_or_a_bomb_is_refused(contenu: bytes) -> None:
    with pytest.raises(sheets.FeuilleRefusee):
        sheets.lire(contenu)

"""H03, H04: what a PDF's text must say; differences named with what was expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.factures.lecture import (
    Attendu,
    FormationAttendue,
    comparer,
    est_proforma,
    ibans,
    plus_grand_montant,
    porte_date,
    porte_montant,
    porte_numero,
)

ATTENDU = Attendu(
    numero="FA-2026/017",
    date_facture=date(2026, 3, 5),
    assujetti=True,
    ht=100_000,
    tva=20_000,
    ttc=120_000,
    cible="OPCO Démo",
    autres_cibles=("Fonds Bis",),
    emetteur_siren="732829320",
    emetteur_nom="Maison Dupré & Fils",
    formations=(
        FormationAttendue(
            "a1", "2026-AF-000123", "Excel avancé", date(2026, 2, 2), date(2026, 2, 6)
        ),
    ),
)
BONNE = """MAISON DUPRÉ & FILS
SIREN 732 829 320
Facture n° FA-2026/017 du 5 mars 2026
A l'ordre de : OPCO DEMO, 12 rue des Essais
Formation dossier 2026-AF-000123, Excel avance
Total HT 1 000,00 EUR
TVA 20 % 200,00 EUR
Total TTC 1 200,00 EUR
IBAN FR14 2004 1010 0505 0001 3M02 606
"""


def test_h03_une_facture_complete_passe() -> None:
    lecture = comparer(BONNE, ATTENDU)
    assert lecture.refus == []
    assert lecture.a_verifier == []


@pytest.mark.parametrize(
    ("ancien", "nouveau", "code", "dit"),
    [
        ("FA-2026/017", "FA-2026/018", "numero", "FA-2026/017"),
        ("FA-2026/017", "FA-2026/0171", "numero", "FA-2026/017"),
        ("1 200,00", "1 300,00", "total", "Le plus grand montant lu est 1\u202f300,00\u00a0€"),
        ("OPCO DEMO", "Fonds Bis", "cible", "le PDF est à l’ordre de Fonds Bis"),
        ("OPCO DEMO", "la mairie", "cible", "n’apparaît pas"),
        ("1 000,00", "999,99", "ht", "1\u202f000,00"),
        ("TVA 20 % 200,00 EUR", "", "tva", "200,00"),
        ("2026-AF-000123, Excel avance", "Word", "formation", "2026-AF-000123"),
    ],
)
def test_h04_chaque_ecart_est_nomme(ancien: str, nouveau: str, code: str, dit: str) -> None:
    assert ancien in BONNE
    lecture = comparer(BONNE.replace(ancien, nouveau), ATTENDU)
    assert [p.code for p in lecture.refus] == [code]
    assert dit in lecture.refus[0].message


def test_h04_emetteur_absent() -> None:
    texte = BONNE.replace("MAISON DUPRÉ & FILS", "Un autre").replace("732 829 320", "111 111 111")
    assert [p.code for p in comparer(texte, ATTENDU).refus] == ["emetteur"]


def test_h03_formation_reconnue_a_son_intitule_et_ses_dates() -> None:
    texte = BONNE.replace(
        "2026-AF-000123, Excel avance", "EXCEL AVANCE du 02/02/2026 au 06/02/2026"
    )
    assert comparer(texte, ATTENDU).refus == []


def test_h03_net_de_taxes_doit_etre_dit() -> None:
    net = replace(ATTENDU, assujetti=False, ht=120_000, tva=0)
    assert [p.code for p in comparer(BONNE, net).refus] == ["net"]
    for mention in ("TVA non applicable, art. 293 B du CGI", "Montant net de taxes",
                    "Exonération de TVA, art. 261-4-4° a du CGI"):  # fmt: skip
        assert comparer(BONNE + mention, net).refus == []


def test_h01_une_proforma_est_refusee() -> None:
    for texte in (
        BONNE + "Facture proforma – sans valeur légale ni comptable",
        BONNE + "FACTURE PRO-FORMA",
    ):
        assert est_proforma(texte)
        (point,) = comparer(texte, ATTENDU).refus
        assert (point.code, point.champ) == ("proforma", "fichier")
        assert "facture proforma" in point.message


def test_h04_un_scan_va_a_une_personne() -> None:
    lecture = comparer("  12 \n ", ATTENDU)
    assert lecture.refus == []
    assert lecture.a_verifier


def test_h04_date_non_lue_va_a_une_personne() -> None:
    lecture = comparer(BONNE.replace("5 mars 2026", "hier"), ATTENDU)
    assert lecture.refus == []
    assert len(lecture.a_verifier) == 1


def test_h03_ibans_lus_dans_le_texte() -> None:
    assert ibans(BONNE) == ["FR1420041010050500013M02606"]
    assert ibans("IBAN FR14 2004 1010 0505 0001 3M02 606 BIC PSSTFRPPPAR") == [
        "FR1420041010050500013M02606"
    ]
    assert ibans("FR1520041010050500013M02606 puis FR14") == []


@pytest.mark.parametrize(
    ("texte", "cents", "oui"),
    [
        ("1 234,56 €", 123456, True), ("1.234,56", 123456, True), ("1234.56", 123456, True),
        ("1\u202f234,56", 123456, True), ("1'234.56", 123456, True), ("11 234,56", 123456, False),
        ("1 234,567", 123456, False), ("234,56", 123456, False), ("1 200 €", 120000, True),
        ("1 200", 120000, False), ("12 234,56", 23456, False), ("Qté 3 234,50 234,56", 23456, True), ("0,50", 50, True),
        ("1 234 567,00", 123456700, True),
    ],
)  # fmt: skip
def test_h04_montants_sous_toutes_leurs_formes(texte: str, cents: int, oui: bool) -> None:
    assert porte_montant(texte, cents) is oui


def test_h04_plus_grand_montant() -> None:
    assert plus_grand_montant("12,00 puis 1 300,00 et 1.299,99") == 130000
    assert plus_grand_montant("rien") is None


@pytest.mark.parametrize(
    ("texte", "numero", "oui"),
    [
        ("Facture n°F 12 345", "F12345", True), ("F123456", "F12345", False),
        ("facture 17", "17", True), ("2017", "17", False), ("FA(1)", "FA(1)", True),
    ],
)  # fmt: skip
def test_h04_numero_entier(texte: str, numero: str, oui: bool) -> None:
    assert porte_numero(texte, numero) is oui


@pytest.mark.parametrize(
    "texte", ["05/03/2026", "5.3.26", "2026-03-05", "5 mars 2026", "le 5 MARS 2026", "05-03-2026"]
)
def test_h03_dates_sous_toutes_leurs_formes(texte: str) -> None:
    assert porte_date(texte, date(2026, 3, 5))
    assert not porte_date(texte, date(2026, 3, 6))


def test_h03_premier_du_mois() -> None:
    assert porte_date("1er août 2026", date(2026, 8, 1))

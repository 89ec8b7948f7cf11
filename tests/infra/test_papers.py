"""Papers are archivable, tagged, and show any text as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from portal.infra import papers
from portal.infra.papers.typographie import ABSENT, soigner

MOMENT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TABLEAU = {
    "colonnes": ["Poste", "Explication", "Montant"],
    "lignes": [["Coût pédagogique", "35 heures × 25,00 €", "875,00 €"]],
    "totaux": [["Total", "875,00 €"]],
}
COURRIER = {
    "destinataire": ["BOULANGERIE DU PONT", "12 RUE DES FORGES", "69003 LYON"],
    "lieu_date": "Paris, le 3 mars 2026",
    "objet": "Accord de prise en charge",
    "paragraphes": ["Nous vous donnons notre accord."],
}
RECU = {"titre": "Accusé de réception", "paires": [["SIRET", "732 829 320 00074"]]}
PROFORMA = {
    "titre": "Facture proforma",
    "numero": "PF-2026-000045",
    "date": "3 mars 2026",
    "mention": "Document sans valeur légale",
    "emetteur": {"libelle": "Émetteur", "lignes": ["BOULANGERIE DU PONT"]},
    "destinataire": {"libelle": "À l’ordre de", "lignes": ["OPCO Démo"]},
    "tableau": {**TABLEAU, "colonnes": ["Désignation", "Quantité", "Montant"], "numeriques": 2},
}


def complet() -> dict[str, Any]:
    return {
        **COURRIER,
        "references": [["Dossier", "2026-000123"]],
        "encadre": {"libelle": "Votre code", "valeur": "7KQM-42XF"},
        "tableau": TABLEAU,
        "suite": ["Après le tableau."],
        "signature": {"nom": "Camille Martin", "telephone": "01 88 13 10 12"},
        "pieces": ["échéancier"],
    }


@pytest.mark.parametrize(
    ("gabarit", "donnees", "attendus"),
    [
        ("courrier", COURRIER, ["Objet : Accord de prise en charge", "69003 LYON"]),
        ("courrier", complet(), ["7KQM-42XF", "875,00 €", "Camille Martin", "Pièces jointes"]),
        ("recu", RECU, ["Accusé de réception", "732 829 320 00074"]),
        ("recu", {"titre": "Reçu", "sections": [{"titre": "S", "tableau": TABLEAU}]}, ["Poste"]),
        ("proforma", PROFORMA, ["PF-2026-000045", "Document sans valeur légale", "Page 1 sur 1"]),
    ],
)
def test_each_template_says_what_it_was_given(gabarit, donnees, attendus) -> None:
    texte = papers.texte_du_pdf(papers.pdf(gabarit, donnees, moment=MOMENT))
    for attendu in attendus:
        assert attendu in texte


@pytest.mark.parametrize(
    ("gabarit", "donnees"), [("courrier", complet()), ("recu", RECU), ("proforma", PROFORMA)]
)
def test_papers_are_tagged_titled_in_french_and_pdf_a_3(gabarit, donnees) -> None:
    contenu = papers.pdf(gabarit, donnees, moment=MOMENT)
    lecteur = PdfReader(BytesIO(contenu))
    racine = lecteur.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"] == "fr-FR"
    assert lecteur.metadata is not None
    assert lecteur.metadata.title in (donnees.get("objet"), donnees.get("titre"))
    xmp = racine["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_the_same_paper_is_the_same_file() -> None:
    une, autre = (papers.pdf("recu", RECU, moment=MOMENT) for _ in range(2))
    assert une == autre


HOSTILE = '#panic("x") #read("/etc/passwd") $x^2$ *gras* _i_ `c` @ref <b> \\ // [ ] { } = #let'


def test_a_hostile_text_stays_a_text() -> None:
    donnees = json.loads(json.dumps(complet()).replace("Après le tableau.", "XX"))
    donnees["suite"] = donnees["pieces"] = [HOSTILE]
    donnees["objet"] = HOSTILE
    texte = papers.texte_du_pdf(papers.pdf("courrier", donnees, moment=MOMENT))
    assert "root:" not in texte
    assert '#read("/etc/passwd")' in texte
    assert "*gras*" in texte


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(texte: str) -> None:
    contenu = papers.pdf("recu", {"titre": "Reçu", "paires": [["Nom", texte]]}, moment=MOMENT)
    assert contenu.startswith(b"%PDF-")


def test_signs_that_no_font_of_ours_has_are_shown_as_missing() -> None:
    assert soigner("a😀b\x00\u202ec中") == f"a{ABSENT}bc{ABSENT}"


@pytest.mark.parametrize(
    ("brut", "soigne"),
    [
        ("le 3 mars 2026", "le 3\u00a0mars 2026"),
        ("Dossier : « oui »", "Dossier\u00a0: «\u00a0oui\u00a0»"),
        ("quoi ? non ! si ; bon", "quoi\u202f? non\u202f! si\u202f; bon"),
        ("12 % de 5 €", "12\u00a0% de 5\u00a0€"),
        ("rien à faire", "rien à faire"),
    ],
)
def test_french_spaces_do_not_break(brut: str, soigne: str) -> None:
    assert soigner(brut) == soigne


def test_numbers_must_come_in_words() -> None:
    with pytest.raises(TypeError, match="mis en forme"):
        papers.pdf("recu", {"titre": "R", "paires": [["Montant", 12.5]]})


def test_missing_data_is_told_with_its_place() -> None:
    with pytest.raises(papers.PapierImpossible, match="destinataire"):
        papers.pdf("courrier", {"objet": "X", "lieu_date": "", "paragraphes": []})


def test_a_template_from_elsewhere_shares_the_common_style(tmp_path: Path) -> None:
    gabarit = tmp_path / "mien.typ"
    gabarit.write_text(
        '#import "/commun.typ": *\n#show: corps => feuille("Mien", corps)\n'
        "#heading(level: 1, donnees.mot)\n",
        encoding="utf-8",
    )
    contenu = papers.pdf(gabarit, {"mot": "bonjour"}, moment=MOMENT)
    assert "bonjour" in papers.texte_du_pdf(contenu)


async def test_a_long_table_repeats_its_header_and_numbers_its_pages() -> None:
    lignes = [[f"Ligne {i}", "texte", "1,00 €"] for i in range(120)]
    donnees = {**COURRIER, "tableau": {**TABLEAU, "lignes": lignes}}
    contenu = await papers.pdf_async("courrier", donnees, moment=MOMENT)
    pages = PdfReader(BytesIO(contenu)).pages
    assert len(pages) >= 3
    assert "Explication" in pages[1].extract_text()
    assert f"Page 2 sur {len(pages)}" in pages[1].extract_text()


def test_a_plain_text_becomes_a_page() -> None:
    texte = papers.texte_du_pdf(papers.pdf_texte("Programme", ["Premier.", "Second."]))
    assert "Programme" in texte
    assert "Second." in texte

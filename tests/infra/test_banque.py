"""Credit transfers a bank accepts, and its answers read safely (h05)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portal.infra import banque
from portal.infra.banque import Adresse, OrdreVirement, Partie, Virement
from portal.infra.banque.textes import est_identifiant

IBAN_FR = "FR14 2004 1010 0505 0001 3M02 606"
IBAN_DE = "DE89370400440532013000"
CREE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def virement(numero: int = 1, **autre) -> Virement:
    valeurs = {
        "identifiant": f"V-2026-{numero:06d}",
        "beneficiaire": Partie(
            "Boulangerie Lœuil & fils", IBAN_FR, adresse=Adresse("Lyon", "FR", "69003", "rue Noël")
        ),
        "montant": Decimal("875.50"),
        "libelle": "Dossier 2026-000123 – règlement n° 4",
    }
    return Virement(**{**valeurs, **autre})


def ordre(*lignes: Virement, **autre) -> OrdreVirement:
    valeurs = {
        "identifiant": "REG-2026-0007",
        "cree_le": CREE,
        "executer_le": date(2026, 3, 4),
        "debiteur": Partie("Émetteur de Démo", IBAN_DE),
        "virements": lignes or (virement(),),
    }
    return OrdreVirement(**{**valeurs, **autre})


def textes(fichier: bytes, nom: str) -> list[str | None]:
    return [e.text for e in etree.fromstring(fichier).iter("{*}" + nom)]


def test_the_file_is_valid_and_keeps_our_identifiers_and_sums() -> None:
    fichier = banque.virements(ordre(virement(1), virement(2, montant=Decimal("0.01"))))
    banque.valider(fichier)
    assert textes(fichier, "MsgId") == ["REG-2026-0007"]
    assert textes(fichier, "EndToEndId") == ["V-2026-000001", "V-2026-000002"]
    assert textes(fichier, "CtrlSum") == ["875.51", "875.51"]
    assert textes(fichier, "NbOfTxs") == ["2", "2"]
    assert textes(fichier, "IBAN")[1] == IBAN_FR.replace(" ", "")


def test_the_same_order_is_the_same_file() -> None:
    assert banque.virements(ordre()) == banque.virements(ordre())


def test_names_and_labels_are_brought_to_the_set_banks_accept() -> None:
    fichier = banque.virements(ordre())
    assert "Boulangerie Loeuil + fils" in textes(fichier, "Nm")
    assert textes(fichier, "Ustrd") == ["Dossier 2026-000123 - reglement no 4"]
    assert textes(fichier, "StrtNm") == ["rue Noel"]


@given(st.text(max_size=300), st.integers(min_value=1, max_value=140))
def test_any_text_becomes_acceptable(brut: str, longueur: int) -> None:
    propre = banque.latin(brut, longueur)
    assert len(propre) <= longueur
    assert all(c.isascii() and (c.isalnum() or c in "/-?:().,'+ ") for c in propre)
    assert propre == propre.strip(" /")
    assert "//" not in propre


@pytest.mark.parametrize(
    ("identifiant", "bon"),
    [("V-1", True), ("a" * 35, True), ("a" * 36, False), ("", False), ("/V1", False),
     ("V1/", False), ("V//1", False), ("é", False), ("V 1", False)],
)  # fmt: skip
def test_identifiers_must_come_back_unchanged(identifiant: str, bon: bool) -> None:
    assert est_identifiant(identifiant) is bon


@pytest.mark.parametrize(
    ("mauvais", "raison"),
    [
        (ordre(virement(montant=Decimal(0))), "montant"),
        (ordre(virement(montant=Decimal(-3))), "montant"),
        (ordre(virement(montant=Decimal("1.001"))), "montant"),
        (ordre(virement(montant=Decimal("NaN"))), "montant"),
        (ordre(virement(1), virement(1)), "deux fois"),
        (ordre(virement(identifiant="x" * 40)), "identifiant"),
        (ordre(virement(beneficiaire=Partie("Moi", "FR1420041010050500013M02607"))), "IBAN"),
        (ordre(virement(beneficiaire=Partie("😀", IBAN_FR))), "nom"),
        (ordre(cree_le=datetime(2026, 1, 1)), "fuseau"),
    ],
)
def test_an_order_that_a_bank_would_refuse_is_refused_here(
    mauvais: OrdreVirement, raison: str
) -> None:
    with pytest.raises(banque.OrdreInvalide, match=raison) as refus:
        banque.virements(mauvais)
    assert "2004" not in str(refus.value)


def test_an_empty_order_is_refused() -> None:
    with pytest.raises(banque.OrdreInvalide, match="au moins un"):
        banque.virements(
            OrdreVirement("R1", CREE, date(2026, 3, 4), Partie("A", IBAN_DE), virements=())
        )


def test_the_bic_comes_from_the_iban_where_it_is_known() -> None:
    assert banque.bic(IBAN_DE) == "COBADEFFXXX"
    assert banque.bic("pas un IBAN") is None


def test_an_iban_never_shows_in_a_repr() -> None:
    assert "3M02" not in repr(ordre())
    assert "3700" not in repr(ordre())


@pytest.mark.parametrize("version", ["03", "10"])
def test_an_answer_tells_paid_from_rejected_with_its_reason(version: str) -> None:
    fichier = banque.virements(ordre(virement(1), virement(2)))
    reponse = banque.fabriquer_retour(
        fichier, {"V-2026-000002": "AC04"}, message="BQ1", cree_le=CREE, version=version
    )
    paye, rejete = banque.lire_retour(reponse)
    assert (paye.end_to_end, paye.execute, paye.rejete) == ("V-2026-000001", True, False)
    assert rejete.rejete
    assert rejete.motif == "AC04 : le compte est clos"
    rendu = banque.lire_compte_rendu(reponse)
    assert (rendu.message, rendu.ordre, rendu.statut) == ("BQ1", "REG-2026-0007", "PART")


def test_a_file_rejected_as_a_whole_rejects_each_of_its_lines() -> None:
    reponse = (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>'
        b"<GrpHdr><MsgId>B</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>R1</OrgnlMsgId>"
        b"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DUPL</Cd></Rsn></StsRsnInf>"
        b"</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    rendu = banque.lire_compte_rendu(reponse)
    assert rendu.retours == []
    sort = rendu.sort("V-1")
    assert sort is not None
    assert sort.rejete
    assert sort.motif == "DUPL : le fichier est un doublon"


@pytest.mark.parametrize(
    "fichier",
    [
        b"",
        b"bonjour",
        b"<a/>",
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
    ],
)
def test_what_is_no_answer_or_is_hostile_is_refused(fichier: bytes) -> None:
    with pytest.raises(banque.RetourIllisible):
        banque.lire_retour(fichier)

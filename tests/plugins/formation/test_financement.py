"""Funding of an action de formation: worked examples, then properties."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plugins.formation.essais import DISPOSITIF, brut, cadre, donnees


def accords(financement):
    return {ligne.code: ligne.accorde for ligne in financement.lignes}


def test_f02_exemple_du_commerce_de_gros_deux_stagiaires_14_heures():
    """Spec, section 6: 1 400 + 2 × 14 × 13 = 1 764; 4 236 left of 6 000."""
    financement = DISPOSITIF.financer(donnees(brut()), cadre("0573"))
    assert accords(financement) == {
        "pedagogie": Decimal("1400.00"),
        "salaires": Decimal("364.00"),
    }
    assert Decimal(6000) - financement.accorde == Decimal("4236.00")


def test_f02_le_plafond_horaire_interprofessionnel_borne_la_pedagogie():
    financement = DISPOSITIF.financer(donnees(brut()), cadre("1979"))
    assert accords(financement)["pedagogie"] == Decimal("840.00")
    assert financement.reste == Decimal("560.00")
    assert "2 stagiaires × 14\u00a0h × 30,00\u00a0€" in financement.lignes[0].calcul
    assert "01/01/2026" in financement.lignes[0].source


@pytest.mark.parametrize(
    ("departement", "attendu"), [("75", "840.00"), ("974", "1120.00"), ("2A", "840.00")]
)
def test_f02_le_territoire_choisit_le_plafond(departement, attendu):
    financement = DISPOSITIF.financer(donnees(brut()), cadre("1979", departement=departement))
    assert accords(financement)["pedagogie"] == Decimal(attendu)


@pytest.mark.parametrize(("personnes", "attendu"), [(2, "1680.00"), (3, "2400.00")])
def test_f02_intra_plafond_par_groupe_a_partir_de_trois_stagiaires(personnes, attendu):
    contenu = brut(
        personnes, formation={"modalite": "intra"}, couts={"prix": "9000", "salaires": "non"}
    )
    financement = DISPOSITIF.financer(donnees(contenu), cadre("1516"))
    assert accords(financement)["pedagogie"] == Decimal(attendu)


def test_f02_le_plafond_annuel_borne_ce_qui_reste_et_le_dit():
    financement = DISPOSITIF.financer(
        donnees(brut()), cadre("0573", deja={2026: Decimal("4500.00")})
    )
    assert accords(financement) == {
        "pedagogie": Decimal("1400.00"),
        "salaires": Decimal("100.00"),
    }
    assert "plafond annuel" in financement.lignes[1].calcul


def test_f02_une_autre_annee_n_entame_pas_le_plafond():
    financement = DISPOSITIF.financer(
        donnees(brut()), cadre("0573", deja={2025: Decimal("6000.00")})
    )
    assert financement.accorde == Decimal("1764.00")


def test_f02_cinquante_salaries_et_plus_hors_fonds_legaux():
    financement = DISPOSITIF.financer(donnees(brut(entreprise={"effectif": "50"})), cadre("0573"))
    assert financement.accorde == 0
    assert "L. 6332-17" in financement.lignes[0].source


def test_f02_annexes_selon_la_branche():
    couts = {
        "annexes": "oui", "repas": "4", "cout_repas": "120", "nuits": "1", "cout_nuits": "90",
        "salaires": "non",
    }  # fmt: skip
    avec = DISPOSITIF.financer(donnees(brut(couts=couts)), cadre("1516"))
    assert accords(avec)["repas"] == Decimal("100.00")
    assert accords(avec)["nuits"] == Decimal("90.00")
    sans = DISPOSITIF.financer(donnees(brut(couts=couts)), cadre("1979"))
    assert accords(sans)["repas"] == 0
    assert "ne prévoit pas" in sans.lignes[1].calcul


def test_ce_qui_manque_au_calcul_est_dit():
    contenu = brut(couts={"prix": ""}, formation={"heures": "beaucoup"})
    financement = DISPOSITIF.financer(donnees(contenu), cadre())
    assert financement.incomplet == ("la durée", "le coût pédagogique")
    assert financement.lignes == ()


@given(
    prix=st.decimals("0", "99999", places=2),
    heures=st.integers(1, 400),
    personnes=st.integers(1, 30),
    deja=st.decimals("0", "9000", places=2),
    idcc=st.sampled_from(["0573", "1516", "1979", "3043"]),
    modalite=st.sampled_from(["inter", "intra"]),
)
def test_f02_jamais_plus_que_demande_ni_que_le_plafond(
    prix, heures, personnes, deja, idcc, modalite
):
    contenu = brut(
        personnes,
        formation={"heures": str(heures), "jours": "100", "modalite": modalite},
        couts={"prix": str(prix)},
    )
    contexte = cadre(idcc, deja={2026: deja})
    financement = DISPOSITIF.financer(donnees(contenu), contexte)
    plafond = contexte.parametres.lire("formation.plafond_annuel", tranche="<11").montant
    assert all(0 <= ligne.accorde <= ligne.demande for ligne in financement.lignes)
    assert financement.accorde <= max(Decimal(0), plafond - deja)
    assert all(
        ligne.accorde == ligne.accorde.quantize(Decimal("0.01")) for ligne in financement.lignes
    )

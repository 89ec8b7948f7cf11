"""Forms read field by field: everything wrong shows at once, what was typed is kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest
from annotated_types import Ge, Le
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from portal.kit.formulaire import champ, depouiller, lire, lire_formulaire
from portal.kit.types import DateFr, Entier, Montant, OuiNon, Texte, lire_date, lire_montant


class Ligne(BaseModel):
    nom: Texte = champ("Nom", longueur_max=5)
    age: Annotated[Entier, Ge(0), Le(120)] = champ("Âge", obligatoire=False)


class Modele(BaseModel):
    jour: DateFr = champ("Jour")
    prix: Montant = champ("Prix")
    repas: OuiNon = champ("Repas ?", widget="oui_non", pilote=True)
    combien: Entier = champ("Combien", si=lambda v: bool(v.get("repas")))
    choix: str = champ("Choix", widget="radios", choix=(("a", "A"), ("b", "B")))
    gens: list[Ligne] = champ("Gens", widget="groupe", ajouter="Ajouter", maximum=2)


def poste(**valeurs):
    return {
        "jour": "1/2/2026", "prix": "10", "repas": "non", "choix": "a", "gens.x1.nom": "Zoé", **valeurs
    }  # fmt: skip


def test_d03_toutes_les_erreurs_d_un_coup_et_rien_n_est_perdu():
    tape = poste(jour="31/02/2026", prix="-3", choix="z", **{"gens.x1.nom": "Alexandrine"})
    saisie = lire_formulaire(Modele, tape)
    assert list(saisie.erreurs) == ["jour", "prix", "choix", "gens.x1.nom"]
    assert saisie.champ("jour").valeur == "31/02/2026"
    assert saisie.champ("gens.x1.nom").erreur == "5 caractères au plus."
    assert saisie.resume()[0] == ("c-jour", "Jour", saisie.erreurs["jour"])


def test_d02_ce_qui_manque_n_est_une_erreur_que_si_on_l_exige():
    saisie = lire(Modele, {"jour": "", "gens": []})
    assert saisie.erreurs == {}
    assert set(saisie.manquants) == {"jour", "prix", "repas", "choix", "gens"}
    saisie.exiger()
    assert list(saisie.erreurs) == ["jour", "prix", "repas", "choix", "gens"]


@pytest.mark.parametrize(("repas", "demande"), [("oui", True), ("non", False), ("", False)])
def test_d03_un_champ_qui_depend_d_un_autre(repas, demande):
    saisie = lire(Modele, depouiller(Modele, poste(repas=repas)))
    assert ("combien" in saisie.manquants) is demande
    assert any(vu.nom == "combien" for vu in saisie.champs()) is demande


def test_d02_ajouter_et_retirer_une_ligne_sans_javascript():
    brut = depouiller(Modele, poste(_ajouter="gens"))
    assert len(brut["gens"]) == 2
    assert brut["gens"][0]["nom"] == "Zoé"
    brut = depouiller(Modele, poste(_retirer="x1"))
    assert brut["gens"] == []


def test_d05_une_ligne_de_trop_est_dite():
    lignes = {f"gens.x{n}.nom": "Zoé" for n in range(3)}
    saisie = lire(Modele, depouiller(Modele, poste(**lignes)))
    assert saisie.erreurs["gens"] == "2 au plus\u00a0; vous en avez 3."


def test_un_nom_inconnu_ou_forge_est_laisse():
    brut = depouiller(Modele, poste(statut="accorde", **{"gens.<b>.nom": "x", "gens.x1.cle": "y"}))
    assert "statut" not in brut
    assert [li["cle"] for li in brut["gens"]] == ["x1"]


@pytest.mark.parametrize(
    "saisi",
    ["1/2/2026", "01/02/2026", "01-02-2026", "01.02.2026", "01022026", "2026-02-01", " 1 2 2026 "],
)
def test_les_dates_se_lisent_comme_on_les_tape(saisi):
    assert lire_date(saisi) == date(2026, 2, 1)


@pytest.mark.parametrize(
    "saisi", ["", "hier", "32/01/2026", "29/02/2026", "01/01/1800", "١/٢/2026"]
)
def test_une_date_impossible_est_refusee(saisi):
    with pytest.raises(ValueError, match=r".+\."):
        lire_date(saisi)


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [("1 234,56", "1234.56"), ("1234.5", "1234.50"), ("1\u202f234 €", "1234.00"), ("0", "0.00")],
)
def test_les_montants_se_lisent_comme_on_les_tape(saisi, attendu):
    assert lire_montant(saisi) == Decimal(attendu)


@pytest.mark.parametrize(
    "saisi", ["-1", "1e999", "NaN", "inf", "1,234", "100000000", "１２", "²", "12€34", "", "--1"]
)
def test_un_montant_absurde_est_refuse(saisi):
    with pytest.raises(ValueError, match=r".+\."):
        lire_montant(saisi)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=8))
def test_rien_de_ce_qui_est_poste_ne_fait_tomber_la_lecture(tape):
    saisie = lire_formulaire(Modele, tape)
    saisie.champs()
    saisie.resume()

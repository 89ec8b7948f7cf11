"""Controls of an action de formation, by tables of cases."""

from __future__ import annotations

from datetime import date

import pytest

from portal.kit.dispositif import ValeurInitiale
from portal.kit.identifiants import cle_nir
from tests.plugins.formation.essais import DISPOSITIF, brut, cadre, donnees, personne


def constats(contenu, contexte=None):
    contexte = contexte or cadre()
    lus = donnees(contenu)
    return {
        c.code: list(trouves)
        for c in DISPOSITIF.controles
        if (trouves := list(c.verifier(lus, contexte)))
    }


def test_un_dossier_en_regle_ne_souleve_rien():
    assert constats(brut()) == {}


@pytest.mark.parametrize(
    ("jour", "souleve"),
    [
        (date(2026, 5, 13), "delai-depot"),
        (date(2026, 5, 14), "depot-avant-debut"),
        (date(2026, 6, 1), "depot-avant-debut"),
    ],
)
def test_f01_le_dossier_se_depose_avant_le_debut(jour, souleve):
    assert list(constats(brut(), cadre(jour=jour))) == [souleve]


@pytest.mark.parametrize(
    ("formation", "souleve"),
    [
        ({"debut": "15/05/2026", "fin": "14/05/2026"}, "dates-en-ordre"),
        ({"heures": "21"}, "duree-possible"),
        ({"jours": "3"}, "duree-possible"),
    ],
)
def test_les_dates_et_durees_se_tiennent(formation, souleve):
    assert souleve in constats(brut(formation=formation))


def test_f01_un_organisme_sans_qualiopi_bloque():
    trouves = constats(brut(organisme={"qualiopi": "non"}))
    assert trouves["qualiopi"][0].champs == ("organisme.qualiopi",)


def test_f01_cinquante_salaries_avertit_sans_bloquer():
    assert list(constats(brut(entreprise={"effectif": "50"}))) == ["entreprise-moins-50"]
    assert [c.severite for c in DISPOSITIF.controles if c.code == "entreprise-moins-50"] == [
        "avertissement"
    ]


def _avec(**champs):
    return brut(stagiaires={"personnes": [{**personne("0a"), **champs}]})


@pytest.mark.parametrize(
    ("champs", "souleve"),
    [
        ({"sexe": "M"}, True),
        ({"date_naissance": "05/03/1991"}, True),
        ({"date_naissance": "05/04/1990"}, True),
        ({"date_naissance": "28/03/1990"}, False),
        ({"nir": "790037505601" + "0" + f"{cle_nir('7900375056010'):02d}", "sexe": "F"}, False),
        ({"nir": "2903375056010" + f"{cle_nir('2903375056010'):02d}"}, False),
    ],
    ids=["sexe", "année", "mois", "jour libre", "provisoire", "mois fictif"],
)
def test_d04_le_nir_concorde_sauf_provisoire_ou_mois_fictif(champs, souleve):
    assert ("nir-concordant" in constats(_avec(**champs))) is souleve


def test_d04_la_meme_personne_deux_fois():
    deux = brut(stagiaires={"personnes": [personne("0a"), {**personne("0a"), "cle": "0b"}]})
    trouves = constats(deux)
    assert trouves["nir-unique"][0].champs == ("stagiaires.personnes.0b.nir",)


@pytest.mark.parametrize(("nombre", "souleve"), [(30, False), (31, True)])
def test_d05_le_trente_et_unieme_stagiaire_est_refuse(nombre, souleve):
    limite = [
        ValeurInitiale(
            cle="dossier.personnes_max", valeur="30", du=date(2025, 1, 1), source="essai"
        )
    ]
    trouves = constats(brut(nombre), cadre(valeurs=limite))
    assert ("personnes-max" in trouves) is souleve
    if souleve:
        assert "Scindez" in trouves["personnes-max"][0].message


def test_chaque_controle_dit_sa_source():
    for controle in DISPOSITIF.controles:
        assert controle.source
        assert controle.libelle
    codes = [c.code for c in DISPOSITIF.controles]
    assert len(codes) == len(set(codes))

"""Staff bands, and the companies' own conseillers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from portal.core.entreprises import effectifs, queries
from portal.core.entreprises.registre.conseillers import importer
from portal.core.entreprises.registre.lignes import numero
from portal.infra.base import valeur
from tests.core.numeros import siren_neuf
from tests.core.rattachements_aides import societe

JOUR = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("effectif", "tranche", "libelle"),
    [
        (8, None, "Moins de 11 salariés"), (10, "12", "Moins de 11 salariés"),
        (11, None, "De 11 à 49 salariés"), (42, None, "De 11 à 49 salariés"),
        (50, None, "50 salariés et plus"), (0, "00", "Moins de 11 salariés"),
        (0, "03", "Moins de 11 salariés"), (0, "11", None), (0, "12", "De 11 à 49 salariés"),
        (0, "21", "50 salariés et plus"), (0, "53", "50 salariés et plus"), (0, None, None),
        (0, "ZZ", None),
    ],
)  # fmt: skip
def test_b02_legal_band_by_number_else_by_the_register_s(
    effectif: int, tranche: str | None, libelle: str | None
) -> None:
    bande = effectifs.bande(effectif, tranche, JOUR)
    assert (bande.libelle if bande else None) == libelle
    if bande:
        assert bande.source
    assert effectifs.bande(effectif, tranche, date(2019, 12, 31)) is None


def test_b02_bands_follow_one_another_without_a_gap() -> None:
    bornes = [(b.minimum, b.maximum) for b in effectifs.bandes()]
    assert all(
        suivant[0] == avant[1] + 1 for avant, suivant in zip(bornes, bornes[1:], strict=False)
    )
    codes = list(effectifs.tranches().values())
    assert all(b.minimum == a.maximum + 1 for a, b in zip(codes, codes[1:], strict=False))


@pytest.mark.parametrize(
    ("siret", "bon"),
    [
        ("35600000000048", True), ("35600000049837", True), ("35600000049838", False),
        ("732 829 320 00074", True), ("73282932000075", False), ("7328293200007", False),
    ],
)  # fmt: skip
def test_b02_sirets_of_the_register_and_of_la_poste(siret: str, bon: bool) -> None:
    if bon:
        assert numero(siret) == siret.replace(" ", "")
    else:
        with pytest.raises(ValueError):
            numero(siret)


async def test_b05_conseillers_come_from_a_file(tmp_path: Path) -> None:
    une, deux, courriel = await societe(), await societe(), f"c{siren_neuf()}@opco.example"
    fichier = tmp_path / "conseillers.csv"
    fichier.write_text(
        "siren;nom;telephone;courriel\n"
        f"{une.siren};Yann Kervella;0240000001;{courriel}\n"
        f"{deux.siren[:3]} {deux.siren[3:]};Yann Kervella;02 40 00 00 01;{courriel}\n"
        f"{siren_neuf()};Yann Kervella;0240000001;{courriel}\n"
        f"{une.siren};;0240000001;{courriel}\n"
        f"{une.siren};Yann;personne;{courriel}\n"
    )
    bilan = await importer(fichier)
    assert (bilan.lignes, bilan.ajouts, bilan.rejets) == (5, 2, 3)
    assert "ligne 4" in str(bilan)
    for s in (une, deux):
        lui = await queries.conseiller_de(s.siren)
        assert lui is not None
        assert (lui.nom, lui.telephone) == ("Yann Kervella", "02\u00a040\u00a000\u00a000\u00a001")
    avant = await valeur("select count(*) from journal where action = 'conseiller.enregistre'")
    assert (await importer(fichier)).ajouts == 0
    apres = await valeur("select count(*) from journal where action = 'conseiller.enregistre'")
    assert apres == avant

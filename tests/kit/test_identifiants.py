"""Identifiers: what is well formed is read however it is typed, what is not says how to mend."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from portal.kit import identifiants as i

NIRS = (
    "108037505601260", "205113306304512", "198052A00401512", "299119935007816", "706067505600114",
)  # fmt: skip

chiffres = st.integers(0, 10**8 - 1).map(lambda n: f"{n:08d}")
sirens = chiffres.map(lambda c: c + luhn.calc_check_digit(c))


@given(sirens, st.sampled_from(["", " ", "\u00a0", "."]))
def test_b02_un_siren_valide_se_lit_avec_ou_sans_espaces(siren, separateur):
    assert i.lire_siren(separateur.join((siren[:3], siren[3:6], siren[6:]))) == siren


@given(sirens, st.integers(0, 8), st.integers(1, 9))
def test_b02_un_chiffre_change_est_toujours_refuse(siren, rang, ecart):
    faux = siren[:rang] + str((int(siren[rang]) + ecart) % 10) + siren[rang + 1 :]
    with pytest.raises(ValueError, match="clé est fausse"):
        i.lire_siren(faux)


@pytest.mark.parametrize(
    ("saisi", "dit"),
    [
        ("12345678", "comporte 9 chiffres\u00a0; vous en avez saisi 8"),
        ("12345678a", "que des chiffres"),
        ("１２３４５６７８９", "que des chiffres"),
        ("²²²²²²²²²", "que des chiffres"),
    ],
)
def test_b02_un_siren_mal_forme_dit_comment_le_corriger(saisi, dit):
    with pytest.raises(ValueError, match=dit):
        i.lire_siren(saisi)


@pytest.mark.parametrize("siret", ["73282932000074", "35600000000048", "35600000049837"])
def test_b02_les_siret_de_la_poste_aussi(siret):
    assert i.lire_siret(f"{siret[:9]} {siret[9:]}") == siret


def test_b02_siren_ou_siret_selon_la_longueur():
    assert i.lire_siren_ou_siret("732 829 320") == "732829320"
    assert i.lire_siren_ou_siret("732 829 320 00074") == "73282932000074"
    with pytest.raises(ValueError, match="9 chiffres.*14 chiffres"):
        i.lire_siren_ou_siret("7328293200")


@pytest.mark.parametrize("nir", NIRS)
def test_d04_les_nir_de_la_specification_sont_valides(nir):
    assert i.lire_nir(nir.lower()) == nir
    assert i.lire_nir(" ".join((nir[0], nir[1:3], nir[3:5], nir[5:13], nir[13:]))) == nir


@given(st.sampled_from(NIRS), st.integers(13, 14), st.integers(1, 9))
def test_d04_une_cle_fausse_bloque(nir, rang, ecart):
    faux = nir[:rang] + str((int(nir[rang]) + ecart) % 10) + nir[rang + 1 :]
    with pytest.raises(ValueError, match="clé du NIR"):
        i.lire_nir(faux)


@pytest.mark.parametrize(
    ("saisi", "dit"),
    [
        ("1080375056012", "Ajoutez la clé"),
        ("10803750560126", "vous en avez saisi 14"),
        ("508037505601260", "pas bien formé"),
        ("108137505601260", "pas bien formé"),
        ("269054958815780", "spécimen"),
        ("1０8037505601260", "pas bien formé"),
    ],
)
def test_d04_un_nir_impossible_dit_pourquoi(saisi, dit):
    with pytest.raises(ValueError, match=dit):
        i.lire_nir(saisi)


@pytest.mark.parametrize(
    ("nir", "sexe", "mois", "provisoire"),
    [
        ("108037505601260", "M", 3, False),
        ("205113306304512", "F", 11, False),
        ("706067505600114", "M", 6, True),
        ("290317505601" + "1" + "00", "F", None, False),
        ("890037505601" + "1" + "00", "F", 3, True),
    ],
)
def test_d04_ce_que_dit_un_nir(nir, sexe, mois, provisoire):
    lu = i.decoder_nir(nir)
    assert (lu.sexe, lu.mois, lu.provisoire) == (sexe, mois, provisoire)


def test_d04_la_corse_compte_18_et_19_aux_positions_6_et_7_seulement():
    assert i.cle_nir("198052A004015") == 12
    assert i.cle_nir("198052B004015") != i.cle_nir("198052A004015")


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
        ("fr1420041010050500013m02606", "FR1420041010050500013M02606"),
    ],
)
def test_h08_un_iban_se_lit_colle_du_rib(saisi, attendu):
    assert i.lire_iban(saisi) == attendu


@pytest.mark.parametrize("saisi", ["FR1420041010050500013M02607", "FR14", "", "XX00", "é"])
def test_h08_un_iban_faux_est_refuse(saisi):
    with pytest.raises(ValueError, match="IBAN"):
        i.lire_iban(saisi)


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        (" Claire.Morel@Exemple.FR ", "claire.morel@exemple.fr"),
        ("a+b@x.io", "a+b@x.io"),
        ("\u00a0claire\u200b@exemple.fr\u202f", "claire@exemple.fr"),
        ("ｃｌａｉｒｅ＠exemple.fr", "claire@exemple.fr"),
    ],
)
def test_a01_une_adresse_se_lit_sans_espaces_ni_capitales(saisi, attendu):
    assert i.lire_courriel(saisi) == attendu


@pytest.mark.parametrize(
    "saisi", ["a", "a@b", "a@b.", "a b@c.fr", "a@b.fr\nBcc: x@y.fr", "élise@exemple.fr"]
)
def test_a01_une_adresse_douteuse_est_refusee(saisi):
    with pytest.raises(ValueError, match="e-mail"):
        i.lire_courriel(saisi)


@pytest.mark.parametrize(
    "saisi", ["аdmin@exemple.fr", "claire@ехemple.fr", "οlga@exemple.fr", "李@b.fr"]
)
def test_a01_une_lettre_d_un_autre_alphabet_est_montree(saisi):
    with pytest.raises(ValueError, match="autre alphabet"):
        i.lire_courriel(saisi)


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("01 88 13 10 00", "+33188131000"),
        ("01.88.13.10.00", "+33188131000"),
        ("+33 (0)1 88 13 10 00", "+33188131000"),
        ("0032 2 555 12 12", "+3225551212"),
    ],
)
def test_a01_un_telephone_devient_international(saisi, attendu):
    assert i.lire_telephone(saisi) == attendu


@pytest.mark.parametrize("saisi", ["01 88 13 10", "abc", "+", "0000000000"])
def test_a01_un_telephone_faux_est_refuse(saisi):
    with pytest.raises(ValueError, match="numéro"):
        i.lire_telephone(saisi)


@pytest.mark.parametrize(
    ("numero", "dit"),
    [
        ("+33140000001", "01\u00a040\u00a000\u00a000\u00a001"),
        ("+3221234567", "+3221234567"),
        ("01 88 13 10 00", "01 88 13 10 00"),
        ("", ""),
    ],
)
def test_telephone_dit_comme_on_le_lit(numero: str, dit: str) -> None:
    assert i.dire_telephone(numero) == dit

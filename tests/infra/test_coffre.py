"""Secrets of people: unreadable at rest, found by equality, shown masked (d06)."""

from __future__ import annotations

import base64
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import coffre
from portal.infra.base import sql, sql1
from portal.infra.coffre import chiffre
from portal.infra.coffre.masques import masquer

NIR = "1 85 07 75 056 123 42"
IBAN = "FR14 2004 1010 0505 0001 3M02 606"
CLE_A = "a:" + base64.b64encode(b"A" * 32).decode()
CLE_B = "b:" + base64.b64encode(b"B" * 32).decode()


async def test_a_secret_comes_back_as_it_went_in_and_nothing_of_it_lies_in_the_table() -> None:
    id_ = await coffre.deposer("nir", NIR)
    assert await coffre.reveler(id_) == NIR
    assert await coffre.masque(id_) == "1 85 ** ** *** *** 42"
    ligne = await sql1("select secret::text as tout, chiffre from secret where id = $1", id_)
    assert ligne is not None
    assert b"056" not in ligne["chiffre"]
    for clair in (NIR, NIR.replace(" ", ""), NIR.encode().hex()):
        assert clair not in ligne["tout"]


async def test_an_invalid_value_is_kept_too_and_its_mask_shows_nothing() -> None:
    id_ = await coffre.deposer("nir", "185077505")
    assert await coffre.reveler(id_) == "185077505"
    assert await coffre.masque(id_) == "*********"


@pytest.mark.parametrize(
    ("genre", "valeur", "attendu"),
    [
        ("nir", "2850775056123", "2 85 ** ** *** ***"),
        ("nir", "1 85 07 2A 056 123 42", "1 85 ** ** *** *** 42"),
        ("iban", IBAN, "FR14 **** 2606"),
        ("iban", "FR14", "****"),
        ("nir", "", ""),
        ("nir", "9" * 40, "*" * 15),
    ],
)
def test_masks(genre: str, valeur: str, attendu: str) -> None:
    assert masquer(genre, valeur) == attendu


async def test_equal_values_are_found_by_fingerprint_however_they_are_typed() -> None:
    ids = [await coffre.deposer("iban", v) for v in (IBAN, IBAN.replace(" ", "").lower())]
    trouves = await sql(
        "select id from secret where genre = 'iban' and empreinte = any($1)",
        coffre.empreintes("iban", IBAN),
    )
    assert set(ids) <= {ligne["id"] for ligne in trouves}
    assert coffre.empreinte("nir", "1") != coffre.empreinte("iban", "1")
    assert coffre.empreinte("nir", "1") != coffre.empreinte("nir", "2")


async def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    un, autre = [await coffre.deposer("nir", v) for v in (NIR, "2850775056123")]
    await sql(
        "update secret set chiffre = (select chiffre from secret where id = $1) where id = $2",
        un,
        autre,
    )
    with pytest.raises(coffre.Illisible):
        await coffre.reveler(autre)


async def test_many_at_once_and_what_is_forgotten_is_gone() -> None:
    ids = [await coffre.deposer("nir", f"{i:013d}") for i in range(3)]
    assert await coffre.reveler_plusieurs(ids) == {id_: f"{i:013d}" for i, id_ in enumerate(ids)}
    assert set(await coffre.masques(ids)) == set(ids)
    assert await coffre.masques([]) == {}
    await coffre.oublier(ids[:1])
    with pytest.raises(coffre.SecretAbsent):
        await coffre.reveler(ids[0])
    with pytest.raises(coffre.SecretAbsent):
        await coffre.masques(ids)


async def test_keys_rotate_without_losing_a_secret(regler, base_neuve) -> None:
    regler(secret_key=CLE_A)
    ids = [await coffre.deposer("iban", IBAN) for _ in range(5)]
    blob = coffre.chiffrer(b"rangement")
    regler(secret_key=f"{CLE_B},{CLE_A}")
    assert coffre.dechiffrer(blob) == b"rangement"
    assert await coffre.reveler(ids[0]) == IBAN
    assert [await coffre.tourner(lot=3) for _ in range(3)] == [3, 2, 0]
    regler(secret_key=CLE_B)
    assert set((await coffre.reveler_plusieurs(ids)).values()) == {IBAN}
    lignes = await sql("select distinct cle_id, empreinte from secret where id = any($1)", ids)
    assert [ligne["cle_id"] for ligne in lignes] == ["b"]
    assert lignes[0]["empreinte"] == coffre.empreinte("iban", IBAN)
    with pytest.raises(coffre.Illisible, match="« a »"):
        coffre.dechiffrer(blob)


async def test_an_unknown_kind_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="genre"):
        await coffre.deposer("mot de passe", "x")


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await coffre.reveler(await coffre.deposer("nir", NIR))
    assert NIR not in caplog.text
    assert NIR.replace(" ", "") not in caplog.text


@given(st.binary(max_size=200), st.text(max_size=20), st.integers(min_value=0))
def test_one_altered_byte_is_noticed(clair: bytes, contexte: str, ou: int) -> None:
    cles = chiffre.lire_cles(CLE_A)
    scelle = bytearray(chiffre.sceller(cles, clair, contexte))
    assert chiffre.ouvrir(cles, bytes(scelle), contexte) == clair
    scelle[ou % len(scelle)] ^= 1
    with pytest.raises(chiffre.Illisible):
        chiffre.ouvrir(cles, bytes(scelle), contexte)


def test_the_same_text_is_never_sealed_twice_alike_and_the_context_counts() -> None:
    cles = chiffre.lire_cles(CLE_A)
    assert chiffre.sceller(cles, b"x") != chiffre.sceller(cles, b"x")
    with pytest.raises(chiffre.Illisible):
        chiffre.ouvrir(cles, chiffre.sceller(cles, b"x", "ici"), "là")
    with pytest.raises(chiffre.Illisible):
        chiffre.ouvrir(cles, b"")


@pytest.mark.parametrize(
    "texte", ["", " , ", "a:court", "a:" + "!" * 44, f"{CLE_A},{CLE_A}", "é:x"]
)
def test_a_malformed_key_is_refused_without_being_shown(texte: str) -> None:
    with pytest.raises(chiffre.CleInvalide) as refus:
        chiffre.lire_cles(texte)
    assert "court" not in str(refus.value)
    assert "QUFB" not in str(refus.value)


def test_a_fresh_key_fits() -> None:
    (cle,) = chiffre.lire_cles(chiffre.nouvelle_cle())
    assert cle.id == "1"
    assert repr(cle) == "Cle('1')"

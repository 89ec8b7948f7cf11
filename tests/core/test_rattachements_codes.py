"""Activation codes: typed in many ways, four failures told apart, guesses slowed."""

from __future__ import annotations

import asyncio
import string
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.rattachements import codes
from portal.core.rattachements.activation import (
    ESSAIS,
    LIBRES_PAR_SIREN,
    Echec,
    Reussite,
    fermer,
    ralentissement,
    utiliser,
)  # fmt: skip
from portal.core.rattachements.evenements import CodesRefuses, CodeUtilise
from portal.infra import evenements
from portal.infra.base import executer, valeur
from portal.web.erreurs import Conflit, Introuvable
from tests.core.rattachements_aides import (
    Societe,
    activer,
    administrateur,
    droits,
    en_attente,
    etat_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip

FAUX = codes.nouveau()


async def essayer(moi: object, s: Societe, code: str = FAUX, profil: str | None = None) -> Echec:
    issue = await utiliser(moi, s.siren, profil or s.profil, code)  # type: ignore[arg-type]
    assert isinstance(issue, Echec), issue
    return issue


CODE = st.text(codes.ALPHABET, min_size=15, max_size=15).map(lambda c: c + codes.controle(c))


@given(CODE, st.data())
def test_c04_code_read_however_it_is_typed(code: str, data: st.DataObject) -> None:
    sosies = {"0": "0Oo", "1": "1IiLl"}
    saisi = "".join(
        data.draw(st.sampled_from(["", " ", "-", "\u00a0", "\u202f", "–", "\t"]))
        + data.draw(st.sampled_from(sosies.get(c, c + c.lower())))
        for c in code
    )
    assert codes.lire(saisi) == code
    assert codes.lire(codes.afficher(code)) == code
    assert codes.bien_recopie(code)


@given(CODE, st.integers(0, 15), st.sampled_from(codes.ALPHABET))
def test_c04_one_wrong_character_is_noticed(code: str, rang: int, lettre: str) -> None:
    autre = code[:rang] + lettre + code[rang + 1 :]
    assert codes.bien_recopie(autre) == (autre == code)


@given(st.text(max_size=40))
def test_c04_anything_else_is_refused_with_a_sentence(saisi: str) -> None:
    try:
        lu = codes.lire(saisi)
    except codes.CodeMalForme as erreur:
        phrase = str(erreur)
    else:
        assert len(lu) == codes.LONGUEUR
        assert set(lu) <= set(codes.ALPHABET)
        return
    assert phrase.endswith(".")
    assert len(saisi) < 4 or saisi not in phrase


def test_c04_alphabet_holds_no_look_alikes_and_codes_are_long_enough() -> None:
    assert not set("OILU") & set(codes.ALPHABET)
    assert len(codes.ALPHABET) ** (codes.LONGUEUR - 1) >= 2**60
    assert set(codes.ALPHABET) <= set(string.digits + string.ascii_uppercase)


@pytest.mark.parametrize(
    ("poste", "jusqu"),
    [
        (date(2026, 11, 24), date(2027, 2, 28)),
        (date(2026, 11, 25), date(2027, 2, 28)),
        (date(2027, 11, 25), date(2028, 2, 29)),
        (date(2026, 1, 1), date(2026, 4, 6)),
        (date(2026, 12, 29), date(2027, 4, 3)),
    ],
)
def test_c04_code_valid_three_months(poste: date, jusqu: date) -> None:
    assert codes.validite(poste, 5, 3).jusqu == jusqu


async def test_c04_code_valid_through_its_last_day_on_the_business_clock(horloge) -> None:  # type: ignore[no-untyped-def]
    s = await societe()
    code = await poser_code(s)
    jusqu = await valeur("select valable_jusqu from code_activation where siren = $1", s.siren)
    await horloge(datetime.combine(jusqu, time(23, 59)))
    await activer(await personne(), s, code)
    await horloge(datetime.combine(jusqu + timedelta(1), time(0, 1)))
    echec = await essayer(await personne(), s, code)
    assert echec.genre == "expire"
    assert "n’est plus valable depuis" in echec.message
    assert "conseiller" in echec.etape


async def test_c04_makes_administrator_at_once_as_often_as_needed() -> None:
    s = await societe()
    code = await poser_code(s)
    premier, second = await personne("Paul", "Aubin"), await personne()
    demande = await en_attente(premier, s)
    autre = await en_attente(await personne(), s)
    issue = await activer(premier, s, code)
    assert (issue.noms_autres, issue.en_attente) == ((), 1)
    assert "administrer" in await droits(premier)
    assert (await etat_de(demande), await etat_de(autre)) == ("supprime", "en_attente")
    assert (await activer(second, s, code)).noms_autres == ("Paul Aubin",)
    assert (await essayer(premier, s, code)).genre == "deja"


async def test_c04_wrong_code_says_what_to_check_next() -> None:
    s = await societe()
    await poser_code(s)
    echec = await essayer(await personne(), s)
    assert echec.genre == "faux"
    assert "Vérifiez chaque caractère" in echec.message
    assert "formulaire de contact" in echec.etape


async def test_c04_code_of_another_company_is_just_wrong() -> None:
    s, autre = await societe(), await societe()
    code = await poser_code(autre)
    await poser_code(s)
    assert (await essayer(await personne(), s, code)).genre == "faux"


async def test_c04_company_without_code_answers_like_a_wrong_one() -> None:
    s, t = await societe(), await societe()
    await poser_code(t)
    sans, avec = await essayer(await personne(), s), await essayer(await personne(), t)
    assert (sans.message, sans.etape) == (avec.message, avec.etape)


async def test_c04_wrong_profile_names_the_other_one() -> None:
    s = await societe(est_prestataire=True)
    code = await poser_code(Societe(s.siren, "prestataire"))
    await poser_code(s)
    echec = await essayer(await personne(), s, code)
    assert echec.genre == "autre_profil"
    assert "profil Prestataire" in echec.message
    assert await droits(await personne()) == set()


async def test_c04_replaced_code_sends_to_the_latest_letter() -> None:
    s = await societe()
    ancien = await poser_code(s)
    await poser_code(s)
    echec = await essayer(await personne(), s, ancien)
    assert echec.genre == "remplace"
    assert "dernier courrier" in echec.etape


async def test_c04_administrators_can_close_the_code() -> None:
    s = await societe()
    code = await poser_code(s)
    chef = await personne()
    await activer(chef, s, code)
    with pytest.raises(Introuvable):
        await fermer(await personne(), s.siren, s.profil)
    await fermer(chef, s.siren, s.profil)
    assert (await essayer(await personne(), s, code)).genre == "ferme"
    with pytest.raises(Conflit):
        await fermer(chef, s.siren, s.profil)


async def test_c04_two_uses_at_once_both_enter_and_each_is_told_of_the_other() -> None:
    s = await societe()
    code = await poser_code(s)
    gens = [await personne("Paul", "Un"), await personne("Lise", "Deux")]
    recus: list[CodeUtilise] = []

    async def entendre(evt: CodeUtilise) -> None:
        recus.append(evt)

    evenements.sur(CodeUtilise, entendre)
    issues = await asyncio.gather(*(utiliser(moi, s.siren, s.profil, code) for moi in gens))
    assert all(isinstance(i, Reussite) for i in issues)
    premier, second = recus
    assert premier.autres == ()
    assert second.autres == (premier.compte_id,)
    assert second.noms_autres == (premier.nom,)


async def test_c04_one_person_twice_at_once_is_administrator_once() -> None:
    s, moi = await societe(), await personne()
    code = await poser_code(s)
    await asyncio.gather(*(utiliser(moi, s.siren, s.profil, code) for _ in range(4)))
    nombre = await valeur(
        "select count(*) from rattachement where compte = $1 and etat = 'actif'", moi.compte_id
    )
    assert nombre == 1


async def test_c04_five_tries_a_person_and_hour_even_sent_at_once() -> None:
    s, moi = await societe(), await personne()
    code = await poser_code(s)
    issues = await asyncio.gather(*(essayer(moi, s) for _ in range(9)))
    assert sorted(i.genre for i in issues) == ["faux"] * ESSAIS + ["limite"] * 4
    bloque = await essayer(moi, s, code)
    assert bloque.genre == "limite"
    assert 3500 < bloque.secondes <= 3600
    await executer(
        "update essai_code set instant = instant - interval '61 minutes' where compte = $1",
        moi.compte_id,
    )
    await activer(moi, s, code)


async def test_c04_a_strangers_tries_do_not_lock_the_company_out() -> None:
    s = await societe()
    code = await poser_code(s)
    for _ in range(4):
        etranger = await personne()
        for _ in range(ESSAIS):
            await utiliser(etranger, s.siren, s.profil, FAUX)
    refus = await valeur(
        "select count(*) from essai_code where siren = $1 and issue = 'refuse'", s.siren
    )
    assert refus == LIBRES_PAR_SIREN
    moi = await personne()
    differe = await essayer(moi, s, code)
    assert differe.genre == "differe"
    assert 0 < differe.secondes <= 30
    assert (await essayer(moi, s, code)).secondes <= 30
    await executer(
        "update essai_code set instant = instant - interval '31 seconds' where compte = $1",
        moi.compte_id,
    )
    await activer(moi, s, code)


async def test_c04_many_refusals_are_told_to_the_administrators_and_logged() -> None:
    s = await societe()
    chef = await administrateur(s)
    recus: list[CodesRefuses] = []

    async def entendre(evt: CodesRefuses) -> None:
        recus.append(evt)

    evenements.sur(CodesRefuses, entendre)
    for _ in range(3):
        etranger = await personne()
        for _ in range(ESSAIS):
            await utiliser(etranger, s.siren, s.profil, FAUX)
    assert [(e.nombre, e.administrateurs) for e in recus] == [(10, (chef.compte_id,))]
    lignes = await valeur(
        "select count(*) from journal where siren = $1 and action = 'code.refuse'", s.siren
    )
    assert lignes == LIBRES_PAR_SIREN


def test_c04_the_wait_grows_and_never_passes_a_quarter_of_an_hour() -> None:
    attentes = [ralentissement(n) for n in range(0, 20_000, 7)]
    assert attentes == sorted(attentes)
    assert attentes[0] == timedelta()
    assert attentes[-1] == timedelta(minutes=15)


async def test_c04_tries_leave_no_code_behind() -> None:
    s, moi = await societe(), await personne()
    await essayer(moi, s)
    ligne = await valeur("select string_agg(j::text, ' ') from journal j where siren = $1", s.siren)
    assert FAUX not in ligne.replace("-", "")
    dernier = await valeur("select max(instant) from essai_code where siren = $1", s.siren)
    assert dernier <= datetime.now(UTC)

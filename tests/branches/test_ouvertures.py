"""K01: dispositifs opened to a branch with effect dates, without a deployment."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date, timedelta

import asyncpg
import pytest

from portal.branches import operations, queries
from portal.branches.operations import Refuse
from portal.branches.referentiel import conventions, de_l_opco, nom
from portal.infra import clock
from portal.infra.base import executer, sql

IDCC = "1516"


def _code() -> str:
    return f"essai_{uuid.uuid4().hex[:12]}"


async def test_k01_ouvert_du_premier_au_dernier_jour() -> None:
    code = _code()
    await operations.ouvrir(IDCC, code, date(2026, 2, 1), date(2026, 2, 28), acteur=None)
    for jour, attendu in (
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
    ):
        assert (code in await queries.ouverts(IDCC, jour)) is attendu
    assert code not in await queries.ouverts("0573", date(2026, 2, 1))
    assert code in (await queries.ouverts_par_branche(date(2026, 2, 1)))[IDCC]


async def test_k01_deux_periodes_ne_se_chevauchent_pas() -> None:
    code = _code()
    await operations.ouvrir(IDCC, code, date(2026, 2, 1), date(2026, 2, 28), acteur=None)
    with pytest.raises(Refuse, match="déjà ouvert du 1er février 2026 au 28 février 2026"):
        await operations.ouvrir(IDCC, code, date(2026, 1, 1), None, acteur=None)
    await operations.ouvrir(IDCC, code, date(2026, 3, 1), None, acteur=None)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await executer(
            "insert into ouverture (idcc, dispositif, periode, pose_le)"
            " values ($1, $2, '[2026-02-10,2026-02-12)', now())",
            IDCC,
            code,
        )


async def test_k01_dates_renversees_refusees() -> None:
    with pytest.raises(Refuse) as refus:
        await operations.ouvrir(IDCC, _code(), date(2026, 3, 1), date(2026, 2, 1), acteur=None)
    assert refus.value.champ == "dernier"


async def test_k01_ouvert_deux_fois_en_meme_temps_est_ouvert_une_fois() -> None:
    code = _code()
    issues = await asyncio.gather(
        *(operations.ouvrir(IDCC, code, date(2026, 2, 1), acteur=None) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(i, Refuse) for i in issues) == 3


async def test_k01_fermer_a_une_date_et_journal() -> None:
    code = _code()
    jour = await clock.aujourd_hui()
    uid = await operations.ouvrir(IDCC, code, jour - timedelta(days=10), acteur=None)
    with pytest.raises(Refuse, match="passée"):
        await operations.fermer(uid, jour - timedelta(days=1), acteur=None)
    with pytest.raises(Refuse, match="ne peut pas être avant"):
        await operations.fermer(uid, jour - timedelta(days=11), acteur=None)
    await operations.fermer(uid, jour, acteur=None)
    assert code in await queries.ouverts(IDCC, jour)
    assert code not in await queries.ouverts(IDCC, jour + timedelta(days=1))
    lignes = await sql("select action from journal where objet_uid = $1 order by id", uid)
    assert [x["action"] for x in lignes] == [
        "branche.dispositif_ouvert",
        "branche.dispositif_ferme",
    ]


async def test_k01_fermer_ne_recouvre_pas_l_ouverture_suivante() -> None:
    code = _code()
    jour = await clock.aujourd_hui()
    uid = await operations.ouvrir(IDCC, code, jour, jour + timedelta(days=2), acteur=None)
    await operations.ouvrir(IDCC, code, jour + timedelta(days=10), acteur=None)
    with pytest.raises(Refuse, match="Une autre ouverture commence"):
        await operations.fermer(uid, jour + timedelta(days=10), acteur=None)
    await operations.fermer(uid, jour + timedelta(days=9), acteur=None)


async def test_k01_annuler_une_ouverture_a_venir_seulement() -> None:
    code = _code()
    jour = await clock.aujourd_hui()
    a_venir = await operations.ouvrir(IDCC, code, jour + timedelta(days=5), acteur=None)
    await operations.annuler(a_venir, acteur=None)
    assert await queries.ouvertures(IDCC, code) == []
    courante = await operations.ouvrir(IDCC, code, jour, acteur=None)
    with pytest.raises(Refuse, match="déjà ouvert"):
        await operations.annuler(courante, acteur=None)


def test_k04_referentiel_des_branches() -> None:
    assert len(conventions()) == 337
    assert nom("1516") == "Organismes de formation"
    assert nom(None) == "Toutes les branches"
    assert nom("0000") == "Branche 0000"
    assert {c.idcc for c in de_l_opco()} <= set(conventions())
    assert all(c.cible is None for c in de_l_opco())

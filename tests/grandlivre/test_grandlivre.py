"""H04, H05: the ledger holds 0 <= paid <= ordered <= invoiced <= engaged, whatever the code does."""

from __future__ import annotations

import asyncio
import uuid
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.grandlivre import operations, queries
from portal.grandlivre.operations import CleReprise, Depassement, SansEngagement
from portal.grandlivre.queries import Solde
from portal.infra.base import executer, sql, transaction


async def _engage(montant: int = 100_00) -> UUID:
    dossier = uuid.uuid4()
    await operations.engager(dossier, "732829320", "essai", "opco", montant, f"accord:{dossier}")
    return dossier


async def test_h04_engage_facture_paye() -> None:
    dossier, facture, paiement = await _engage(), uuid.uuid4(), uuid.uuid4()
    await operations.facturer(dossier, 60_00, f"f:{facture}", facture)
    await operations.ordonner(dossier, 60_00, f"o:{paiement}", paiement)
    assert await queries.solde(dossier) == Solde(100_00, 60_00, 60_00, 0)
    await operations.executer(dossier, 60_00, f"x:{paiement}", paiement)
    solde = await queries.solde(dossier)
    assert (solde.paye, solde.reste, solde.solde) == (60_00, 40_00, False)
    await operations.liberer(dossier, cle=f"l:{dossier}")
    await operations.liberer(dossier, cle=f"l:{dossier}")
    assert (await queries.solde(dossier)).solde
    assert [m.genre for m in await queries.mouvements(dossier)] == [
        "engagement", "facture", "paiement_ordonne", "paiement_execute", "liberation",
    ]  # fmt: skip


async def test_h04_sans_engagement_rien_ne_se_facture() -> None:
    with pytest.raises(SansEngagement):
        await operations.facturer(uuid.uuid4(), 1, f"f:{uuid.uuid4()}", uuid.uuid4())
    assert await queries.solde(uuid.uuid4()) == Solde()


async def test_h04_au_dela_de_l_engagement_refuse_en_mots() -> None:
    dossier = await _engage(50_00)
    with pytest.raises(Depassement, match="il reste 50,00\u00a0€ à facturer") as refus:
        await operations.facturer(dossier, 50_01, f"f:{uuid.uuid4()}", uuid.uuid4())
    assert refus.value.possible == 50_00
    assert (await queries.solde(dossier)).facture == 0


async def test_h05_pas_de_paiement_sans_facture_ni_d_execution_sans_ordre() -> None:
    dossier = await _engage()
    with pytest.raises(Depassement):
        await operations.ordonner(dossier, 1, f"o:{uuid.uuid4()}", uuid.uuid4())
    await operations.facturer(dossier, 10_00, f"f:{uuid.uuid4()}", uuid.uuid4())
    with pytest.raises(Depassement):
        await operations.executer(dossier, 1, f"x:{uuid.uuid4()}", uuid.uuid4())


async def test_h05_deux_fois_la_meme_cle_est_une_fois() -> None:
    dossier, facture = await _engage(), uuid.uuid4()
    cle = f"f:{facture}"
    for _ in range(3):
        await operations.facturer(dossier, 100_00, cle, facture)
    await asyncio.gather(*(operations.facturer(dossier, 100_00, cle, facture) for _ in range(4)))
    assert (await queries.solde(dossier)).facture == 100_00
    await operations.engager(dossier, "732829320", "essai", "opco", 100_00, f"accord:{dossier}")
    assert (await queries.solde(dossier)).engage == 100_00
    with pytest.raises(CleReprise):
        await operations.facturer(dossier, 99_00, cle, facture)


async def test_h05_un_rejet_rend_payable_a_nouveau() -> None:
    dossier, un, deux = await _engage(), uuid.uuid4(), uuid.uuid4()
    await operations.facturer(dossier, 30_00, f"f:{un}", un)
    await operations.ordonner(dossier, 30_00, f"o:{un}", un)
    await operations.rejeter(dossier, 30_00, f"r:{un}", un)
    await operations.ordonner(dossier, 30_00, f"o:{deux}", deux)
    await operations.executer(dossier, 30_00, f"x:{deux}", deux)
    assert await queries.solde(dossier) == Solde(100_00, 30_00, 30_00, 30_00)


async def test_h04_course_sur_les_derniers_euros() -> None:
    """Twenty invoices of 30 € at once over 100 €: exactly three fit."""
    dossier = await _engage(100_00)

    async def une() -> bool:
        try:
            await operations.facturer(dossier, 30_00, f"f:{uuid.uuid4()}", uuid.uuid4())
        except Depassement:
            return False
        return True

    assert sum(await asyncio.gather(*(une() for _ in range(20)))) == 3
    assert (await queries.solde(dossier)).facture == 90_00


async def test_h05_les_mouvements_ne_changent_jamais() -> None:
    dossier = await _engage()
    for ordre in (
        "update mouvement set montant_centimes = 1 where cle = $1",
        "delete from mouvement where cle = $1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await executer(ordre, f"accord:{dossier}")
    with pytest.raises(asyncpg.RestrictViolationError):
        await executer("update engagement set engage_centimes = 1 where dossier_uid = $1", dossier)
    with pytest.raises(asyncpg.RestrictViolationError):
        await executer("truncate mouvement")
    with pytest.raises(asyncpg.RestrictViolationError):
        await executer(
            "insert into engagement (dossier_uid, siren, dispositif, cible, engage_centimes, cree_le)"
            " values ($1, '732829320', 'x', 'opco', 5, now())",
            uuid.uuid4(),
        )


@pytest.mark.parametrize("genre", ["facture", "paiement_ordonne", "paiement_execute", "liberation"])
async def test_h04_la_base_refuse_ce_que_le_code_oublierait(genre: str) -> None:
    dossier = await _engage(10_00)
    with pytest.raises(asyncpg.CheckViolationError):
        await executer(
            "insert into mouvement (engagement, genre, montant_centimes, jour, instant, cle)"
            " select id, $2, 1001, '2026-01-01', now(), $3 from engagement where dossier_uid = $1",
            dossier,
            genre,
            f"force:{uuid.uuid4()}",
        )


async def test_h04_un_refus_ne_laisse_rien() -> None:
    """An operation that fails midway undoes what it had posted."""
    un, deux = await _engage(10_00), await _engage(10_00)

    async def deux_d_un_coup() -> None:
        async with transaction():
            await operations.facturer(un, 10_00, f"f:{uuid.uuid4()}", uuid.uuid4())
            await operations.facturer(deux, 10_01, f"f:{uuid.uuid4()}", uuid.uuid4())

    with pytest.raises(Depassement):
        await deux_d_un_coup()
    assert (await queries.solde(un)).facture == 0


GESTES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "engager",
                "liberer",
                "facturer",
                "ordonner",
                "executer",
                "rejeter",
                "rejouer",
            ]
        ),  # fmt: skip
        st.integers(1, 120_00),
    ),
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(GESTES)
def test_h04_proprietes_de_toute_vie(gestes: list[tuple[str, int]]) -> None:
    """Random lives: totals follow a model, invariants hold, the database never has to say no."""
    boucle = asyncio.new_event_loop()
    try:
        boucle.run_until_complete(_vivre(gestes))
    finally:
        boucle.close()


async def _vivre(gestes: list[tuple[str, int]]) -> None:
    from portal.infra.base import engine

    pool, engine.pool = engine.pool, None  # the session's pool belongs to another loop
    try:
        async with transaction():
            await _jouer(gestes)
    finally:
        engine.pool = pool


async def _jouer(gestes: list[tuple[str, int]]) -> None:
    dossier = await _engage(100_00)
    modele = {"engage": 100_00, "facture": 0, "ordonne": 0, "paye": 0}
    derniere: tuple[str, int, str] | None = None
    for geste, montant in gestes:
        cle = f"{geste}:{uuid.uuid4()}"
        if geste == "rejouer":
            if derniere is None:
                continue
            geste, montant, cle = derniere
            await _faire(dossier, geste, montant, cle)
            continue
        apres = _modele(modele, geste, montant)
        try:
            await _faire(dossier, geste, montant, cle)
        except Depassement:
            assert apres is None
        else:
            assert apres is not None
            modele, derniere = apres, (geste, montant, cle)
    solde = await queries.solde(dossier)
    assert solde == Solde(**modele)
    assert 0 <= solde.paye <= solde.ordonne <= solde.facture <= solde.engage
    assert await queries.ecarts() == []


async def _faire(dossier: UUID, geste: str, montant: int, cle: str) -> None:
    if geste == "engager":
        await operations.engager(dossier, "732829320", "essai", "opco", montant, cle)
    elif geste == "liberer":
        await operations.liberer(dossier, montant, cle=cle)
    else:
        await getattr(operations, geste)(dossier, montant, cle, uuid.uuid4())


EFFETS = {
    "engager": {"engage": 1}, "liberer": {"engage": -1}, "facturer": {"facture": 1},
    "ordonner": {"ordonne": 1}, "rejeter": {"ordonne": -1}, "executer": {"paye": 1},
}  # fmt: skip


def _modele(avant: dict[str, int], geste: str, montant: int) -> dict[str, int] | None:
    apres = {k: v + EFFETS[geste].get(k, 0) * montant for k, v in avant.items()}
    tient = 0 <= apres["paye"] <= apres["ordonne"] <= apres["facture"] <= apres["engage"]
    return apres if tient else None


async def test_h04_totaux_egaux_aux_mouvements() -> None:
    await _engage()
    assert await queries.ecarts() == []
    assert await sql("select 1 from mouvement limit 1")

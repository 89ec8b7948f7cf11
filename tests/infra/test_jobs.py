"""A job lives and dies with its cause, and changes the database once (j03)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.infra import clock, jobs
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.infra.jobs import execution, registre, schema

pytestmark = pytest.mark.usefixtures("file_vide")

faits: list[tuple[str, object]] = []
pannes: list[int] = []


@jobs.tache("essai.noter")
async def noter(quoi: int = 0) -> None:
    faits.append(("noter", quoi))


@jobs.tache("essai.ecrire")
async def ecrire(quoi: int) -> None:
    await executer("create table if not exists essai (quoi int)")
    await executer("insert into essai values ($1)", quoi)
    if pannes:
        raise RuntimeError(f"panne {pannes.pop()}")


@jobs.tache("essai.enchainer")
async def enchainer(reste: int) -> None:
    faits.append(("enchainer", reste))
    if reste:
        await jobs.planifier("essai.enchainer", reste=reste - 1)


@jobs.tache("essai.sans_fin")
async def sans_fin() -> None:
    await jobs.planifier("essai.sans_fin")


@pytest.fixture(autouse=True)
def _vierge() -> None:
    faits.clear()
    pannes.clear()


async def annuler(**args) -> None:
    async with transaction():
        await jobs.planifier(**args)
        raise RuntimeError("annulé")


async def test_a_change_that_is_rolled_back_leaves_no_job() -> None:
    with pytest.raises(RuntimeError, match="annulé"):
        await annuler(nom="essai.noter", quoi=1)
    assert await jobs.vider() == 0
    async with transaction():
        await jobs.planifier("essai.noter", quoi=2)
    assert await jobs.vider() == 1
    assert faits == [("noter", 2)]


async def test_a_job_waits_for_its_moment() -> None:
    await jobs.planifier("essai.noter", le=clock.instant() + timedelta(hours=1), quoi=1)
    assert await jobs.vider() == 0
    assert await jobs.vider(sans_attendre=True) == 1


async def test_a_keyed_job_waits_once_at_the_earlier_moment() -> None:
    tard = clock.instant() + timedelta(hours=1)
    premier = await jobs.planifier("essai.noter", cle="k", le=tard, quoi=1)
    assert await jobs.planifier("essai.noter", cle="k", quoi=2) == premier
    assert await jobs.planifier("essai.noter", cle="k", le=tard, quoi=3) == premier
    assert await jobs.planifier("essai.noter", cle="autre", quoi=4) != premier
    assert await jobs.vider() == 2
    assert await jobs.planifier("essai.noter", cle="k", quoi=5) != premier
    await jobs.vider()
    assert faits == [("noter", 1), ("noter", 4), ("noter", 5)]


async def test_a_keyed_job_is_not_started_before_the_change_that_wants_it_is_there() -> None:
    await jobs.planifier("essai.noter", cle="k", quoi=1)
    async with transaction():
        await jobs.planifier("essai.noter", cle="k", quoi=1)
        assert await asyncio.create_task(hors_transaction(jobs.vider())) == 0
    assert await jobs.vider() == 1


async def hors_transaction(coroutine):
    from portal.infra.base import engine

    engine.current_transaction.set(None)
    return await coroutine


async def test_jobs_planned_by_jobs_run_too_and_an_endless_chain_is_noticed() -> None:
    await jobs.planifier("essai.enchainer", reste=3)
    assert await jobs.vider() == 4
    await jobs.planifier("essai.sans_fin")
    with pytest.raises(RuntimeError, match="sans fin"):
        await jobs.vider(limite=5)


async def test_a_failed_job_undoes_its_work_and_is_tried_again_later() -> None:
    pannes.append(1)
    await jobs.planifier("essai.ecrire", quoi=7)
    with pytest.raises(jobs.EchecTache, match="panne 1"):
        await jobs.vider()
    assert await valeur("select to_regclass('essai')") is None
    job = await sql1(
        "select status, attempts, scheduled_at > now() as plus_tard from procrastinate_jobs"
    )
    assert job == {"status": "todo", "attempts": 1, "plus_tard": True}
    assert await jobs.vider() == 0
    assert await jobs.vider(sans_attendre=True) == 1
    assert await valeur("select count(*) from essai") == 1


async def test_patience_has_an_end_and_the_failure_stays_visible() -> None:
    pannes.extend(range(20))
    await jobs.planifier("essai.ecrire", quoi=7)
    essais = 0
    while await jobs.vider(sans_attendre=True, lever=False):
        essais += 1
    assert essais == registre.ESSAIS
    assert (await jobs.etat())["en_echec"] == 1


async def test_a_job_whose_worker_died_after_its_commit_is_not_done_twice() -> None:
    await jobs.planifier("essai.ecrire", quoi=1)
    job = await execution._prendre()
    assert job is not None
    await jobs.executer_tache(job["id"], job["task_name"], job["args"])
    # here the worker dies: the job is done but still noted as running
    assert await jobs.relancer_orphelines() == 1
    assert await jobs.vider() == 1
    assert await valeur("select count(*) from essai") == 1


async def test_a_job_whose_worker_died_before_its_commit_is_done() -> None:
    await jobs.planifier("essai.ecrire", quoi=1)
    assert await execution._prendre() is not None
    assert await jobs.vider() == 0
    assert await jobs.relancer_orphelines() == 1
    assert await jobs.vider() == 1
    assert await valeur("select count(*) from essai") == 1


async def test_an_orphan_is_taken_over_even_when_its_key_waits_again() -> None:
    await jobs.planifier("essai.noter", cle="k", quoi=1)
    assert await execution._prendre() is not None
    await jobs.planifier("essai.noter", cle="k", quoi=2)
    assert await jobs.relancer_orphelines() == 1
    assert await jobs.vider() == 2


async def test_a_failing_keyed_job_can_wait_beside_a_new_one() -> None:
    @jobs.tache("essai.replanifier_puis_tomber")
    async def replanifier_puis_tomber() -> None:
        if not faits:
            faits.append(("tombe", 1))
            await hors_transaction(jobs.planifier("essai.replanifier_puis_tomber", cle="k"))
            raise RuntimeError("panne")

    await jobs.planifier("essai.replanifier_puis_tomber", cle="k")
    await jobs.vider(lever=False)
    assert (await jobs.etat())["en_attente"] == 1
    assert await jobs.vider(sans_attendre=True) == 1


async def test_a_job_that_kills_its_workers_is_given_up_in_the_end() -> None:
    await jobs.planifier("essai.noter", quoi=1)
    for _ in range(execution.RELANCES_MAX + 1):
        assert await execution._prendre() is not None
        await jobs.relancer_orphelines()
    assert await jobs.vider() == 0
    assert (await jobs.etat())["en_echec"] == 1


async def test_a_job_carries_ids_only() -> None:
    with pytest.raises(TypeError, match="identifiants"):
        await jobs.planifier("essai.noter", quoi={"nom": "Dupont"})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="trop long"):
        await jobs.planifier("essai.noter", quoi="x" * 300)
    with pytest.raises(ValueError, match="fuseau"):
        await jobs.planifier("essai.noter", le=clock.instant().replace(tzinfo=None))
    with pytest.raises(jobs.TacheInconnue):
        await jobs.planifier("essai.inconnue")


def test_two_functions_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match=r"essai\.noter"):
        jobs.tache("essai.noter")(ecrire)


async def test_the_sweep_forgets_old_notes_and_old_failures() -> None:
    await jobs.planifier("essai.noter", quoi=1)
    await jobs.vider()
    await executer("update tache_faite set fait_le = fait_le - interval '8 days'")
    await jobs.lancer("jobs.purger")
    assert await sql("select 1 from tache_faite") == []


async def test_the_schema_is_the_one_of_the_installed_package() -> None:
    assert schema.scripts()[-1].name == schema.VERSION, "a migration of app `jobs` is due"
    assert await schema.version() == schema.VERSION
    await schema.mettre_a_jour()
    assert await schema.version() == schema.VERSION


async def test_the_schema_goes_away_whole(base_neuve) -> None:
    await schema.retirer()
    restes = await sql(
        "select proname from pg_proc where proname like 'procrastinate%'"
        " union all select relname from pg_class where relname like '%procrastinate%'"
        " union all select typname from pg_type where typname like '%procrastinate%'"
    )
    assert restes == []
    await schema.mettre_a_jour()
    assert await schema.version() == schema.VERSION

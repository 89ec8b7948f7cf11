"""Workers: killed, stopped, cut off from the database, they lose and double nothing (j03)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from portal.infra import jobs
from portal.infra.base import executer, sql, sql1, valeur
from tests.infra import ouvrier  # noqa: F401 - its tasks register on import

pytestmark = pytest.mark.usefixtures("base_neuve", "table_essai")


@pytest.fixture
async def table_essai(base_neuve: str) -> None:
    await executer("create table essai (quoi int)")


@contextlib.asynccontextmanager
async def ici() -> AsyncIterator[asyncio.Task[None]]:
    """A worker in this very process."""
    arret = asyncio.Event()
    tache = asyncio.create_task(jobs.lancer_worker(arret=arret))
    try:
        yield tache
    finally:
        arret.set()
        await asyncio.wait_for(tache, 20)


async def processus() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.infra.ouvrier", stderr=asyncio.subprocess.DEVNULL
    )


async def jusqu_a(condition: Callable[[], Awaitable[Any]], delai: float = 20.0) -> None:
    limite = time.monotonic() + delai
    while not await condition():
        assert time.monotonic() < limite, "rien n’est venu"
        await asyncio.sleep(0.05)


async def fini() -> bool:
    return not await sql1("select 1 from procrastinate_jobs where status in ('todo', 'doing')")


async def en_cours() -> Any:
    return await sql1("select 1 from procrastinate_jobs where status = 'doing'")


async def ecrits() -> list[int]:
    return [ligne["quoi"] for ligne in await sql("select quoi from essai order by quoi")]


async def test_a_worker_runs_jobs_as_they_come_and_stops_when_told() -> None:
    async with ici():
        for quoi in range(5):
            await jobs.planifier("ouvrier.ecrire", quoi=quoi)
        await jusqu_a(fini)
        assert (await jobs.etat())["workers"] == 1
        debut = time.monotonic()
        await jobs.planifier("ouvrier.ecrire", quoi=5)
        await jusqu_a(fini)
        assert time.monotonic() - debut < 2, "a job is noticed at once, not at the next poll"
    assert await ecrits() == [0, 1, 2, 3, 4, 5]
    assert (await jobs.etat())["workers"] == 0


async def test_a_failing_task_is_planned_again_by_the_worker() -> None:
    await jobs.planifier("ouvrier.tomber")
    async with ici():
        await jusqu_a(
            lambda: sql1("select 1 from procrastinate_jobs where status = 'todo' and attempts = 1")
        )
    attente = await valeur("select scheduled_at - now() from procrastinate_jobs where attempts = 1")
    assert 0 < attente.total_seconds() <= 5
    assert await ecrits() == []


async def test_a_killed_worker_s_job_is_done_once_by_the_next() -> None:
    await jobs.planifier("ouvrier.ecrire", quoi=1, secondes=2)
    victime = await processus()
    await jusqu_a(en_cours)
    victime.kill()
    await victime.wait()
    assert await ecrits() == []
    await asyncio.sleep(1.1)
    assert await jobs.relancer_orphelines(1.0) == 1
    async with ici():
        await jusqu_a(fini)
    assert await ecrits() == [1]


async def test_workers_killed_at_random_moments_lose_and_double_nothing() -> None:
    hasard = random.Random(20261124)
    nombre = 300
    for quoi in range(nombre):
        await jobs.planifier("ouvrier.ecrire", quoi=quoi)
    for _ in range(5):
        victime = await processus()
        await jusqu_a(lambda: sql1("select 1 from procrastinate_workers"))
        await asyncio.sleep(hasard.uniform(0.0, 0.08))
        victime.kill()
        await victime.wait()
        await executer("delete from procrastinate_workers")
        await jobs.relancer_orphelines()
    await jobs.vider()
    assert await ecrits() == list(range(nombre))


async def test_sigterm_lets_the_running_job_finish() -> None:
    await jobs.planifier("ouvrier.ecrire", quoi=1, secondes=1)
    process = await processus()
    await jusqu_a(en_cours)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 15) == 0
    assert await ecrits() == [1]
    assert await fini()


async def test_a_worker_cut_off_from_the_database_starts_over() -> None:
    async with ici():
        await jobs.planifier("ouvrier.ecrire", quoi=1)
        await jusqu_a(fini)
        await sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'portal-worker' and datname = current_database()"
        )
        await jobs.planifier("ouvrier.ecrire", quoi=2)
        await jusqu_a(fini, 30)
    assert await ecrits() == [1, 2]


async def test_a_periodic_task_is_known_to_the_worker_and_runs_without_arguments() -> None:
    faits: list[int] = []

    @jobs.periodique("ouvrier.tous_les_instants", "* * * * * *")
    async def tous_les_instants() -> None:
        faits.append(1)

    async def passe() -> bool:
        return bool(faits)

    try:
        async with ici():
            await jusqu_a(passe)
    finally:
        del jobs.PERIODIQUES["ouvrier.tous_les_instants"]

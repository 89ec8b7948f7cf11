"""`portal worker`: procrastinate fetches the jobs, our tasks run on the portal's own pool.

Only the fetching uses psycopg. A worker outlives the database's absences (it starts over), stops
cleanly on SIGTERM, and takes over the jobs of dead workers every two seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator
from typing import Any

import procrastinate
from procrastinate import JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from portal.infra.base import engine, fermer_pool, ouvrir_pool
from portal.infra.jobs.execution import SILENCE_MAX, executer_tache, relancer_orphelines
from portal.infra.jobs.registre import PERIODIQUES, TACHES, Tache
from portal.settings import get_settings

logger = logging.getLogger(__name__)

BATTEMENT = 2.0
REPRISE = 1.0


class _Reprise(BaseRetryStrategy):
    def __init__(self, tache: Tache) -> None:
        self.tache = tache

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        attente = self.tache.attente(job.attempts)
        if attente is None:
            return None
        return RetryDecision(retry_in={"seconds": int(attente.total_seconds())})


def application() -> procrastinate.App:
    """A procrastinate application that knows every registered task."""
    app = procrastinate.App(
        connector=PsycopgConnector(
            conninfo=get_settings().database_url or "",
            min_size=1,
            max_size=4,
            kwargs={"application_name": "portal-worker"},
        )
    )
    for tache in TACHES.values():
        _inscrire(app, tache)
    return app


def _inscrire(app: procrastinate.App, tache: Tache) -> None:
    async def executer(contexte: JobContext, /, **args: Any) -> None:
        job = contexte.job
        assert job.id is not None
        await executer_tache(job.id, tache.nom, args, job.queueing_lock)

    inscrite = app.task(name=tache.nom, pass_context=True, retry=_Reprise(tache))(executer)
    if tache.nom in PERIODIQUES:
        app.periodic(cron=PERIODIQUES[tache.nom])(inscrite)  # type: ignore[arg-type]


async def lancer_worker(*, concurrence: int = 4, arret: asyncio.Event | None = None) -> None:
    """Run jobs until SIGTERM or SIGINT (or until `arret` is set)."""
    arret = arret or asyncio.Event()
    pool_a_nous = engine.pool is None
    with _signaux(arret):
        try:
            while not arret.is_set():
                await _tour(concurrence, arret)
        finally:
            if pool_a_nous:
                await fermer_pool()


async def _tour(concurrence: int, arret: asyncio.Event) -> None:
    """One life of the worker: until it is told to stop, or loses the database."""
    try:
        await ouvrir_pool()
        async with application().open_async() as app:
            travail = asyncio.create_task(
                app.run_worker_async(
                    concurrency=concurrence,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    update_heartbeat_interval=BATTEMENT,
                    stalled_worker_timeout=SILENCE_MAX,
                    shutdown_graceful_timeout=30.0,
                )
            )
            garde = asyncio.create_task(_veiller())
            fin = asyncio.create_task(arret.wait())
            await asyncio.wait({travail, fin}, return_when=asyncio.FIRST_COMPLETED)
            for autre in (garde, fin, travail):
                autre.cancel()
            for autre in (garde, fin, travail):
                with contextlib.suppress(asyncio.CancelledError):
                    await autre
    except Exception:  # the database went away: nothing is lost, jobs wait in it
        logger.exception("worker interrupted; starting over")
    if not arret.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(arret.wait(), REPRISE)


async def _veiller() -> None:
    while True:
        try:
            if reprises := await relancer_orphelines():
                logger.warning("%s jobs of a dead worker queued again", reprises)
        except Exception:  # the same absence stops the worker itself, which starts over
            logger.exception("dead workers not looked for")
        await asyncio.sleep(BATTEMENT)


@contextlib.contextmanager
def _signaux(arret: asyncio.Event) -> Iterator[None]:
    boucle = asyncio.get_running_loop()
    poses = []
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            boucle.add_signal_handler(signal_, arret.set)
            poses.append(signal_)
    try:
        yield
    finally:
        for signal_ in poses:
            boucle.remove_signal_handler(signal_)

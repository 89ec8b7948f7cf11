"""Run jobs: once each whatever happens to workers, again later when they fail."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.jobs.registre import PERIODIQUES, TACHES, periodique, trouver

logger = logging.getLogger(__name__)

# A worker without a sign of life for this long is taken for dead and its jobs run again. Taking a
# slow one for dead is harmless: `tache_faite` makes the second run wait, then do nothing.
SILENCE_MAX = 6.0
RELANCES_MAX = 20
GARDE_FAITES = timedelta(days=7)
GARDE_ECHECS = timedelta(days=90)

_ORPHELINES = """
select j.id, j.attempts
from procrastinate_jobs j
left join procrastinate_workers w on w.id = j.worker_id
where j.status = 'doing'
    and (w.id is null or w.last_heartbeat < now() - make_interval(secs => $1))
for update of j skip locked
"""


class EchecTache(RuntimeError):
    """A task raised while `vider` ran it; the cause is the task's own error."""


async def executer_tache(
    job_id: int, nom: str, args: dict[str, Any], cle: str | None = None
) -> None:
    """Run one job; if it was run before (even if its worker died right after), do nothing."""
    tache = trouver(nom)
    if nom in PERIODIQUES:
        args = {cle_: valeur for cle_, valeur in args.items() if cle_ != "timestamp"}
    if cle is not None:
        await _liberer_cle([job_id])
    if not tache.transactionnelle:
        await tache.fonction(**args)
        return
    async with transaction():
        nouvelle = await sql1(
            "insert into tache_faite (job_id, fait_le) values ($1, $2)"
            " on conflict do nothing returning job_id",
            job_id,
            clock.instant(),
        )
        if nouvelle is None:
            logger.info("job %s (%s) was already done", job_id, nom)
            return
        await tache.fonction(**args)


async def _liberer_cle(ids: list[int]) -> None:
    """A started job gives its key back: planned again meanwhile, both can wait side by side."""
    await executer("update procrastinate_jobs set queueing_lock = null where id = any($1)", ids)


async def relancer_orphelines(silence: float = SILENCE_MAX) -> int:
    """Queue again the jobs whose worker is dead; returns how many."""
    async with transaction():
        orphelines = await sql(_ORPHELINES, silence)
        await _liberer_cle([job["id"] for job in orphelines])
        for job in orphelines:
            if job["attempts"] < RELANCES_MAX:
                await _reprogrammer(job, timedelta())
            else:
                await sql("select procrastinate_finish_job_v1($1, 'failed', false)", job["id"])
    return len(orphelines)


async def vider(limite: int = 1000, *, sans_attendre: bool = False, lever: bool = True) -> int:
    """Tests and scripts: run all due jobs in this process until none is left.

    `sans_attendre` also runs those that wait for a later moment (not those they plan in turn).
    A failing task is rescheduled as a worker would do, then raised as `EchecTache` unless
    `lever=False`. Returns the number of jobs run; more than `limite` is an error.
    """
    if sans_attendre:
        await executer("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
    faites = 0
    while (job := await _prendre()) is not None:
        faites += 1
        if faites > limite:
            await _reprogrammer(job, timedelta())
            raise RuntimeError(f"plus de {limite} tâches : l’une d’elles se replanifie sans fin")
        erreur = await _derouler(job)
        if erreur is not None and lever:
            raise EchecTache(f"{job['task_name']} : {erreur!r}") from erreur
    return faites


async def _prendre() -> dict[str, Any] | None:
    job = await sql1("select * from procrastinate_fetch_job_v2(null, null)")
    return job if job and job["id"] is not None else None


async def _derouler(job: dict[str, Any]) -> Exception | None:
    try:
        await executer_tache(job["id"], job["task_name"], _arguments(job), job["queueing_lock"])
    except Exception as erreur:  # whatever a task raises is its failure
        tache = TACHES.get(job["task_name"])
        attente = tache.attente(job["attempts"]) if tache else None
        if attente is None:
            await sql("select procrastinate_finish_job_v1($1, 'failed', false)", job["id"])
        else:
            await _reprogrammer(job, attente)
        return erreur
    await sql("select procrastinate_finish_job_v1($1, 'succeeded', true)", job["id"])
    return None


def _arguments(job: dict[str, Any]) -> dict[str, Any]:
    args = job["args"]
    return json.loads(args) if isinstance(args, str) else dict(args)


async def _reprogrammer(job: dict[str, Any], attente: timedelta) -> None:
    await sql(
        "select procrastinate_retry_job_v2($1, $2, null, null, null)",
        job["id"],
        clock.instant() + attente,
    )


async def etat() -> dict[str, int]:
    """How the queue stands, for `/readyz`, `/metrics` and `portal doctor`."""
    ligne = await sql1(
        "select count(*) filter (where status = 'todo') as en_attente,"
        " count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now())"
        " as dues,"
        " count(*) filter (where status = 'doing') as en_cours,"
        " count(*) filter (where status = 'failed') as en_echec"
        " from procrastinate_jobs"
    )
    assert ligne is not None
    workers = await sql1(
        "select count(*) as n from procrastinate_workers"
        " where last_heartbeat >= now() - make_interval(secs => $1)",
        SILENCE_MAX,
    )
    return {**ligne, "workers": workers["n"] if workers else 0}


@periodique("jobs.purger", "23 3 * * *")
async def purger() -> None:
    """Forget what is done since long, and failures that nobody looked at for three months."""
    faites = clock.instant() - GARDE_FAITES
    await executer("delete from tache_faite where fait_le < $1", faites)
    await executer(
        "delete from procrastinate_periodic_defers where defer_timestamp < $1",
        int(faites.timestamp()),
    )
    await executer(
        "delete from procrastinate_jobs j where j.status in ('failed', 'cancelled', 'aborted')"
        " and not exists (select 1 from procrastinate_events e where e.job_id = j.id and e.at > $1)",
        clock.instant() - GARDE_ECHECS,
    )

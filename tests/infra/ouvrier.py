"""A worker process for tests: `python -m tests.infra.ouvrier`, with tasks that can be slow."""

from __future__ import annotations

import asyncio

from portal.infra import jobs
from portal.infra.base import executer


@jobs.tache("ouvrier.ecrire")
async def ecrire(quoi: int, secondes: int = 0) -> None:
    """Write a row, then take its time: killed meanwhile, the row goes too."""
    await executer("insert into essai values ($1)", quoi)
    await asyncio.sleep(secondes)


@jobs.tache("ouvrier.tomber")
async def tomber() -> None:
    """Fail once, in a way that leaves nothing behind."""
    await executer("insert into essai values (-1)")
    raise RuntimeError("panne")


if __name__ == "__main__":
    asyncio.run(jobs.lancer_worker(concurrence=4))

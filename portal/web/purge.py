"""What the web room throws away: idempotency keys past their day."""

from __future__ import annotations

from datetime import timedelta

from portal.infra import clock, jobs
from portal.infra.base import executer

GARDE = timedelta(hours=24)


@jobs.periodique("web.purger", "41 * * * *")
async def purger() -> None:
    """Forget the requests done more than a day ago."""
    await executer("delete from requete_faite where faite_le < $1", clock.instant() - GARDE)

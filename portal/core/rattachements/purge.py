"""The end of what is only technical: tries at codes."""

from __future__ import annotations

from datetime import timedelta

from portal.infra import clock
from portal.infra.base import executer
from portal.infra.jobs import periodique

ESSAIS = timedelta(days=7)


@periodique("rattachements.purger", "20 3 * * *")
async def purger() -> None:
    """Forget tries at codes after a week; the journal keeps that they happened."""
    await executer("delete from essai_code where instant < $1", clock.instant() - ESSAIS)

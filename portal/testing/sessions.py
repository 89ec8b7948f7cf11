"""Sessions for tests: they count as having proven a second factor, unless asked otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core.comptes.jetons import condenser
from portal.core.comptes.sessions import ouvrir_session
from portal.infra import clock
from portal.infra.base import executer
from portal.testing.navigateur import Navigateur


def _prouve() -> datetime:
    """Late enough to hold as long as a run of tests."""
    return clock.instant() + timedelta(hours=1)


async def ouvrir(compte_id: int, *, renforcee: bool = True) -> str:
    """The token of a new session."""
    prouve = _prouve() if renforcee else None
    return await ouvrir_session(compte_id, "Firefox sur Linux", "127.0.0.1", renforcee_le=prouve)


async def renforcer(nav: Navigateur) -> None:
    """Her browser's session has proven a second factor this minute."""
    jetons = [c.value for c in nav.client.cookies.jar if c.name == "session" and c.value]
    await executer(
        "update session set renforcee_le = $2 where jeton = any($1::bytea[])",
        [condenser(jeton) for jeton in jetons],
        _prouve(),
    )

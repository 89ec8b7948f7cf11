"""Sessions for tests: they count as having proven a second factor, unless asked otherwise."""

from __future__ import annotations

from portal.core.comptes.jetons import condenser
from portal.core.comptes.sessions import ouvrir_session
from portal.infra import clock
from portal.infra.base import executer
from portal.testing.navigateur import Navigateur


async def ouvrir(compte_id: int, *, renforcee: bool = True) -> str:
    """The token of a new session."""
    return await ouvrir_session(
        compte_id,
        "Firefox sur Linux",
        "127.0.0.1",
        renforcee_le=clock.instant() if renforcee else None,
    )


async def renforcer(nav: Navigateur) -> None:
    """Her browser's session has proven a second factor this minute."""
    jeton = nav.client.cookies.get("session", domain="127.0.0.1") or nav.client.cookies["session"]
    await executer(
        "update session set renforcee_le = $2 where jeton = $1", condenser(jeton), clock.instant()
    )

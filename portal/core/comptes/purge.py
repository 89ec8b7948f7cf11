"""What accounts leave behind and is of no more use goes away each hour."""

from __future__ import annotations

from datetime import timedelta

from portal.infra import clock
from portal.infra.base import executer
from portal.infra.jobs import periodique

SESSIONS = timedelta(days=30)
DEMANDES = timedelta(days=1)
TENTATIVES = timedelta(days=2)


@periodique("comptes.purger", "41 * * * *")
async def purger() -> None:
    """Parked forms past their hour, old codes, links, sessions and counters."""
    quand = clock.instant()
    await executer("delete from saisie_parquee where expire_le <= $1", quand)
    await executer("delete from code_courriel where expire_le <= $1", quand - DEMANDES)
    await executer("delete from jeton_reinit where expire_le <= $1", quand - DEMANDES)
    await executer("delete from defi where expire_le <= $1", quand)
    await executer("delete from changement_email where expire_le <= $1", quand - DEMANDES)
    await executer("delete from session where expire_le <= $1", quand - SESSIONS)
    await executer("delete from tentative where dernier <= $1", quand - TENTATIVES)

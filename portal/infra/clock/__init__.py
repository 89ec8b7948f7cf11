"""Two clocks: the real instant, and the business date of France.

`instant()` is real UTC: sessions, codes, jobs, audit. The business clock is the real instant
plus a shift, read in Europe/Paris. Outside the demo the shift is always zero and costs no query;
in the demo it is one row that every process reads, so all agree at once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal.infra.base import executer, sql1
from portal.infra.money import PARIS
from portal.settings import get_settings

__all__ = [
    "PARIS", "HorlogeFixe", "aujourd_hui", "deplacer", "instant", "maintenant", "remettre",
    "remettre_hors_demo",
]  # fmt: skip


class HorlogeFixe(RuntimeError):
    """The business clock can only be moved in the demo."""


def instant() -> datetime:
    """The real instant, aware, in UTC."""
    return datetime.now(UTC)


async def maintenant() -> datetime:
    """The business instant, aware, in Europe/Paris."""
    return (instant() + await _decalage()).astimezone(PARIS)


async def aujourd_hui() -> date:
    """The business date: the one that rules, deadlines and papers are judged by."""
    return (await maintenant()).date()


async def deplacer(moment: datetime) -> None:
    """Move the business clock to `moment` (a naive one is read in Europe/Paris)."""
    if not get_settings().demo:
        raise HorlogeFixe("L’horloge ne se déplace que dans la démonstration.")
    await executer(
        "insert into horloge (id, decalage, modifie_le) values (1, $1, $2)"
        " on conflict (id) do update set decalage = $1, modifie_le = $2",
        _en_paris(moment) - instant(),
        instant(),
    )


async def remettre() -> None:
    """Put the business clock back to the real time (or to `PORTAL_NOW`, read anew)."""
    await executer("delete from horloge")


async def remettre_hors_demo() -> None:
    """Outside the demo no shift may stay in the database: `jour_metier()` would read it."""
    if not get_settings().demo:
        await remettre()


async def _decalage() -> timedelta:
    settings = get_settings()
    if not settings.demo:
        return timedelta()
    ligne = await sql1("select decalage from horloge")
    if ligne is None and settings.now:
        ligne = await _demarrer(settings.now)
    return ligne["decalage"] if ligne else timedelta()


async def _demarrer(debut: str) -> dict[str, Any] | None:
    """Start the moved clock once for all processes; the first one to read it decides."""
    await executer(
        "insert into horloge (id, decalage, modifie_le) values (1, $1, $2) on conflict do nothing",
        _en_paris(datetime.fromisoformat(debut)) - instant(),
        instant(),
    )
    return await sql1("select decalage from horloge")


def _en_paris(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)

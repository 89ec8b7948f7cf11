"""Two clocks: the real one never moves, the business one moves for everybody, in the demo only."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.infra import clock
from portal.infra.base import executer, sql, transaction


@pytest.fixture(autouse=True)
async def _horloge_remise():
    yield
    await executer("delete from horloge")


def test_the_instant_is_real_and_in_utc() -> None:
    assert clock.instant().tzinfo is UTC
    assert abs(clock.instant() - datetime.now(UTC)) < timedelta(seconds=1)


async def test_the_business_date_is_the_one_of_paris(monkeypatch) -> None:
    monkeypatch.setattr(clock, "instant", lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert await clock.aujourd_hui() == date(2026, 7, 1)
    assert (await clock.maintenant()).isoformat() == "2026-07-01T00:30:00+02:00"


async def test_moving_the_clock_moves_it_for_all_and_it_goes_on_running() -> None:
    await clock.deplacer(datetime(2027, 3, 1, 9, 0))
    assert await clock.aujourd_hui() == date(2027, 3, 1)
    premier = await clock.maintenant()
    assert (premier.hour, premier.minute) == (9, 0)
    assert await clock.maintenant() > premier
    await clock.deplacer(datetime(2027, 4, 1, 7, 0, tzinfo=UTC))
    assert (await clock.maintenant()).hour == 9
    assert len(await sql("select 1 from horloge")) == 1


async def test_a_move_that_is_rolled_back_did_not_happen() -> None:
    avant = await clock.aujourd_hui()

    async def deplacer_puis_echouer() -> None:
        async with transaction():
            await clock.deplacer(datetime(2040, 1, 1))
            raise RuntimeError("non")

    with pytest.raises(RuntimeError, match="non"):
        await deplacer_puis_echouer()
    assert await clock.aujourd_hui() == avant


async def test_the_start_that_is_set_holds_until_the_clock_is_moved(regler) -> None:
    regler(now="2026-09-15T10:30")
    assert await clock.aujourd_hui() == date(2026, 9, 15)
    await clock.deplacer(datetime(2026, 10, 1))
    assert await clock.aujourd_hui() == date(2026, 10, 1)
    await clock.remettre()
    assert await clock.aujourd_hui() == date(2026, 9, 15)


async def test_outside_the_demo_the_clock_is_real_and_cannot_be_moved(regler) -> None:
    await clock.deplacer(datetime(2040, 1, 1))
    regler(demo="false", now="2026-09-15T10:30")
    assert abs(await clock.maintenant() - clock.instant()) < timedelta(seconds=1)
    with pytest.raises(clock.HorlogeFixe):
        await clock.deplacer(datetime(2041, 1, 1))


async def test_sql_reads_the_same_business_date() -> None:
    for moment in (datetime(2027, 3, 28, 0, 1), datetime(2027, 10, 31, 23, 58)):
        await clock.deplacer(moment)
        (ligne,) = await sql("select jour_metier() as jour")
        assert ligne["jour"] == await clock.aujourd_hui() == moment.date()


async def test_outside_the_demo_a_shift_left_behind_is_forgotten(regler) -> None:
    await clock.deplacer(datetime(2040, 1, 1))
    await clock.remettre_hors_demo()
    assert (await clock.aujourd_hui()).year == 2040
    regler(demo="false")
    await clock.remettre_hors_demo()
    (ligne,) = await sql("select jour_metier() as jour")
    assert ligne["jour"] == await clock.aujourd_hui()

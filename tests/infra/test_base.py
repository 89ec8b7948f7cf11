"""The database module: transactions that join, savepoints, JSON as objects, one pool."""

from __future__ import annotations

import asyncio

import pytest

from portal.infra.base import (
    en_transaction,
    engine,
    executer,
    executer_plusieurs,
    ouvrir_pool,
    parcourir,
    savepoint,
    sql,
    sql1,
    transaction,
    valeur,
)


@pytest.fixture(autouse=True)
async def table():
    await executer("create table if not exists base_essai (n bigint primary key, d jsonb)")
    yield
    await executer("drop table base_essai")


async def nombres() -> list[int]:
    return [ligne["n"] for ligne in await sql("select n from base_essai order by n")]


async def test_an_error_undoes_the_whole_transaction_nested_ones_too() -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await executer("insert into base_essai values (1)")
            async with transaction():
                await executer("insert into base_essai values (2)")
            assert en_transaction()
            raise ZeroDivisionError
    assert not en_transaction()
    assert await nombres() == []


async def test_an_inner_transaction_commits_with_the_outer_one_only() -> None:
    async with transaction():
        async with transaction():
            await executer("insert into base_essai values (1)")
        dehors = await asyncio.create_task(_dehors())
        assert dehors == []
    assert await nombres() == [1]


async def _dehors() -> list[int]:
    engine.current_transaction.set(None)
    return await nombres()


async def test_a_savepoint_s_error_may_be_caught_and_the_rest_stays() -> None:
    async with transaction():
        await executer("insert into base_essai values (1)")
        with pytest.raises(Exception, match="duplicate key"):
            async with savepoint():
                await executer("insert into base_essai values (2)")
                await executer("insert into base_essai values (1)")
        await executer("insert into base_essai values (3)")
    assert await nombres() == [1, 3]


async def test_a_savepoint_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        async with savepoint():
            pass


async def test_json_comes_back_as_objects_and_goes_in_either_way() -> None:
    await executer("insert into base_essai values (1, $1)", {"é": [1, None]})
    await executer("insert into base_essai values (2, $1)", '{"é": "à"}')
    assert await valeur("select d from base_essai where n = 1") == {"é": [1, None]}
    assert await sql1("select d from base_essai where n = 2") == {"d": {"é": "à"}}
    assert await sql1("select d from base_essai where n = 3") is None


async def test_piccolo_joins_the_same_transaction() -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await engine.run_ddl("insert into base_essai values (9)")
            raise ZeroDivisionError
    assert await nombres() == []


async def test_many_rows_are_counted_and_walked_through_in_constant_memory() -> None:
    await executer_plusieurs("insert into base_essai values ($1)", [(n,) for n in range(1200)])
    vus = [ligne["n"] async for ligne in parcourir("select n from base_essai order by n")]
    assert vus == list(range(1200))
    assert await executer("delete from base_essai where n < $1", 1000) == 1000


async def test_the_pool_is_one_and_releasing_costs_no_round_trip() -> None:
    avant = engine.pool
    await ouvrir_pool()
    assert engine.pool is avant
    async with engine.pool.acquire() as connexion:
        assert connexion.get_reset_query() == ""


async def test_a_connection_that_the_server_ended_is_replaced() -> None:
    async with engine.pool.acquire() as connexion:
        pid = connexion.get_server_pid()
    await executer("select pg_terminate_backend($1) where $1 <> pg_backend_pid()", pid)
    await asyncio.sleep(0.05)
    for _ in range(12):
        assert await valeur("select 1") == 1

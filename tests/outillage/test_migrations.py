"""Migrations: forward, once, each whole or not at all; a plugin's failure stops only its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from portal import apps
from portal.apps import noms_des_apps
from portal.infra.base import executer, sql
from portal.infra.migrations import en_attente, migrer

pytestmark = pytest.mark.usefixtures("base_neuve")

MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from portal.infra.base import executer
ID = "2026-01-01T00:00:00:{rang:06d}"
async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="{app}", description="essai")
    async def faire():
{corps}
    manager.add_raw(faire)
    return manager
"""


def ecrire_app(racine: Path, app: str, *ordres: str) -> str:
    """A Piccolo app with one migration an order; its dotted name."""
    paquet = racine / app
    (paquet / "migrations").mkdir(parents=True)
    (paquet / "__init__.py").touch()
    (paquet / "migrations" / "__init__.py").touch()
    (paquet / "piccolo_app.py").write_text(
        "from piccolo.conf.apps import AppConfig\n"
        f"APP_CONFIG = AppConfig(app_name={app!r}, migrations_folder_path='', table_classes=[])\n"
    )
    for rang, ordre in enumerate(ordres):
        corps = "\n".join(f"        await executer({o.strip()!r})" for o in ordre.split(";"))
        texte = MIGRATION.format(rang=rang, app=app, corps=corps)
        (paquet / "migrations" / f"{app}_{rang:04d}.py").write_text(texte)
    return f"{app}.piccolo_app"


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


async def existe(table: str) -> bool:
    (ligne,) = await sql("select to_regclass($1) is not null as la", table)
    return bool(ligne["la"])


async def test_nothing_is_pending_and_a_second_run_does_nothing() -> None:
    assert await en_attente(noms_des_apps()) == []
    assert (await migrer(noms_des_apps())).appliquees == []


async def test_pending_ones_are_named_then_applied_in_order(racine: Path, capsys) -> None:
    app = ecrire_app(racine, "suite_m", "create table m_a (n int)", "insert into m_a values (1)")
    assert await en_attente([app]) == ["suite_m.suite_m_0000", "suite_m.suite_m_0001"]
    bilan = await migrer([app])
    assert bilan.appliquees == ["suite_m.suite_m_0000", "suite_m.suite_m_0001"]
    assert await sql("select n from m_a") == [{"n": 1}]
    assert await en_attente([app]) == []
    assert capsys.readouterr().out == ""


async def test_a_failing_core_migration_leaves_nothing_half_done(racine: Path) -> None:
    app = ecrire_app(racine, "moitie_m", "create table m_b (n int); insert into m_b values ('x')")
    with pytest.raises(Exception, match="invalid input syntax"):
        await migrer([app])
    assert not await existe("m_b")
    assert await en_attente([app]) == ["moitie_m.moitie_m_0000"]


async def test_a_plugin_s_failure_is_named_and_stops_no_other(racine: Path) -> None:
    casse = ecrire_app(racine, "casse_m", "create table m_c (n int)", "create table m_c (n int)")
    bon = ecrire_app(racine, "bon_m", "create table m_d (n int)")
    bilan = await migrer(
        [], [("casse", casse), ("absent", "module_absent.piccolo_app"), ("bon", bon)]
    )
    assert set(bilan.echecs) == {"casse", "absent"}
    assert "m_c" in bilan.echecs["casse"]
    assert await existe("m_d")
    assert await existe("m_c"), "its first migration stands, the second is still pending"
    assert await en_attente([casse]) == ["casse_m.casse_m_0001"]


async def test_two_at_once_apply_each_one_once(racine: Path) -> None:
    await executer("drop table migration")
    app = ecrire_app(racine, "deux_m", "create table m_e (n int)", "insert into m_e values (1)")
    un, deux = await asyncio.gather(migrer([app]), migrer([app]))
    assert sorted(un.appliquees + deux.appliquees) == ["deux_m.deux_m_0000", "deux_m.deux_m_0001"]
    assert await sql("select n from m_e") == [{"n": 1}]


def test_an_app_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        apps, "APPS", ("portal.infra.mail.piccolo_app", "portal.absent.piccolo_app")
    )
    assert apps.noms_des_apps() == ["portal.infra.mail.piccolo_app"]

"""The one row of the moved clock."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T17:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "horloge"


async def forwards() -> MigrationManager:
    """Create the table; its primary key admits one row only."""
    manager = MigrationManager(migration_id=ID, app_name="clock", description=DESCRIPTION)

    async def creer() -> None:
        await executer(
            "create table horloge ("
            " id integer primary key check (id = 1),"
            " decalage interval not null,"
            " modifie_le timestamptz not null)"
        )

    async def retirer() -> None:
        await executer("drop table horloge")

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

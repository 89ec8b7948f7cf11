"""An export keeps the mark of the rights that it was made with: it is worth no more than they are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T19:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "portée des exports"


async def forwards() -> MigrationManager:
    """Exports of before have no mark and are asked for again."""
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def creer() -> None:
        await executer("alter table export add column portee text not null default ''")

    async def retirer() -> None:
        await executer("alter table export drop column portee")

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

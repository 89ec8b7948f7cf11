"""When those who answer were told that an open message will be erased."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T21:56:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "fin annoncée"


async def forwards() -> MigrationManager:
    """Add a column; what stands keeps working."""
    manager = MigrationManager(migration_id=ID, app_name="contact", description=DESCRIPTION)

    async def creer() -> None:
        await executer("alter table demande_contact add column prevenu_jour date")

    async def retirer() -> None:
        await executer("alter table demande_contact drop column prevenu_jour")

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""The business date of a letter: that of its cause, whenever the job makes it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "lettre.jour"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def ajouter() -> None:
        await executer("alter table lettre add column jour date")

    manager.add_raw(ajouter)
    return manager

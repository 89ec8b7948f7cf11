from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "essai"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="essai", description=DESCRIPTION)

    async def creer():
        await executer("create table essai_compte (id bigserial primary key, dossier bigint)")

    manager.add_raw(creer)
    return manager

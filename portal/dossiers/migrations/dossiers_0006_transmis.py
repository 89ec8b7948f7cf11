"""A dossier in the queue says when it came: the queue is ordered by it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "transmis_le"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def exiger() -> None:
        await executer(
            "alter table dossier add constraint dossier_transmis_le_ck check"
            " (etat not in ('transmis', 'en_instruction', 'a_completer') or transmis_le is not null)"
        )

    manager.add_raw(exiger)
    return manager

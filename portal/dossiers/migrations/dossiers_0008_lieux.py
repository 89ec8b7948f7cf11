"""Dossiers of one establishment in the order of lists: for those whose rights it bounds."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T21:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "lieux"


async def forwards() -> MigrationManager:
    """Add the index."""
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def creer() -> None:
        await executer("create index dossier_siret_ix on dossier (siret, modifie_le desc, id desc)")

    async def retirer() -> None:
        await executer("drop index dossier_siret_ix")

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""Dossiers of a former portal: whence they came, and under which number there."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T21:40:00:000007"
VERSION = "1.38.0"
DESCRIPTION = "dossiers repris"

ORDRES = (
    "alter table dossier add column origine text, add column repris_le timestamptz,"
    " alter column cree_par drop not null",
    "alter table dossier add constraint dossier_origine_ck check"
    " ((origine is null) = (repris_le is null) and (origine is not null or cree_par is not null)"
    " and (origine is null or etat <> 'brouillon'))",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def ajouter() -> None:
        for ordre in ORDRES:
            await executer(ordre)

    manager.add_raw(ajouter)
    return manager

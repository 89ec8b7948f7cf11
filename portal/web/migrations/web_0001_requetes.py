"""Requests done: the idempotency keys of forms and calls."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-24T16:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "requete_faite"


class Brut(Table):
    pass


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="web", description=DESCRIPTION)

    async def creer() -> None:
        await Brut.raw(
            """
            create table requete_faite (
                id bigserial primary key,
                cle bytea not null unique,
                chemin text not null,
                suite text,
                faite_le timestamptz not null default current_timestamp
            )
            """
        )
        await Brut.raw("create index requete_faite_faite_le_ix on requete_faite (faite_le)")

    manager.add_raw(creer)
    return manager

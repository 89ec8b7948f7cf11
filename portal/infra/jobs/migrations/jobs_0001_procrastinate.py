"""The schema of procrastinate, and the note of jobs already done."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer
from portal.infra.jobs import schema

ID = "2026-11-24T17:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "procrastinate"


async def forwards() -> MigrationManager:
    """Create both."""
    manager = MigrationManager(migration_id=ID, app_name="jobs", description=DESCRIPTION)

    async def creer() -> None:
        await schema.mettre_a_jour()
        await executer(
            "create table tache_faite ( job_id bigint primary key, fait_le timestamptz not null)"
        )
        await executer("create index tache_faite_fait_le_ix on tache_faite (fait_le)")

    async def retirer() -> None:
        await executer("drop table tache_faite")
        await schema.retirer()

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""The business date for SQL: what `clock.aujourd_hui()` says, so that a right which ends on a day
ends with that day, without a job. It is the one place of the schema that reads the time."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "jour_metier"

FONCTION = """
create function jour_metier() returns date
language sql stable as $$
    select ((statement_timestamp() + coalesce((select h.decalage from horloge h), interval '0'))
        at time zone 'Europe/Paris')::date
$$
"""


async def forwards() -> MigrationManager:
    """Create the function."""
    manager = MigrationManager(migration_id=ID, app_name="clock", description=DESCRIPTION)

    async def creer() -> None:
        await executer(FONCTION)

    async def retirer() -> None:
        await executer("drop function jour_metier()")

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

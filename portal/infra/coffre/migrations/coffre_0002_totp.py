"""The safe also holds the secrets of one-time codes (second factor)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:30:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "totp"


async def forwards() -> MigrationManager:
    """Widen the list of kinds."""
    manager = MigrationManager(migration_id=ID, app_name="coffre", description=DESCRIPTION)

    async def elargir() -> None:
        await executer("alter table secret drop constraint secret_genre_check")
        await executer(
            "alter table secret add constraint secret_genre_check"
            " check (genre in ('nir', 'iban', 'totp'))"
        )

    async def resserrer() -> None:
        await executer("alter table secret drop constraint secret_genre_check")
        await executer(
            "alter table secret add constraint secret_genre_check check (genre in ('nir', 'iban'))"
        )

    manager.add_raw(elargir)
    manager.add_raw_backwards(resserrer)
    return manager

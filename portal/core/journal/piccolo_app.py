"""Piccolo app of the journal."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.journal.tables import Journal, Sceau

APP_CONFIG = AppConfig(
    app_name="journal",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Journal, Sceau],
    migration_dependencies=[],
    commands=[],
)

"""Piccolo app of the web room."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.web.tables import RequeteFaite

APP_CONFIG = AppConfig(
    app_name="web",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[RequeteFaite],
    migration_dependencies=[],
)

"""Piccolo app of the jobs."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.infra.jobs.tables import TacheFaite

APP_CONFIG = AppConfig(
    app_name="jobs",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[TacheFaite],
    migration_dependencies=[],
    commands=[],
)

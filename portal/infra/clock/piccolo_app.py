"""Piccolo app of the business clock."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.infra.clock.tables import Horloge

APP_CONFIG = AppConfig(
    app_name="clock",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Horloge],
    migration_dependencies=[],
    commands=[],
)

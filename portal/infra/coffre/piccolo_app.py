"""Piccolo app of the safe."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.infra.coffre.tables import Secret

APP_CONFIG = AppConfig(
    app_name="coffre",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Secret],
    migration_dependencies=[],
    commands=[],
)

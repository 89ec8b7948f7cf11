"""Piccolo app of the branches."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.branches.tables import Ouverture, Parametre

APP_CONFIG = AppConfig(
    app_name="branches",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Ouverture, Parametre],
    migration_dependencies=[
        "portal.core.comptes.piccolo_app",
        "portal.core.rattachements.piccolo_app",
    ],
    commands=[],
)

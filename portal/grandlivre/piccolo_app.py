"""Piccolo app of the ledger."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.grandlivre.tables import Engagement, Mouvement

APP_CONFIG = AppConfig(
    app_name="grandlivre",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Engagement, Mouvement],
    migration_dependencies=[],
    commands=[],
)

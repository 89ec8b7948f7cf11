"""Piccolo app of the test plugin."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from .tables import Compte

APP_CONFIG = AppConfig(
    app_name="essai",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Compte],
)

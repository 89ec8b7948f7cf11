"""Piccolo app of the mails."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.infra.mail.tables import Courriel

APP_CONFIG = AppConfig(
    app_name="mail",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Courriel],
    migration_dependencies=[],
    commands=[],
)

"""Piccolo app of the contact form."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.contact.tables import DemandeContact

APP_CONFIG = AppConfig(
    app_name="contact",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[DemandeContact],
    migration_dependencies=["portal.core.comptes.piccolo_app"],
    commands=[],
)

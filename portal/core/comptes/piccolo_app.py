"""Piccolo app of the accounts."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.comptes.tables import (
    CodeCourriel,
    Compte,
    JetonReinit,
    RoleInterne,
    SaisieParquee,
    Session,
    Tentative,
)  # fmt: skip

APP_CONFIG = AppConfig(
    app_name="comptes",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        Compte,
        RoleInterne,
        Session,
        CodeCourriel,
        JetonReinit,
        Tentative,
        SaisieParquee,
    ],
    migration_dependencies=["portal.core.journal.piccolo_app"],
    commands=[],
)

"""Piccolo app of the accounts."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.comptes.tables import (
    ChangementEmail,
    CodeCourriel,
    CodeSecours,
    Compte,
    Defi,
    JetonReinit,
    RoleInterne,
    SaisieParquee,
    SecondFacteur,
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
        SecondFacteur,
        CodeSecours,
        Defi,
        ChangementEmail,
    ],
    migration_dependencies=["portal.infra.coffre.piccolo_app", "portal.core.journal.piccolo_app"],
    commands=[],
)

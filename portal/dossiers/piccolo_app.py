"""Piccolo app of the engine."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.dossiers import tables

APP_CONFIG = AppConfig(
    app_name="dossiers",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        tables.Dossier,
        tables.DossierEvenement,
        tables.Document,
        tables.Complement,
        tables.Decision,
        tables.Lettre,
        tables.Numerotation,
        tables.Export,
    ],
    migration_dependencies=[],
)

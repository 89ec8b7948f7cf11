"""Piccolo app of the reprise."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.reprise import tables

APP_CONFIG = AppConfig(
    app_name="reprise",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        tables.RegleReprise,
        tables.RepriseLigne,
        tables.UtilisateurRepris,
        tables.FactureReprise,
        tables.ReglementRepris,
        tables.RibRepris,
    ],
    migration_dependencies=["portal.dossiers.piccolo_app", "portal.infra.coffre.piccolo_app"],
)

"""Piccolo app of accounts and payments."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.reglements import tables

APP_CONFIG = AppConfig(
    app_name="reglements",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        tables.Rib,
        tables.LotPaiement,
        tables.Paiement,
        tables.PaiementFacture,
        tables.RetourBanque,
    ],
    migration_dependencies=["portal.factures.piccolo_app"],
    commands=[],
)

"""Piccolo app of invoices."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.factures import tables

APP_CONFIG = AppConfig(
    app_name="factures",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        tables.SerieNumeros,
        tables.Rib,
        tables.Demande,
        tables.Proforma,
        tables.ProformaLigne,
        tables.Facture,
        tables.FactureLigne,
        tables.FactureEvenement,
    ],
    migration_dependencies=[],
)

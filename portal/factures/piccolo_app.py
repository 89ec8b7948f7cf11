"""Piccolo app of requests, proformas and invoices."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.factures import tables

APP_CONFIG = AppConfig(
    app_name="factures",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        tables.Demande,
        tables.DemandeDocument,
        tables.Proforma,
        tables.ProformaLigne,
        tables.Facture,
        tables.FactureLigne,
        tables.FactureEvenement,
        tables.DepotEnCours,
    ],
    migration_dependencies=["portal.dossiers.piccolo_app"],
    commands=[],
)

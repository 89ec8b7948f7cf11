"""Piccolo app of companies."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.entreprises.tables import (
    Conseiller,
    ConseillerEntreprise,
    Entreprise,
    EntrepriseSaisie,
    Etablissement,
    ImportRegistre,
    Succession,
)

APP_CONFIG = AppConfig(
    app_name="entreprises",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        Entreprise,
        Etablissement,
        Conseiller,
        ConseillerEntreprise,
        Succession,
        EntrepriseSaisie,
        ImportRegistre,
    ],
    migration_dependencies=["portal.core.comptes.piccolo_app"],
    commands=[],
)

"""Piccolo app of rattachements."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from portal.core.rattachements.mandats.tables import Mandat, MandatDispositif
from portal.core.rattachements.tables import (
    AccesRepris,
    AdministrateurAnnonce,
    CodeActivation,
    Courrier,
    EssaiCode,
    Habilitation,
    LotCourriers,
    Rattachement,
)

APP_CONFIG = AppConfig(
    app_name="rattachements",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[
        Rattachement,
        Habilitation,
        CodeActivation,
        EssaiCode,
        LotCourriers,
        Courrier,
        AdministrateurAnnonce,
        AccesRepris,
        Mandat,
        MandatDispositif,
    ],
    migration_dependencies=[
        "portal.infra.clock.piccolo_app",
        "portal.core.comptes.piccolo_app",
        "portal.core.entreprises.piccolo_app",
    ],
    commands=[],
)

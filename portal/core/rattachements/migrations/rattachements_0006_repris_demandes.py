"""Former administrators who ask, and why an access could not be asked for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T22:00:00:000006"
VERSION = "1.38.0"
DESCRIPTION = "acces_repris_demandes"

ALLER = (
    "alter table acces_repris add column administrateur boolean not null default false,"
    " add column motif text not null default '',"
    " drop constraint acces_repris_uq, add constraint acces_repris_uq unique nulls not distinct"
    " (source, email, siren, siret, profil, dispositif, administrateur)"
)
RETOUR = (
    "delete from acces_repris where administrateur",
    "alter table acces_repris drop constraint acces_repris_uq, drop column administrateur,"
    " drop column motif, add constraint acces_repris_uq unique nulls not distinct"
    " (source, email, siren, siret, profil, dispositif)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="rattachements", description=DESCRIPTION)

    async def creer() -> None:
        await executer(ALLER)

    async def retirer() -> None:
        for ordre in RETOUR:
            await executer(ordre)

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

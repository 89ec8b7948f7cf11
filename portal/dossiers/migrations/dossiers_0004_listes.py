"""Indexes by which each part of a person's reach brings its dossiers, in the order of the lists."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T19:00:00:000004"
VERSION = "1.38.0"
DESCRIPTION = "listes"

CREATION = """
drop index dossier_organisme_ix;
create index dossier_organisme_ix on dossier (left(organisme_siret, 9), modifie_le desc, id desc)
    where organisme_siret is not null and etat <> 'brouillon';
create index dossier_idcc_ix on dossier (idcc, modifie_le desc, id desc)
    where etat <> 'brouillon';
create index dossier_vivant_ix on dossier (siren, etat)
    where etat in ('brouillon', 'transmis', 'en_instruction', 'a_completer');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def creer() -> None:
        await executer(CREATION)

    manager.add_raw(creer)
    return manager

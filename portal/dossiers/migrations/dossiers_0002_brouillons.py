"""Changes counted step by step; a draft can go, with all that hangs on it, and nothing else can."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T19:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "brouillons"

CREATION = """
alter table dossier add column versions jsonb not null default '{}';

alter table dossier_evenement
    drop constraint dossier_evenement_dossier_fkey,
    add constraint dossier_evenement_dossier_fk
        foreign key (dossier) references dossier (id) on delete cascade;
alter table document
    drop constraint document_dossier_fkey,
    add constraint document_dossier_fk
        foreign key (dossier) references dossier (id) on delete cascade;

create function dossier_brouillon_seul() returns trigger language plpgsql as $$
begin
    if old.etat <> 'brouillon' then
        raise exception 'dossier : seul un brouillon se supprime';
    end if;
    return old;
end $$;
create trigger dossier_brouillon_seul before delete on dossier
    for each row execute function dossier_brouillon_seul();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def creer() -> None:
        await executer(CREATION)

    manager.add_raw(creer)
    return manager

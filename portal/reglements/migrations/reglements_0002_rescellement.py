"""A kept bank file may be sealed anew with another key, and only then be written again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "rescellement"

# `portal.rescellement` is set for one transaction by `portal.reglements.validation.resceller`.
FIGE = """
create or replace function lot_paiement_fige() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (old.etat in ('traite', 'annule') and new.etat <> old.etat)
        or (old.fichier is not null and new.fichier is distinct from old.fichier
            and (new.fichier is null
                or coalesce(current_setting('portal.rescellement', true), '') <> 'oui')) then
        raise exception 'lot_paiement : ne change plus' using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""


async def forwards() -> MigrationManager:
    """Replace the guard."""
    manager = MigrationManager(migration_id=ID, app_name="reglements", description=DESCRIPTION)

    async def remplacer() -> None:
        await executer(FIGE)

    manager.add_raw(remplacer)
    return manager

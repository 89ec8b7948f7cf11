"""Delays of the rooms below, read from the dated parameters."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:40:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "delais"

# A period without value keeps the latest one known: a delay never goes missing.
FONCTION = r"""
create or replace function delai_de(cle text, idcc text, jour date) returns integer
language sql stable as $$
    select p.valeur::integer from parametre p
    where p.cle = $1 and (p.idcc is null or p.idcc = $2) and p.remplacee_le is null
        and p.criteres = '{}' and p.valeur ~ '^\d{1,4}$'
    order by p.periode @> $3 desc, p.idcc nulls last, lower(p.periode) desc
    limit 1
$$
"""
VIDE = (
    "create or replace function delai_de(cle text, idcc text, jour date) returns integer"
    " language sql stable as $$ select null::integer $$"
)


async def forwards() -> MigrationManager:
    """Replace the empty function of the room that asks."""
    manager = MigrationManager(migration_id=ID, app_name="branches", description=DESCRIPTION)

    async def creer() -> None:
        await executer(FONCTION)

    async def retirer() -> None:
        await executer(VIDE)

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""Rights of thousands of establishments, read by a few looks into the index and not one by one.

`droits_de` asks, for each rattachement, whether each right is there. `etendue` says where a right
holds, one row a company: for lists, which start from it.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.core.rattachements.migrations.rattachements_0002_perimetre import DROITS, FONCTIONS
from portal.infra.base import executer

ID = "2026-11-24T21:15:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "etendue"

# Limits, and the order of the index, keep the planner from reading all habilitations to answer
# whether there is one.
DROITS_DE = f"""
create or replace function droits_de(compte bigint) returns table (droit text, profil text)
language sql stable as $$
    select distinct d.droit, r.profil
    from rattachement r
    cross join (values {DROITS}, ('administrer')) as d (droit)
    left join lateral (
        select true as oui from habilitation h
        where not r.administrateur and h.rattachement = r.id and h.droit = d.droit
        order by h.siret limit 1
    ) x on true
    where r.compte = $1 and r.etat = 'actif' and (r.administrateur or x.oui)
$$
"""
# `entiere`: everywhere, for all dispositifs; else the `dispositifs` that it is bounded to
# everywhere, and how many habilitations bound it to establishments (counted up to `plafond`).
ETENDUE = """
create function etendue(compte bigint, droit text, plafond integer)
returns table (siren text, profil text, entiere boolean, dispositifs text[], lieux bigint)
language sql stable as $$
    select x.siren, x.profil, x.entiere, x.dispositifs, x.lieux
    from (
        select r.siren, r.profil,
            r.administrateur or (r.siret is null and coalesce((
                select true from habilitation h
                where h.rattachement = r.id and h.droit = $2 and h.siret is null
                    and h.dispositif is null limit 1), false)) as entiere,
            case when r.siret is null then array(
                select h.dispositif from habilitation h
                where h.rattachement = r.id and h.droit = $2 and h.siret is null
                    and h.dispositif is not null) else '{}' end as dispositifs,
            (select count(*) from (
                select 1 from habilitation h
                where h.rattachement = r.id and h.droit = $2
                    and (h.siret is not null or r.siret is not null)
                order by h.siret limit $3) l) as lieux
        from rattachement r
        where r.compte = $1 and r.etat = 'actif'
    ) x
    where x.entiere or x.dispositifs <> '{}' or x.lieux > 0
    union all
    select m.siren, m.profil, false, array_agg(distinct m.dispositif), 0
    from mandats_de($1, $2) m
    group by m.siren, m.profil
$$
"""


async def forwards() -> MigrationManager:
    """Replace one function, add the other."""
    manager = MigrationManager(migration_id=ID, app_name="rattachements", description=DESCRIPTION)

    async def creer() -> None:
        await executer(DROITS_DE)
        await executer(ETENDUE)

    async def retirer() -> None:
        await executer("drop function etendue(bigint, text, integer)")
        await executer(FONCTIONS[-1])

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""From a person to what she may reach: the SQL functions that every query joins.

Each is a single `select`, stable and without settings of its own, so that the planner takes it
into the query that calls it. Parameters are named by number: a column would hide their names.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T17:25:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "perimetre"

DROITS = ", ".join(
    f"('{domaine}.{verbe}')"
    for domaine in ("dossiers", "factures", "rib", "rattachements", "contributions")
    for verbe in ("consulter", "saisir", "supprimer")
)

FONCTIONS = (
    # What a person may reach with one right. An administrator has every right, 'administrer' too.
    """
    create function perimetre(compte bigint, droit text)
    returns table (siren text, siret text, profil text, dispositif text)
    language sql stable as $$
        select r.siren, null::text, r.profil, null::text
        from rattachement r
        where r.compte = $1 and r.etat = 'actif' and r.administrateur
        union all
        select r.siren, coalesce(h.siret, r.siret), r.profil, h.dispositif
        from rattachement r
        join habilitation h on h.rattachement = r.id and h.droit = $2
        where r.compte = $1 and r.etat = 'actif' and not r.administrateur
    $$
    """,
    # The same whatever the right: what lies outside does not exist for that person.
    """
    create function portee(compte bigint)
    returns table (siren text, siret text, profil text, dispositif text)
    language sql stable as $$
        select r.siren, null::text, r.profil, null::text
        from rattachement r
        where r.compte = $1 and r.etat = 'actif' and r.administrateur
        union all
        select r.siren, coalesce(h.siret, r.siret), r.profil, h.dispositif
        from rattachement r
        join habilitation h on h.rattachement = r.id
        where r.compte = $1 and r.etat = 'actif' and not r.administrateur
    $$
    """,
    """
    create function voit(
        compte bigint, droit text, siren text, siret text, profil text, dispositif text
    ) returns boolean
    language sql stable as $$
        select exists (
            select 1 from perimetre($1, $2) p
            where p.siren = $3 and p.profil = $5
                and (p.siret is null or p.siret = $4)
                and (p.dispositif is null or p.dispositif = $6)
        )
    $$
    """,
    f"""
    create or replace function droits_de(compte bigint) returns table (droit text, profil text)
    language sql stable as $$
        select d.droit, r.profil
        from rattachement r
        cross join (values {DROITS}, ('administrer')) as d (droit)
        where r.compte = $1 and r.etat = 'actif' and r.administrateur
        union
        select h.droit, r.profil
        from rattachement r
        join habilitation h on h.rattachement = r.id
        where r.compte = $1 and r.etat = 'actif' and not r.administrateur
    $$
    """,
)

RETOUR = """
create or replace function droits_de(compte bigint) returns table (droit text, profil text)
language sql stable as $$ select null::text, null::text where false $$
"""


async def forwards() -> MigrationManager:
    """Create the functions."""
    manager = MigrationManager(migration_id=ID, app_name="rattachements", description=DESCRIPTION)

    async def creer() -> None:
        for ordre in FONCTIONS:
            await executer(ordre)

    async def retirer() -> None:
        await executer(RETOUR)
        await executer(
            "drop function voit(bigint, text, text, text, text, text), portee(bigint),"
            " perimetre(bigint, text)"
        )

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""Dated delays, reminders of requests without an answer, first mailing unique per company."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T20:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "delais"

ORDRES = (
    # Dated parameters live in a package above: it replaces this function by one that reads them.
    "create or replace function delai_de(cle text, idcc text, jour date) returns integer"
    " language sql stable as $$ select null::integer $$",
    "alter table rattachement add column relance_le date, add column recours_le date",
    "create index rattachement_en_attente_ix on rattachement (id) where etat = 'en_attente'",
    "alter table courrier add column raison text not null default ''",
    "alter table courrier drop constraint courrier_motif_check",
    "alter table courrier add constraint courrier_motif_check"
    " check (motif in ('premier_envoi', 'demande', 'interne', 'relance', 'perdu'))",
    # One first letter per SIREN and profile, whatever runs at once or is run again.
    "create unique index courrier_premier_envoi_uq on courrier (siren, profil)"
    " where motif = 'premier_envoi'",
    "create index courrier_file_ix on courrier (genre, siren, profil) where etat = 'a_produire'",
)


async def forwards() -> MigrationManager:
    """Add columns and indexes; widen the reasons of a letter."""
    manager = MigrationManager(migration_id=ID, app_name="rattachements", description=DESCRIPTION)

    async def creer() -> None:
        for ordre in ORDRES:
            await executer(ordre)

    async def retirer() -> None:
        for ordre in (
            "drop index courrier_file_ix",
            "drop index courrier_premier_envoi_uq",
            "alter table courrier drop column raison",
            "drop index rattachement_en_attente_ix",
            "alter table rattachement drop column relance_le, drop column recours_le",
            "drop function delai_de(text, text, date)",
        ):
            await executer(ordre)

    manager.add_raw(creer)
    manager.add_raw_backwards(retirer)
    return manager

"""Tables of the engine, the indexes of its lists, and what must never change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.infra.base import executer

ID = "2026-11-24T19:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "dossiers"

TABLES = """
create table dossier (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    numero text unique,
    dispositif text not null,
    siren text not null,
    siret text not null,
    profil text not null check (profil in ('adherent', 'prestataire')),
    idcc text not null default '',
    region text not null default '',
    departement text not null default '',
    etat text not null default 'brouillon' check (etat in ('brouillon', 'transmis',
        'en_instruction', 'a_completer', 'accorde', 'en_cours', 'solde', 'refuse', 'annule')),
    version integer not null default 1,
    donnees jsonb not null default '{}',
    intitule text not null default '',
    debut date,
    fin date,
    nb_personnes integer not null default 0,
    personnes text not null default '',
    organisme_siret text,
    organisme_nom text not null default '',
    paye_organisme boolean not null default false,
    cible text not null default 'opco',
    public text not null default 'permanent',
    demande_centimes bigint not null default 0 check (demande_centimes >= 0),
    accorde_centimes bigint check (accorde_centimes >= 0),
    parametres jsonb,
    cree_par bigint not null references compte (id),
    cree_le timestamptz not null default current_timestamp,
    modifie_le timestamptz not null default current_timestamp,
    transmis_le timestamptz,
    transmis_jour date,
    decide_le timestamptz,
    gestionnaire bigint references compte (id),
    recherche text not null default '',
    check (etat in ('brouillon', 'annule') or numero is not null)
);
create index dossier_siren_ix on dossier (siren, modifie_le desc, id desc);
create index dossier_modifie_ix on dossier (modifie_le desc, id desc);
create index dossier_organisme_ix on dossier (left(organisme_siret, 9), modifie_le desc)
    where organisme_siret is not null;
create index dossier_file_ix on dossier (transmis_le, id)
    where etat in ('transmis', 'en_instruction', 'a_completer');
create index dossier_engage_ix on dossier (siren, dispositif)
    where etat in ('accorde', 'en_cours', 'solde');

create table dossier_evenement (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    dossier bigint not null references dossier (id),
    genre text not null,
    de text,
    vers text,
    acteur_id bigint references compte (id),
    acteur text not null,
    instant timestamptz not null default current_timestamp,
    jour date not null,
    texte text not null,
    details jsonb not null default '{}'
);
create index dossier_evenement_dossier_ix on dossier_evenement (dossier, id);

create table document (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    dossier bigint not null references dossier (id),
    piece text not null,
    nom text not null,
    type_mime text not null,
    taille bigint not null,
    sha256 text not null,
    cle_fichier text not null,
    remplace bigint references document (id),
    courant boolean not null default true,
    depose_par bigint not null references compte (id),
    depose_le timestamptz not null default current_timestamp
);
create index document_dossier_ix on document (dossier, id);

create table complement (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    dossier bigint not null references dossier (id),
    message text not null,
    pieces text[] not null default '{}',
    champs text[] not null default '{}',
    echeance date not null,
    demande_par bigint not null references compte (id),
    demande_le timestamptz not null default current_timestamp,
    repondu_le timestamptz
);
create index complement_dossier_ix on complement (dossier, id);

create table decision (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    dossier bigint not null references dossier (id),
    sens text not null check (sens in ('accord', 'refus')),
    lignes jsonb not null default '[]',
    motif_code text,
    texte text not null default '',
    par bigint not null references compte (id),
    le timestamptz not null default current_timestamp
);
create index decision_dossier_ix on decision (dossier, id);

create table lettre (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    dossier bigint not null references dossier (id),
    genre text not null check (genre in ('accuse', 'accord', 'refus', 'relance')),
    cause bigint,
    fichier text,
    cree_le timestamptz not null default current_timestamp
);
create index lettre_dossier_ix on lettre (dossier, id);

create table numerotation (
    id bigserial primary key,
    annee integer not null,
    prefixe text not null,
    dernier integer not null,
    constraint numerotation_annee_prefixe_uq unique (annee, prefixe)
);

create table export (
    id bigserial primary key,
    uid uuid not null unique default uuidv7(),
    compte bigint not null references compte (id),
    etat text not null default 'demande' check (etat in ('demande', 'pret', 'echec')),
    progression integer not null default 0,
    fichier text,
    filtres jsonb not null default '{}',
    cree_le timestamptz not null default current_timestamp,
    expire_le timestamptz not null
);

create function dossier_evenement_fige() returns trigger language plpgsql as $$
begin
    raise exception 'dossier_evenement : ajout seulement';
end $$;
create trigger dossier_evenement_fige before update or delete on dossier_evenement
    for each row when (pg_trigger_depth() = 0) execute function dossier_evenement_fige();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dossiers", description=DESCRIPTION)

    async def creer() -> None:
        await executer(TABLES)

    manager.add_raw(creer)
    return manager

"""What the bench reads: one company of 5,000 establishments, many dossiers, and two people who see
them all: by a right on the whole company, and by one on each establishment."""

from __future__ import annotations

from dataclasses import dataclass

from portal import chemins, loader
from portal.apps import noms_des_apps
from portal.branches.semis import semer_plugins
from portal.core.comptes.operations import creer_compte
from portal.core.comptes.sessions import ouvrir_session
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.infra import base
from portal.infra.migrations import migrer

SIREN = "732829320"
SIRET = "73282932000074"
ETABLISSEMENTS = 5_000

DOSSIERS = """
insert into dossier (numero, dispositif, siren, siret, profil, idcc, region, departement, etat,
    intitule, debut, fin, nb_personnes, personnes, organisme_siret, organisme_nom,
    demande_centimes, accorde_centimes, cree_par, cree_le, modifie_le, transmis_le, transmis_jour,
    recherche)
select '2026-XX-' || lpad(n::text, 6, '0'), $1, $2, ($3::text[])[1 + n % array_length($3::text[], 1)], 'adherent', '0573', '11', '75',
    (array['transmis', 'en_instruction', 'accorde', 'en_cours', 'solde', 'refuse'])[1 + n % 6],
    'Parcours numéro ' || n, date '2026-01-01' + (n % 300), date '2026-01-03' + (n % 300),
    1 + n % 12, 'martin durand', '73282932000074', 'Organisme ' || n % 50,
    100000 + n, 90000 + n, $4, $5::timestamptz, $5::timestamptz - make_interval(secs => n),
    $5::timestamptz, date '2026-01-01', 'parcours numero ' || n || ' martin durand'
from generate_series(1, $6) n
"""

RATTACHEMENT = """
insert into rattachement (compte, siren, profil, etat, administrateur, demande_le, demande_jour)
values ($1, $2, 'adherent', 'actif', $3, now(), current_date) returning id
"""

HABILITATIONS = """
insert into habilitation (rattachement, siret, droit)
select $1, s, d from unnest($2::text[]) s, unnest($3::text[]) d
"""


@dataclass(frozen=True)
class Pose:
    """Who reads, and with which session token: by the whole company, or by each establishment."""

    compte_id: int
    jeton: str
    jeton_etabli: str


async def poser(nombre: int) -> Pose:
    """Migrate an empty database and fill it."""
    plugins = loader.charger(chemins.PLUGINS, points_entree=False)
    await base.ouvrir_pool(taille=2)
    try:
        await migrer(noms_des_apps(), plugins.tables())
        await semer_plugins(plugins)
        return await _remplir(nombre, next(iter(plugins.dispositifs())))
    finally:
        await base.fermer_pool()


async def _remplir(nombre: int, dispositif: str) -> Pose:
    lieu = EtablissementSaisi(
        SIRET, adresse_ligne1="1 rue du Banc", code_postal="75012", commune="Paris"
    )
    await enregistrer(
        FicheSaisie(SIREN, "Société du banc d’essai", (lieu,), idcc="0573", effectif=40)
    )
    sirets = [SIRET, *(f"{SIREN}{n:05d}" for n in range(10_000, 10_000 + ETABLISSEMENTS - 1))]
    entier, etabli = await _personne("banc", administre=True), await _personne("banc-etabli")
    await base.executer(HABILITATIONS, etabli[1], sirets, ["dossiers.consulter"])
    instant = await base.valeur("select current_timestamp")
    await base.executer(DOSSIERS, dispositif, SIREN, sirets, entier[0], instant, nombre)
    for table in ("dossier", "rattachement", "habilitation"):
        await base.executer(f"vacuum analyze {table}")
    jetons = [await ouvrir_session(compte, "banc", "127.0.0.1") for compte, _ in (entier, etabli)]
    return Pose(entier[0], *jetons)


async def _personne(nom: str, *, administre: bool = False) -> tuple[int, int]:
    """A new account and its rattachement."""
    compte = await creer_compte(
        f"{nom}@essai.example", "Banc-d-essai-2026!", civilite="Mme", nom="Essai", prenom="Anne"
    )
    assert compte is not None
    return compte.id, await base.valeur(RATTACHEMENT, compte.id, SIREN, administre)

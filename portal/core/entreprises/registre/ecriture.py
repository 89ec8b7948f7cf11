"""A batch of the register into the tables, set by set: what is the same is not touched.

The head office's row governs what is said of the company; any other row only makes it known.
What the OPCO knows (IDCC, profiles, staff) stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.entreprises.fiche import IDCC_DEUX_PROFILS
from portal.infra import clock
from portal.infra.base import executer
from portal.settings import get_settings


@dataclass(slots=True)
class Unite:
    """A company as one row of the register tells it; `sur` says whether its name is a legal one,
    `etat_connu` whether the file tells companies that ceased."""

    siren: str
    denomination: str
    cle_tri: str
    recherche: str
    naf: str
    tranche: str
    categorie: str
    siege: str | None
    fermee_le: date | None
    idcc: str | None
    sur: bool
    etat_connu: bool


@dataclass(slots=True)
class Lieu:
    """An establishment as its row tells it."""

    siret: str
    enseigne: str
    adresse_ligne1: str
    adresse_ligne2: str
    code_postal: str
    commune: str
    departement: str
    region: str
    ferme_le: date | None
    naf: str
    tranche: str


_U = """unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::date[], $10::text[], $11::boolean[], $12::boolean[]) as r (siren, denomination,
    cle_tri, recherche, naf, tranche, categorie, siege, fermee_le, idcc, sur, etat_connu)"""

_MAJ_UNITES = f"""
update entreprise e set denomination = n.denomination, cle_tri = n.cle_tri,
    recherche = n.recherche, naf = n.naf, tranche = n.tranche, categorie = n.categorie,
    siege = n.siege, fermee_le = n.fermee_le, idcc = n.idcc, a_verifier = false, maj_le = $13
from {_U}
join entreprise a on a.siren = r.siren
cross join lateral (select
    case when r.sur then r.denomination else a.denomination end as denomination,
    case when r.sur then r.cle_tri else a.cle_tri end as cle_tri,
    case when r.sur then r.recherche
        else a.cle_tri || substr(r.recherche, length(r.cle_tri) + 1) end as recherche,
    coalesce(nullif(r.naf, ''), a.naf) as naf,
    coalesce(nullif(r.tranche, ''), a.tranche) as tranche,
    coalesce(nullif(r.categorie, ''), a.categorie) as categorie,
    r.siege,
    case when r.etat_connu then r.fermee_le else a.fermee_le end as fermee_le,
    coalesce(a.idcc, r.idcc) as idcc
) n
where e.id = a.id and r.siege is not null and (a.a_verifier
    or (a.denomination, a.cle_tri, a.recherche, a.naf, a.tranche, a.categorie, a.siege, a.fermee_le,
        a.idcc)
    is distinct from (n.denomination, n.cle_tri, n.recherche, n.naf, n.tranche, n.categorie,
        n.siege, n.fermee_le, n.idcc))
"""

_NOUVELLES_UNITES = f"""
insert into entreprise (siren, denomination, cle_tri, recherche, naf, tranche, categorie, siege,
    fermee_le, idcc, est_adherent, est_prestataire, maj_le)
select r.siren, r.denomination, r.cle_tri, r.recherche, nullif(r.naf, ''), nullif(r.tranche, ''),
    nullif(r.categorie, ''), r.siege, r.fermee_le, r.idcc, coalesce(r.idcc = any($14), false),
    coalesce(r.idcc = any($15), false), $13
from {_U}
order by r.siren
on conflict (siren) do nothing
"""

_L = """unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::date[], $10::text[], $11::text[]) as r (siret, enseigne, adresse_ligne1,
    adresse_ligne2, code_postal, commune, departement, region, ferme_le, naf, tranche)"""

_MAJ_LIEUX = f"""
update etablissement t set enseigne = r.enseigne, adresse_ligne1 = r.adresse_ligne1,
    adresse_ligne2 = r.adresse_ligne2, code_postal = r.code_postal, commune = r.commune,
    departement = r.departement, region = r.region, ferme_le = r.ferme_le,
    naf = nullif(r.naf, ''), tranche = nullif(r.tranche, ''), a_verifier = false
from {_L}
where t.siret = r.siret and (t.a_verifier
    or (t.enseigne, t.adresse_ligne1, t.adresse_ligne2, t.code_postal, t.commune, t.departement,
        t.region, t.ferme_le, t.naf, t.tranche)
    is distinct from (r.enseigne, r.adresse_ligne1, r.adresse_ligne2, r.code_postal, r.commune,
        r.departement, r.region, r.ferme_le, nullif(r.naf, ''), nullif(r.tranche, '')))
"""

_NOUVEAUX_LIEUX = f"""
insert into etablissement (siret, siren, enseigne, adresse_ligne1, adresse_ligne2, code_postal,
    commune, departement, region, ferme_le, naf, tranche)
select r.siret, left(r.siret, 9), r.enseigne, r.adresse_ligne1, r.adresse_ligne2, r.code_postal,
    r.commune, r.departement, r.region, r.ferme_le, nullif(r.naf, ''), nullif(r.tranche, '')
from {_L}
order by r.siret
on conflict (siret) do nothing
"""


async def ecrire(unites: list[Unite], lieux: list[Lieu]) -> tuple[int, int]:
    """Write a batch, in the caller's transaction; how many rows came in, how many changed."""
    colonnes_u = [
        [getattr(u, nom) for u in unites] for nom in Unite.__dataclass_fields__
    ]  # in the order of _U
    colonnes_l = [[getattr(x, nom) for x in lieux] for nom in Lieu.__dataclass_fields__]
    quand = clock.instant()
    changes = await executer(_MAJ_UNITES, *colonnes_u, quand)
    deux = list(IDCC_DEUX_PROFILS)
    notres = sorted({*get_settings().opco_idcc, *deux})
    venus = await executer(_NOUVELLES_UNITES, *colonnes_u, quand, notres, deux)
    changes += await executer(_MAJ_LIEUX, *colonnes_l)
    venus += await executer(_NOUVEAUX_LIEUX, *colonnes_l)
    return venus, changes

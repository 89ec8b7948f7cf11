"""The first mailing (C03): one letter for each existing company and profile, queued bit by bit.

The list of administrators where some are known, else a code; never both. A unique index keeps a
SIREN × profile from a second first letter, so it may be killed, run again, or run twice at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.core.journal.operations import noter
from portal.infra.base import sql1, transaction
from portal.infra.clock import instant
from portal.infra.jobs import tache
from portal.infra.money import nombre
from portal.web.identite import Personne

PAR_TRANCHE = 5000

# Companies `$1` < siren, the next `$2` of them; profiles that have had no letter and no code.
_TRANCHE = """
with tranche as (
    select e.siren, e.est_adherent, e.est_prestataire from entreprise e
    where e.siren > $1 and e.fermee_le is null and not e.a_verifier order by e.siren limit $2
), lieux as (
    select t.siren, p.profil
    from tranche t
    cross join lateral (values ('adherent', t.est_adherent), ('prestataire', t.est_prestataire))
        as p (profil, oui)
    where p.oui
        and not exists (select 1 from courrier c where c.siren = t.siren and c.profil = p.profil)
        and not exists (
            select 1 from code_activation k where k.siren = t.siren and k.profil = p.profil)
), ajoutes as (
    insert into courrier (genre, siren, profil, etat, motif, demande_par, cree_le)
    select case when exists (
            select 1 from rattachement r join compte c on c.id = r.compte and c.actif
            where r.siren = l.siren and r.profil = l.profil and r.etat = 'actif'
                and r.administrateur
        ) or exists (
            select 1 from administrateur_annonce a
            where a.siren = l.siren and a.profil = l.profil and a.retire_le is null
        ) then 'administrateurs' else 'code' end,
        l.siren, l.profil, 'a_produire', 'premier_envoi', $3, $4
    from lieux l
    order by l.siren, l.profil
    on conflict do nothing
    returning 1
)
select (select max(siren) from tranche) as dernier, (select count(*) from ajoutes) as ajoutes
"""


async def premier_envoi(
    moi: Personne | None = None, *, progres: Callable[[int], None] | None = None
) -> int:
    """Queue the first mailing to all existing companies; run again it adds only newcomers."""
    dernier, ajoutes = "", 0
    while True:
        tranche = await sql1(
            _TRANCHE, dernier, PAR_TRANCHE, moi.compte_id if moi else None, instant()
        )
        assert tranche is not None
        if tranche["dernier"] is None:
            break
        dernier, ajoutes = tranche["dernier"], ajoutes + tranche["ajoutes"]
        if progres:
            progres(ajoutes)
    if ajoutes:
        async with transaction():
            await noter("courrier.premier_envoi", acteur=moi, nombre=ajoutes)
    return ajoutes


@tache("rattachements.premier_envoi", transactionnelle=False)
async def tache_premier_envoi() -> None:
    """The first mailing as a job: what a killed worker left is added by the next run."""
    await premier_envoi()


@dataclass(frozen=True)
class Avancement:
    """How far the first mailing is. `a_ecrire`: companies × profiles never written to."""

    a_ecrire: int
    en_file: int
    postes: int

    @property
    def chiffres(self) -> list[tuple[str, str]]:
        """What the page shows."""
        return [
            ("Premiers courriers à préparer", nombre(self.a_ecrire)),
            ("En file, à imprimer", nombre(self.en_file)),
            ("Postés", nombre(self.postes)),
        ]


async def avancement() -> Avancement:
    """For the staff's page."""
    ligne = await sql1(
        "select (select count(*) from entreprise e"
        " cross join lateral (values ('adherent', e.est_adherent),"
        " ('prestataire', e.est_prestataire)) as p (profil, oui)"
        " where p.oui and e.fermee_le is null and not e.a_verifier"
        " and not exists (select 1 from courrier c where c.siren = e.siren and c.profil = p.profil)"
        " and not exists (select 1 from code_activation k"
        " where k.siren = e.siren and k.profil = p.profil)) as a_ecrire,"
        " (select count(*) from courrier where motif = 'premier_envoi' and etat = 'a_produire')"
        " as en_file,"
        " (select count(*) from courrier where motif = 'premier_envoi' and etat = 'produit')"
        " as postes"
    )
    assert ligne is not None
    return Avancement(**ligne)

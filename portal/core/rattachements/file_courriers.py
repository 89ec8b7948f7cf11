"""The queue of letters: what asks for one, and what makes it needless."""

from __future__ import annotations

from portal.core.journal.operations import noter
from portal.core.rattachements.entites import (
    administrateurs,
    annonces_en_attente,
    entite,
    verrouiller,
)  # fmt: skip
from portal.core.rattachements.evenements import CodeDemande
from portal.infra import evenements
from portal.infra.base import executer, sql1, transaction
from portal.infra.clock import instant
from portal.infra.jobs import tache
from portal.settings import get_settings
from portal.web.erreurs import Conflit, Refus
from portal.web.identite import Personne


def delai_postal() -> int:
    """Days between posting and receipt (setting)."""
    return get_settings().delai_postal


async def mettre_en_file(siren: str, profil: str, motif: str, par: Personne | None) -> None:
    """Queue a letter with a code; one that already waits stays alone. `par` asked for it."""
    ligne = await sql1(
        "insert into courrier (genre, siren, profil, etat, motif, demande_par, cree_le)"
        " values ('code', $1, $2, 'a_produire', $3, $4, $5)"
        " on conflict (siren, profil) where etat = 'a_produire'"
        " do update set genre = 'code', motif = excluded.motif,"
        " demande_par = excluded.demande_par returning uid",
        siren,
        profil,
        motif,
        par.compte_id if par else None,
        instant(),
    )
    assert ligne is not None
    await noter(
        "courrier.demande", acteur=par, objet=("courrier", ligne["uid"]), siren=siren,
        profil=profil, motif=motif,
    )  # fmt: skip


async def demander_nouveau_code(
    moi: Personne, siren: str, profil: str, *, plus_aucun: bool = False
) -> None:
    """Staff asks for a new code to be posted (C05). The earlier one lives until the letter is made.

    Where administrators are active or named, only on the staff's word (`plus_aucun`) that none of
    them remains: the word is audited, and they are told.
    """
    async with transaction():
        qui = await entite(siren, profil)
        await verrouiller(siren, profil)
        actifs = await administrateurs(siren, profil)
        if (actifs or await annonces_en_attente(siren, profil)) and not plus_aucun:
            raise Refus(
                "Cette entreprise a un administrateur. Un code ne part que si l’entreprise vous a dit "
                "qu’aucun n’est plus en poste\u00a0: cochez la case pour l’attester."
            )
        if await sql1(
            "select 1 from courrier where siren = $1 and profil = $2 and etat = 'a_produire'"
            " and genre = 'code'",
            siren,
            profil,
        ):
            raise Conflit(
                "Courrier déjà demandé", "Un courrier attend déjà le prochain lot d’impression."
            )
        await mettre_en_file(siren, profil, "interne", moi)
        if plus_aucun:
            await noter(
                "courrier.sans_administrateur_atteste", acteur=moi, siren=siren, profil=profil
            )
        await evenements.publier(
            CodeDemande(qui, moi.nom_affiche, tuple(a.compte_id for a in actifs))
        )


# One letter per open company and profile that has had none yet: the list of administrators where
# some are known, else a code; never both (C03).
_PREMIER_ENVOI = """
with lieux as (
    select e.siren, p.profil
    from entreprise e
    cross join lateral (values ('adherent', e.est_adherent), ('prestataire', e.est_prestataire))
        as p (profil, oui)
    where p.oui and e.fermee_le is null
        and not exists (select 1 from courrier c where c.siren = e.siren and c.profil = p.profil)
        and not exists (
            select 1 from code_activation k where k.siren = e.siren and k.profil = p.profil)
)
insert into courrier (genre, siren, profil, etat, motif, demande_par, cree_le)
select case when exists (
        select 1 from rattachement r join compte c on c.id = r.compte and c.actif
        where r.siren = l.siren and r.profil = l.profil and r.etat = 'actif' and r.administrateur
    ) or exists (
        select 1 from administrateur_annonce a
        where a.siren = l.siren and a.profil = l.profil and a.retire_le is null
    ) then 'administrateurs' else 'code' end,
    l.siren, l.profil, 'a_produire', 'premier_envoi', $1, $2
from lieux l
order by l.siren, l.profil
on conflict (siren, profil) where etat = 'a_produire' do nothing
"""


async def premier_envoi(moi: Personne | None = None) -> int:
    """Queue the first mailing to all existing companies; run again it adds only newcomers."""
    async with transaction():
        nombre = await executer(_PREMIER_ENVOI, moi.compte_id if moi else None, instant())
        await noter("courrier.premier_envoi", acteur=moi, nombre=nombre)
    return nombre


@tache("rattachements.premier_envoi")
async def tache_premier_envoi() -> None:
    """The first mailing as a job: one statement, however many companies."""
    await premier_envoi()

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
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne

ATTESTENT = frozenset({"conseiller", "aef"})


async def mettre_en_file(
    siren: str,
    profil: str,
    motif: str,
    par: Personne | None,
    *,
    genre: str = "code",
    raison: str = "",
) -> None:
    """Queue a letter; one that already waits stays alone, a code before a list. `par` asked for it."""
    ligne = await sql1(
        "insert into courrier as c (genre, siren, profil, etat, motif, demande_par, cree_le, raison)"
        " values ($6, $1, $2, 'a_produire', $3, $4, $5, $7)"
        " on conflict (siren, profil) where etat = 'a_produire'"
        " do update set genre = case when excluded.genre = 'code' then 'code' else c.genre end,"
        " motif = excluded.motif, demande_par = excluded.demande_par, raison = excluded.raison"
        " returning uid",
        siren,
        profil,
        motif,
        par.compte_id if par else None,
        instant(),
        genre,
        raison,
    )
    assert ligne is not None
    await noter(
        "courrier.demande", acteur=par, objet=("courrier", ligne["uid"]), siren=siren,
        profil=profil, motif=motif, raison=raison,
    )  # fmt: skip


async def demander_nouveau_code(
    moi: Personne, siren: str, profil: str, *, raison: str, plus_aucun: bool = False
) -> None:
    """Staff asks for a new code to be posted (C05). The earlier one lives until the letter is made.

    Where administrators are active or named, only on the word of a conseiller or AEF (`plus_aucun`)
    that none of them remains: the word is audited, those who are left are told, and the names
    without account are taken off.
    """
    async with transaction():
        qui = await entite(siren, profil)
        await verrouiller(siren, profil)
        actifs = await administrateurs(siren, profil)
        if actifs or await annonces_en_attente(siren, profil):
            _exiger_attestation(moi, plus_aucun)
            await _retirer_annonces(siren, profil)
            await noter(
                "courrier.sans_administrateur_atteste", acteur=moi, siren=siren, profil=profil,
                raison=raison,
            )  # fmt: skip
        await _refuser_doublon(siren, profil)
        await mettre_en_file(siren, profil, "interne", moi, raison=raison)
        await evenements.publier(
            CodeDemande(qui, moi.nom_affiche, tuple(a.compte_id for a in actifs))
        )


def _exiger_attestation(moi: Personne, plus_aucun: bool) -> None:
    if not plus_aucun:
        raise Refus(
            "Cette entreprise a un administrateur. Un code ne part que si l’entreprise vous a dit "
            "qu’aucun n’est plus en poste\u00a0: cochez la case pour l’attester."
        )
    if not moi.roles & ATTESTENT:
        raise Interdit("Un conseiller ou un assistant emploi formation (AEF) doit l’attester.")


async def _retirer_annonces(siren: str, profil: str) -> None:
    await executer(
        "update administrateur_annonce set retire_le = $3 where siren = $1 and profil = $2"
        " and active_le is null and retire_le is null",
        siren,
        profil,
        instant(),
    )


async def _refuser_doublon(siren: str, profil: str) -> None:
    if await sql1(
        "select 1 from courrier where siren = $1 and profil = $2 and etat = 'a_produire'"
        " and genre = 'code'",
        siren,
        profil,
    ):
        raise Conflit(
            "Courrier déjà demandé", "Un courrier attend déjà le prochain lot d’impression."
        )


# Of a lost batch, the letters that no later one has replaced.
_REFAIRE = """
insert into courrier (genre, siren, profil, etat, motif, demande_par, cree_le, raison)
select c.genre, c.siren, c.profil, 'a_produire', 'perdu', $2, $3, $4
from courrier c
where c.lot = $1 and c.etat = 'produit' and not exists (
    select 1 from courrier s where s.siren = c.siren and s.profil = c.profil and s.id > c.id
    and s.etat <> 'annule')
order by c.id
on conflict (siren, profil) where etat = 'a_produire' do nothing
"""


async def refaire_lot(moi: Personne, numero: str, raison: str) -> int:
    """A batch that the printer lost: each letter is made again, with a new code that voids the
    printed one (C02: a code is never printed twice)."""
    async with transaction():
        lot = await sql1("select id, uid from lot_courriers where numero = $1", numero)
        if lot is None:
            raise Introuvable()
        nombre = await executer(_REFAIRE, lot["id"], moi.compte_id, instant(), raison)
        if not nombre:
            raise Conflit("Rien à refaire", "Chaque courrier de ce lot a déjà été remplacé.")
        await noter(
            "courrier.lot_refait", acteur=moi, objet=("lot_courriers", lot["uid"]), lot=numero,
            nombre=nombre, raison=raison,
        )  # fmt: skip
    return nombre

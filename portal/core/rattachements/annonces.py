"""Administrators that a company named to its conseiller (C03): active once they have an account."""

from __future__ import annotations

from portal.core.comptes.evenements import AdresseProuvee
from portal.core.journal.operations import noter
from portal.core.rattachements.entites import administrateurs, entite, verrouiller
from portal.core.rattachements.evenements import AdministrateurActive
from portal.core.rattachements.operations import nommer
from portal.infra import evenements
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.clock import instant
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne

MOTIF = "administrateur désigné auprès du conseiller"


async def annoncer(
    moi: Personne | None, siren: str, profil: str, *, email: str, nom: str, prenom: str
) -> None:
    """Record an administrator that the company named. With an account already, active at once."""
    async with transaction():
        await entite(siren, profil)
        await verrouiller(siren, profil)
        ligne = await sql1(
            "insert into administrateur_annonce (siren, profil, email, nom, prenom, annonce_le,"
            " annonce_par) values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict (siren, profil, email) where retire_le is null do nothing returning id",
            siren,
            profil,
            email.lower(),
            nom,
            prenom,
            instant(),
            moi.compte_id if moi else None,
        )
        if ligne is None:
            raise Conflit(
                "Déjà désigné", "Cette adresse est déjà celle d’un administrateur désigné."
            )
        await noter(
            "administrateur.annonce", acteur=moi, siren=siren, profil=profil,
            personne=f"{prenom} {nom}",
        )  # fmt: skip
        compte = await sql1("select id from compte where email = $1 and actif", email.lower())
        if compte:
            await _activer(ligne["id"], siren, profil, compte["id"])


async def retirer(moi: Personne, siren: str, profil: str, id: int) -> None:
    """Take a name off that has no account yet; a living administrator is removed by the company."""
    if not 0 < id < 2**63:
        raise Introuvable()
    async with transaction():
        await verrouiller(siren, profil)
        ligne = await sql1(
            "update administrateur_annonce set retire_le = $4 where id = $1 and siren = $2"
            " and profil = $3 and retire_le is null and active_le is null"
            " returning prenom || ' ' || nom as personne",
            id,
            siren,
            profil,
            instant(),
        )
        if ligne is None:
            raise Conflit("Déjà actif ou retiré", "Ce nom n’attend plus de compte.")
        await noter(
            "administrateur.annonce_retiree", acteur=moi, siren=siren, profil=profil,
            personne=ligne["personne"],
        )  # fmt: skip


async def sur_adresse_prouvee(evt: AdresseProuvee) -> None:
    """The address is proven: what it was named for is active, unless the company has removed the
    person since it was named."""
    attendues = await sql(
        "select n.id, n.siren, n.profil from administrateur_annonce n"
        " where n.email = $1 and n.active_le is null and n.retire_le is null and not exists ("
        " select 1 from rattachement r where r.compte = $2 and r.siren = n.siren"
        " and r.profil = n.profil and r.etat = 'supprime' and r.decide_par <> r.compte"
        " and r.decide_le > n.annonce_le) order by n.siren, n.profil",
        evt.email,
        evt.compte_id,
    )
    for ligne in attendues:
        await verrouiller(ligne["siren"], ligne["profil"])
        await _activer(ligne["id"], ligne["siren"], ligne["profil"], evt.compte_id)


async def _activer(id: int, siren: str, profil: str, compte_id: int) -> None:
    avant = await administrateurs(siren, profil)
    await executer("update administrateur_annonce set active_le = $2 where id = $1", id, instant())
    if any(a.compte_id == compte_id for a in avant):
        return
    uid = await nommer(siren, profil, compte_id, MOTIF, None)
    ligne = await sql1(
        "select c.prenom || ' ' || c.nom as nom, (select count(*) from rattachement r"
        " where r.siren = $2 and r.profil = $3 and r.etat = 'en_attente') as en_attente"
        " from compte c where c.id = $1",
        compte_id,
        siren,
        profil,
    )
    assert ligne is not None
    await noter(
        "administrateur.active", acteur=None, objet=("rattachement", uid), siren=siren,
        profil=profil, personne=ligne["nom"],
    )  # fmt: skip
    await evenements.publier(
        AdministrateurActive(
            compte_id, ligne["nom"], await entite(siren, profil),
            tuple(a.compte_id for a in avant), tuple(a.nom for a in avant), ligne["en_attente"],
        )
    )  # fmt: skip

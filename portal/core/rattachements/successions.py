"""An establishment that goes on under another SIRET: accesses bounded to it follow."""

from __future__ import annotations

from uuid import UUID

from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.journal.operations import noter
from portal.core.rattachements.mandats.operations import noter_remplace
from portal.infra import clock
from portal.infra.base import executer, sql

MOTIF_DOUBLON = "Une autre demande attend pour l’établissement qui lui succède."

_HABILITATIONS = """
with tenues as (
    select h.id, h.rattachement, h.droit, h.dispositif from habilitation h
    join rattachement r on r.id = h.rattachement
    where h.siret = $1 and r.siren = $3
), ecrites as (
    insert into habilitation (rattachement, siret, dispositif, droit)
    select rattachement, $2, dispositif, droit from tenues
    on conflict on constraint habilitation_uq do nothing
)
delete from habilitation where id in (select id from tenues)
"""


async def sur_etablissement_remplace(evt: EtablissementRemplace) -> None:
    """Rights and requests on the former SIRET are now on the new one; one audit line for each person."""
    touches = await sql(
        "select r.uid, r.profil, c.prenom || ' ' || c.nom as nom"
        " from rattachement r join compte c on c.id = r.compte where r.siren = $2 and ("
        " (r.siret = $1 and r.etat in ('actif', 'en_attente')) or (r.etat = 'actif' and exists"
        " (select 1 from habilitation h where h.rattachement = r.id and h.siret = $1)))"
        " order by r.id for update of r",
        evt.ancien,
        evt.siren,
    )
    retirees = await _retirer_doublons(evt)
    await executer(
        "update rattachement set siret = $2 where siret = $1 and etat in ('actif', 'en_attente')",
        evt.ancien,
        evt.nouveau,
    )
    await executer(_HABILITATIONS, evt.ancien, evt.nouveau, evt.siren)
    await _reporter_mandats(evt)
    for ligne in touches:
        doublon = {"doublon": True} if ligne["uid"] in retirees else {}
        await noter(
            "rattachement.etablissement_remplace", acteur=None, objet=("rattachement", ligne["uid"]),
            siren=evt.siren, profil=ligne["profil"], ancien=evt.ancien, nouveau=evt.nouveau,
            personne=ligne["nom"], **doublon,
        )  # fmt: skip


async def _retirer_doublons(evt: EtablissementRemplace) -> set[UUID]:
    """Somebody who asked for both: the request for the new one says it all, the other ends."""
    lignes = await sql(
        "update rattachement r set etat = 'supprime', decide_le = $3, motif = $4"
        " where r.siret = $1 and r.etat = 'en_attente'"
        " and exists (select 1 from rattachement a where a.compte = r.compte and a.siren = r.siren"
        " and a.profil = r.profil and a.siret = $2 and a.etat = 'en_attente') returning r.uid",
        evt.ancien,
        evt.nouveau,
        clock.instant(),
        MOTIF_DOUBLON,
    )
    return {ligne["uid"] for ligne in lignes}


async def _reporter_mandats(evt: EtablissementRemplace) -> None:
    """Mandates that live or wait follow; past ones stay as they were. Of two requests that would
    be the same, the former stays where it is."""
    lignes = await sql(
        "update mandat m set mandataire_siret = $2 where m.mandataire_siret = $1"
        " and m.etat in ('propose', 'actif') and m.au >= jour_metier()"
        " and (m.etat = 'actif' or not exists (select 1 from mandat a where a.mandant = m.mandant"
        " and a.mandataire_siret = $2 and a.etat = 'propose')) returning m.uid",
        evt.ancien,
        evt.nouveau,
    )
    for ligne in lignes:
        await noter_remplace(ligne["uid"], evt.ancien, evt.nouveau)

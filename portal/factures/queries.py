"""Reading requests for reimbursement and what is billed, for the pages and the tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import perimetre
from portal.factures.du import FACTURE
from portal.infra.base import sql, sql1, valeur
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder


async def file_attente(
    moi: Personne, etat: str = "transmise", curseur: str | None = None
) -> PageDe[dict[str, Any]]:
    """Requests in a state, within reach, oldest first."""
    cle = decoder(curseur, 1)
    apres = cle[0] if cle and isinstance(cle[0], int) else 0
    lignes = await sql(
        "select q.id, q.uid, q.numero, q.montant_centimes, q.transmise_jour, q.etat, q.derniere,"
        " d.numero as dossier_numero, d.intitule, d.dispositif, d.fin,"
        " coalesce(e.denomination, d.siren) as denomination"
        " from demande q join dossier d on d.id = q.dossier"
        " left join entreprise e on e.siren = d.siren"
        f" where q.etat = $2 and {perimetre.lecture(moi)} and q.id > $3 order by q.id limit $4",
        moi.compte_id,
        etat,
        apres,
        TAILLE + 1,
    )
    montrees = lignes[:TAILLE]
    for ligne in montrees:
        ligne["url"] = f"/remboursements/{ligne['uid']}"
        ligne["dispositif"] = libelle_dispositif(ligne["dispositif"])
    return PageDe(montrees, encoder(montrees[-1]["id"]) if len(lignes) > TAILLE else None)


async def compter_a_valider(moi: Personne) -> int:
    """Requests that wait for this person's decision."""
    return int(
        await valeur(
            "select count(*) from demande q join dossier d on d.id = q.dossier"
            f" where q.etat = 'transmise' and {perimetre.decision(moi, perimetre.VALIDEURS)}",
            moi.compte_id,
        )
    )


async def compter_a_verifier(moi: Personne) -> int:
    """Deposited invoices that this person may accept or refuse."""
    return int(
        await valeur(
            "select count(*) from facture f where f.etat = 'deposee'"
            f" and {perimetre.decision_facture(moi)}",
            moi.compte_id,
        )
    )


async def demande_lisible(moi: Personne, uid: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """A request that was sent, with `peut_decider`, and its dossier. Raises `Introuvable`."""
    demande = await sql1(
        f"select q.*, {FACTURE} as facture_centimes, c.prenom || ' ' || c.nom as decideur,"
        f" coalesce({perimetre.decision(moi, perimetre.VALIDEURS)}, false) as peut_decider"
        " from demande q join dossier d on d.id = q.dossier"
        " left join compte c on c.id = q.decidee_par"
        f" where q.uid = $2 and q.etat <> 'brouillon' and {perimetre.lecture(moi)}",
        moi.compte_id,
        uid,
    )
    if demande is None:
        raise Introuvable()
    dossier = await sql1(
        "select d.*, coalesce(e.denomination, d.siren) as denomination from dossier d"
        " left join entreprise e on e.siren = d.siren where d.id = $1",
        demande["dossier"],
    )
    assert dossier is not None
    return demande, dossier


async def peut_saisir(moi: Personne, dossier_id: int) -> bool:
    """Whether this person bills the dossier."""
    return bool(
        await sql(
            f"select 1 as n from dossier d where d.id = $2 and {perimetre.emission(moi)}",
            moi.compte_id,
            dossier_id,
        )
    )


async def demandes_envoyees(dossier_id: int) -> list[dict[str, Any]]:
    """Requests already sent, newest first, with what is billed of each."""
    return await sql(
        "select q.uid, q.numero, q.etat, q.lignes, q.montant_centimes, q.transmise_jour, q.motif,"
        f" q.derniere, {FACTURE} as facture from demande q"
        " where q.dossier = $1 and q.etat <> 'brouillon' order by q.id desc",
        dossier_id,
    )


async def parts_facturees(facture_id: int) -> list[dict[str, Any]]:
    """What an invoice bills of each request."""
    return await sql(
        "select l.montant_centimes, q.uid as demande_uid from facture_ligne l"
        " join demande q on q.id = l.demande where l.facture = $1",
        facture_id,
    )


async def denominations(sirens: set[str]) -> dict[str, str]:
    """Names of companies, in one query."""
    lignes = await sql(
        "select siren, denomination from entreprise where siren = any($1::text[])", list(sirens)
    )
    return {ligne["siren"]: ligne["denomination"] for ligne in lignes}

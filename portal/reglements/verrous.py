"""Who may touch a run, and one at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.infra.base import sql, sql1
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne

ROLE = "comptable"


def comptable(moi: Personne) -> None:
    """Runs are the accountants' alone."""
    if ROLE not in moi.roles:
        raise Interdit("Les règlements sont réservés aux comptables de l’OPCO.")


async def verrouiller_lot(uid: UUID) -> dict[str, Any]:
    """The run, locked to the end of the transaction."""
    lot = await sql1(
        "select id, uid, numero, cible, jour, etat, nombre, total_centimes, prepare_par, valide_par,"
        " fichier_le from lot_paiement where uid = $1 for update",
        uid,
    )
    if lot is None:
        raise Introuvable()
    return lot


async def paiements_du_lot(lot: int) -> list[dict[str, Any]]:
    """Its transfers, locked, in the file's order."""
    return await sql("select * from paiement where lot = $1 order by reference for update", lot)


async def verrouiller_dossiers(paiements: list[int]) -> None:
    """The dossiers that these transfers may close, locked in the order of all who lock them, before
    their engagements: a deposit at the same moment waits, and neither waits for the other."""
    await sql(
        "select id from dossier where id in (select l.dossier from paiement_facture x"
        " join facture_ligne l on l.facture = x.facture where x.paiement = any($1::bigint[]))"
        " order by id for update",
        paiements,
    )


async def lignes_a_ecrire(paiements: list[int]) -> list[dict[str, Any]]:
    """For the ledger: each invoice line of these transfers with its dossier, in the order of the
    engagements."""
    return await sql(
        "select p.id as paiement, p.uid as paiement_uid, p.reference, l.id as ligne,"
        " l.montant_centimes as montant, d.uid as dossier_uid, x.facture"
        " from paiement p join paiement_facture x on x.paiement = p.id"
        " join facture_ligne l on l.facture = x.facture join dossier d on d.id = l.dossier"
        " where p.id = any($1::bigint[]) order by d.uid, l.id",
        paiements,
    )

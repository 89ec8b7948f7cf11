"""What people of the OPCO decide of an invoice: accept, refuse with reasons, confirm an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.core.journal import operations as journal
from portal.dossiers import transitions
from portal.factures import annonces, histoire, perimetre
from portal.factures.depot import inscrire
from portal.factures.du import OUVERTS
from portal.grandlivre.operations import Depassement, SansEngagement
from portal.infra import clock
from portal.infra.base import savepoint, sql, sql1, transaction
from portal.web.erreurs import Conflit, Interdit, Introuvable
from portal.web.identite import Personne

LIBELLES = {
    "deposee": "Déposée",
    "acceptee": "Acceptée",
    "refusee": "Refusée",
    "en_paiement": "En paiement",
    "payee": "Payée",
    "rejetee": "Rejetée",
}
POINTS = {
    "cible": "Elle n’est pas à l’ordre du bon destinataire",
    "total": "Le total n’est pas celui attendu",
    "taxes": "Les montants HT, TVA et TTC (ou la mention «\u00a0net de taxes\u00a0») manquent",
    "numero": "Le numéro n’est pas celui saisi",
    "emetteur": "L’émetteur n’est pas identifiable",
    "formation": "La formation ou le dossier n’est pas identifiable",
    "iban": "L’IBAN à payer ne peut pas être confirmé",
    "lisible": "Le document n’est pas lisible ou n’est pas une facture",
}
"""Points on which a person may refuse."""


async def accepter(moi: Personne, uid: UUID, version: int) -> dict[str, Any]:
    """A person has read it: posted to the ledger, payable in the next run."""
    async with transaction():
        facture = await _a_decider(moi, uid, version)
        await _exiger_dossiers_ouverts(facture)
        apres = await _changer(facture, moi, "acceptee")
        try:
            async with savepoint():
                await inscrire(apres)
        except (Depassement, SansEngagement) as refus:
            raise Conflit(
                "Le montant dépasse ce qui est dû",
                f"Impossible d’accepter\u00a0: {refus}. Refusez la facture en l’expliquant.",
            ) from None
        await histoire.noter(apres["id"], "acceptee", "Vérifiée et acceptée", moi)
        await _journal("facture.acceptee", apres, moi)
        await annonces.facture_decidee(apres, f"Facture {apres['numero']} acceptée")
        return apres


async def refuser(
    moi: Personne, uid: UUID, version: int, points: Sequence[str], attendu: str
) -> dict[str, Any]:
    """Refuse on these points, saying what was expected; it may come back corrected."""
    async with transaction():
        facture = await _a_decider(moi, uid, version)
        motifs = [
            {"point": p, "libelle": POINTS[p], "attendu": attendu} for p in points if p in POINTS
        ]
        apres = await _changer(facture, moi, "refusee", motifs)
        dit = "\u00a0; ".join(m["libelle"].lower() for m in motifs)
        await histoire.noter(apres["id"], "refusee", f"Refusée\u00a0: {dit}. {attendu}", moi)
        await _journal("facture.refusee", apres, moi, points=[m["point"] for m in motifs])
        await _noter_dossiers(apres, moi)
        await annonces.facture_decidee(
            apres, f"Facture {apres['numero']} refusée", f"{dit[:1].upper()}{dit[1:]}. {attendu}"
        )
        return apres


async def confirmer_compte(moi: Personne, uid: UUID) -> dict[str, Any]:
    """After a rejected transfer: the account is right, the next run may pay it."""
    async with transaction():
        facture = await verrouiller(moi, uid)
        if facture["etat"] != "rejetee" or not facture["compte_a_confirmer"]:
            raise Conflit("Rien à confirmer", "Le compte de cette facture n’attend pas de réponse.")
        apres = await sql1(
            "update facture set compte_a_confirmer = false, version = version + 1 where id = $1"
            " returning *",
            facture["id"],
        )
        assert apres is not None
        await histoire.noter(apres["id"], "compte", "Compte confirmé, à payer de nouveau", moi)
        await _journal("facture.compte_confirme", apres, moi)
        return apres


async def verrouiller(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The invoice, locked, if all its dossiers lie within reach of who verifies invoices."""
    mien = perimetre.decision(moi, perimetre.VERIFICATEURS)
    facture = await sql1(
        f"select f.*, {perimetre.decision_facture(moi)} as entiere,"
        f" exists (select 1 from facture_ligne l join dossier d on d.id = l.dossier"
        f" where l.facture = f.id and {mien}) as vue"
        " from facture f where f.uid = $2 for update",
        moi.compte_id,
        uid,
    )
    if facture is None or not facture["vue"]:
        raise Introuvable()
    if not facture["entiere"]:
        raise Interdit("Elle porte aussi sur des branches que vous ne suivez pas.")
    return facture


async def _a_decider(moi: Personne, uid: UUID, version: int) -> dict[str, Any]:
    facture = await verrouiller(moi, uid)
    if facture["etat"] != "deposee" or facture["version"] != version:
        raise Conflit(
            "Cette facture a changé entre-temps",
            f"Elle est à l’état «\u00a0{LIBELLES[facture['etat']]}\u00a0». Rouvrez-la pour voir ce"
            " qui peut être fait.",
        )
    return facture


async def _exiger_dossiers_ouverts(facture: dict[str, Any]) -> None:
    dossiers = await sql(
        "select numero, etat from dossier where id in (select dossier from facture_ligne"
        " where facture = $1) order by id for update",
        facture["id"],
    )
    clos = [d["numero"] for d in dossiers if d["etat"] not in OUVERTS]
    if clos:
        raise Conflit(
            "Un dossier est clos",
            f"Le dossier {', '.join(clos)} n’est plus ouvert\u00a0: refusez la facture.",
        )


async def _changer(
    facture: dict[str, Any], moi: Personne, etat: str, motifs: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    ligne = await sql1(
        "update facture set etat = $2, motifs = $3, decidee_par = $4, decidee_le = $5,"
        " version = version + 1 where id = $1 returning *",
        facture["id"],
        etat,
        motifs or [],
        moi.compte_id,
        clock.instant(),
    )
    assert ligne is not None
    return ligne


async def _journal(action: str, facture: dict[str, Any], moi: Personne, **details: Any) -> None:
    await journal.noter(
        action,
        acteur=moi,
        objet=("facture", facture["uid"]),
        siren=facture["emetteur_siren"],
        profil=facture["emetteur_profil"],
        numero=facture["numero"],
        **details,
    )


async def _noter_dossiers(facture: dict[str, Any], moi: Personne) -> None:
    dossiers = await sql(
        "select * from dossier where id in (select dossier from facture_ligne where facture = $1)",
        facture["id"],
    )
    for dossier in dossiers:
        await transitions.noter(
            dossier,
            "facture_refusee",
            f"Facture {facture['numero']} refusée",
            moi,
            facture=facture["numero"],
        )

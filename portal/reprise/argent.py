"""Invoices and payments of former portals: kept with their dossier, posted to the ledger where they
count. What would break paid <= invoiced <= engaged is rejected, never bent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.grandlivre import reprise as livre
from portal.grandlivre.reprise import APoser
from portal.infra import clock
from portal.infra.base import executer, sql
from portal.infra.money import euros
from portal.reprise.lignes import Ligne
from portal.reprise.regles import CLOS

COMPTENT = ("acceptee", "en_paiement", "payee", "rejetee")
"""States of an invoice that the OPCO owes, or has paid."""


async def factures(lignes: Sequence[Ligne], essai: bool) -> None:
    """Each is one invoice's share for one dossier of the same source."""
    dossiers = {
        (d["origine"], d["numero"]): d
        for d in await sql(
            "select id, uid, numero, origine, siren, organisme_siret, paye_organisme from dossier"
            " where numero = any($1::text[]) and origine is not null",
            [ligne["dossier"] for ligne in lignes],
        )
    }
    for ligne in lignes:
        dossier = dossiers.get((ligne.source, ligne["dossier"]))
        if dossier is None:
            ligne.rejeter("dossier", "Ce dossier n’a pas été repris de cette source.")
        elif ligne["emetteur_siren"] != _emetteur(dossier):
            ligne.rejeter(
                "emetteur_siren", "Ce n’est pas l’émetteur des factures de ce dossier\u00a0: l’entreprise,"
                " ou l’organisme s’il est payé directement.",
            )  # fmt: skip
    gardees = [ligne for ligne in lignes if ligne.a_juger]
    de = {id(ligne): dossiers[(ligne.source, ligne["dossier"])] for ligne in gardees}
    uids = await _uids(len(gardees))
    causes = {id(ligne): uid for ligne, uid in zip(gardees, uids, strict=True)}
    refus = await livre.facturer(
        [
            APoser(
                de[id(li)]["uid"], li["montant"], li["date"], causes[id(li)],
                f"Facture {li['numero']}", str(causes[id(li)]),
            )
            for li in gardees
            if li["etat"] in COMPTENT
        ]
    )  # fmt: skip
    for ligne in gardees:
        if motif := refus.get(str(causes[id(ligne)])):
            ligne.rejeter("montant", f"Montant au-delà de l’engagement\u00a0: {motif}.")
    await _inserer_factures([li for li in gardees if li.a_juger], de, causes)


def _emetteur(dossier: dict[str, Any]) -> str:
    """Who bills a dossier."""
    if dossier["paye_organisme"] and dossier["organisme_siret"]:
        return str(dossier["organisme_siret"][:9])
    return str(dossier["siren"])


async def _uids(nombre: int) -> list[UUID]:
    return [u["u"] for u in await sql("select uuidv7() as u from generate_series(1, $1)", nombre)]


async def _inserer_factures(
    lignes: list[Ligne], de: dict[int, dict[str, Any]], causes: dict[int, UUID]
) -> None:
    posees = await sql(
        "insert into facture_reprise (uid, source, dossier, emetteur_siren, numero, date_facture,"
        " montant_centimes, etat, repris_le) select v.*, $1 from unnest($2::uuid[], $3::text[],"
        " $4::bigint[], $5::text[], $6::text[], $7::date[], $8::bigint[], $9::text[]) v"
        " returning id, uid",
        clock.instant(),
        [causes[id(li)] for li in lignes],
        [li.source for li in lignes],
        [de[id(li)]["id"] for li in lignes],
        [li["emetteur_siren"] for li in lignes],
        [li["numero"] for li in lignes],
        [li["date"] for li in lignes],
        [li["montant"] for li in lignes],
        [li["etat"] for li in lignes],
    )
    ids = {p["uid"]: p["id"] for p in posees}
    for ligne in lignes:
        ligne.accepter("facture_reprise", ids[causes[id(ligne)]])


async def reglements(lignes: Sequence[Ligne], essai: bool) -> None:
    """Each is what one transfer, carried out, paid of one invoice for one dossier."""
    connues = {
        (f["source"], f["emetteur_siren"], f["numero"], f["dossier"]): f
        for f in await sql(
            "select f.id, f.source, f.emetteur_siren, f.numero, d.numero as dossier,"
            " d.uid as dossier_uid, f.etat, f.montant_centimes - coalesce((select"
            " sum(r.montant_centimes) from reglement_repris r where r.facture = f.id), 0)::bigint"
            " as reste from facture_reprise f join dossier d on d.id = f.dossier"
            " where f.numero = any($1::text[]) and d.numero = any($2::text[])",
            [ligne["facture"] for ligne in lignes],
            [ligne["dossier"] for ligne in lignes],
        )
    }
    de = {}
    for ligne in lignes:
        cle = (ligne.source, ligne["emetteur_siren"], ligne["facture"], ligne["dossier"])
        if (facture := _payable(ligne, connues.get(cle))) is not None:
            de[id(ligne)] = facture
    gardees = [ligne for ligne in lignes if ligne.a_juger]
    uids = await _uids(len(gardees))
    refus = await livre.payer(
        [
            APoser(de[id(li)]["dossier_uid"], li["montant"], li["date"], uid,
                   f"Virement {li['reference']}", str(uid))
            for li, uid in zip(gardees, uids, strict=True)
        ]
    )  # fmt: skip
    for ligne, uid in zip(gardees, uids, strict=True):
        if motif := refus.get(str(uid)):
            ligne.rejeter("montant", f"Montant au-delà du facturé\u00a0: {motif}.")
    poses = [(li, uid) for li, uid in zip(gardees, uids, strict=True) if li.a_juger]
    await _inserer_reglements(poses, de)


def _payable(ligne: Ligne, facture: dict[str, Any] | None) -> dict[str, Any] | None:
    """The invoice, if this much of it is left to pay; that much less is, then."""
    if facture is None:
        ligne.rejeter("facture", "Cette facture n’a pas été reprise de cette source.")
    elif facture["etat"] not in COMPTENT:
        ligne.rejeter(
            "facture", "Cette facture n’est pas acceptée\u00a0: elle ne peut pas être payée."
        )
    elif ligne["montant"] > facture["reste"]:
        ligne.rejeter(
            "montant", f"Il reste {euros(facture['reste'])} à payer sur cette facture."
        )  # fmt: skip
    else:
        facture["reste"] -= ligne["montant"]
        return facture
    return None


async def _inserer_reglements(
    poses: list[tuple[Ligne, UUID]], de: dict[int, dict[str, Any]]
) -> None:
    inseres = await sql(
        "insert into reglement_repris (uid, facture, reference, jour, montant_centimes, repris_le)"
        " select v.*, $1 from unnest($2::uuid[], $3::bigint[], $4::text[], $5::date[],"
        " $6::bigint[]) v returning id, uid",
        clock.instant(),
        [uid for _, uid in poses],
        [de[id(li)]["id"] for li, _ in poses],
        [li["reference"] for li, _ in poses],
        [li["date"] for li, _ in poses],
        [li["montant"] for li, _ in poses],
    )
    ids = {p["uid"]: p["id"] for p in inseres}
    for ligne, uid in poses:
        ligne.accepter("reglement_repris", ids[uid])


async def liberer_clos(source: str, lot: int = 1000) -> int:
    """Closed dossiers of this source keep no money: what was engaged and never invoiced is given back,
    for good. Call it in a transaction until it returns 0."""
    return await executer(
        "insert into mouvement (engagement, genre, montant_centimes, jour, instant, libelle, cle)"
        " select e.id, 'liberation', e.engage_centimes - e.facture_centimes, $1, $2,"
        " 'Reste libéré à la reprise', 'reprise:liberation:' || e.dossier_uid from engagement e"
        " join dossier d on d.uid = e.dossier_uid where d.origine = $5"
        " and d.etat = any($3::text[]) and e.engage_centimes > e.facture_centimes"
        " and not exists (select 1 from mouvement m where m.cle ="
        "   'reprise:liberation:' || e.dossier_uid)"
        " order by e.dossier_uid limit $4 on conflict (cle) do nothing",
        await clock.aujourd_hui(),
        clock.instant(),
        list(CLOS),
        lot,
        source,
    )

"""Posting many movements at once, of dossiers that a former portal held.

Refused movements are told one by one, in words; the database's own constraints stand behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.grandlivre.queries import CLE_REPRISE
from portal.infra import clock
from portal.infra.base import sql
from portal.infra.money import euros


@dataclass(frozen=True)
class AEngager:
    """What was granted for a dossier, and when."""

    dossier_uid: UUID
    siren: str
    dispositif: str
    cible: str
    montant: int
    jour: date


@dataclass(frozen=True)
class APoser:
    """An invoice, or a payment that was carried out, of one dossier. `cle` names its cause."""

    dossier_uid: UUID
    montant: int
    jour: date
    cause: UUID
    libelle: str
    cle: str


async def engager(lot: Sequence[AEngager]) -> None:
    """An engagement for each of these dossiers, with its first movement."""
    await sql(
        "insert into engagement (dossier_uid, siren, dispositif, cible, cree_le)"
        " select l.*, $5 from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) l"
        " on conflict (dossier_uid) do nothing",
        [e.dossier_uid for e in lot],
        [e.siren for e in lot],
        [e.dispositif for e in lot],
        [e.cible for e in lot],
        clock.instant(),
    )
    await _poser(
        "engagement",
        [
            APoser(e.dossier_uid, e.montant, e.jour, e.dossier_uid, "Prise en charge reprise",
                   f"engagement:{e.dossier_uid}")
            for e in lot
            if e.montant
        ],
    )  # fmt: skip


async def facturer(lot: Sequence[APoser]) -> dict[str, str]:
    """Invoices that the former portal had accepted; refusals in words, by `cle`."""
    poses, refus = await _trier(lot, "engage", "facture", "il reste {} à facturer sur ce dossier")
    await _poser("facture", poses)
    return refus


async def payer(lot: Sequence[APoser]) -> dict[str, str]:
    """Payments that were carried out: ordered, then executed; refusals in words, by `cle`."""
    poses, refus = await _trier(
        lot, "facture", "ordonne", "il reste {} facturés à payer sur ce dossier"
    )
    await _poser("paiement_ordonne", poses)
    await _poser("paiement_execute", poses)
    return refus


async def _trier(
    lot: Sequence[APoser], plafond: str, base: str, refus: str
) -> tuple[list[APoser], dict[str, str]]:
    """Those that fit, in their order, and why the others don't. The engagements are locked."""
    lignes = await sql(
        f"select dossier_uid, {plafond}_centimes - {base}_centimes as reste from engagement"
        " where dossier_uid = any($1::uuid[]) order by dossier_uid for update",
        list({p.dossier_uid for p in lot}),
    )
    restes = {ligne["dossier_uid"]: ligne["reste"] for ligne in lignes}
    poses: list[APoser] = []
    refuses: dict[str, str] = {}
    for mouvement in lot:
        reste = restes.get(mouvement.dossier_uid)
        if reste is None:
            refuses[mouvement.cle] = "rien n’est engagé sur ce dossier"
        elif mouvement.montant > reste:
            refuses[mouvement.cle] = refus.format(euros(reste))
        else:
            restes[mouvement.dossier_uid] = reste - mouvement.montant
            poses.append(mouvement)
    return poses, refuses


async def _poser(genre: str, lot: Sequence[APoser]) -> None:
    if not lot:
        return
    await sql(
        "insert into mouvement (engagement, genre, montant_centimes, cause_uid, jour, instant,"
        " libelle, cle) select e.id, $1, l.montant, l.cause, l.jour, $2, l.libelle, l.cle"
        " from unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::date[], $7::text[], $8::text[])"
        " with ordinality l (dossier_uid, montant, cause, jour, libelle, cle, rang)"
        " join engagement e on e.dossier_uid = l.dossier_uid order by l.rang"
        " on conflict (cle) do nothing",
        genre,
        clock.instant(),
        [p.dossier_uid for p in lot],
        [p.montant for p in lot],
        [p.cause for p in lot],
        [p.jour for p in lot],
        [p.libelle for p in lot],
        [f"{CLE_REPRISE}{genre}:{p.cle}" for p in lot],
    )

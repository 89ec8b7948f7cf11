"""Posting to the ledger. Each function adds one movement; its `cle` makes it once done.

The engagement's row is locked first, so that two postings take turns and a refusal is said in
words; the database's own constraints stand behind. Lock several engagements by `verrouiller`
(always in the same order) before posting to each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.infra import clock
from portal.infra.base import sql, sql1, transaction
from portal.infra.money import euros


class Depassement(ValueError):
    """The movement would break paid <= ordered <= invoiced <= engaged. The message is for people."""

    def __init__(self, message: str, possible: int) -> None:
        super().__init__(message)
        self.possible = possible


class SansEngagement(LookupError):
    """Nothing is engaged for this dossier."""


class CleReprise(ValueError):
    """The same key was used for another movement: a mistake of ours."""


@dataclass(frozen=True)
class _Genre:
    """How far a movement may go (column, and what it may not exceed), and why not, in words."""

    plafond: str
    base: str
    refus: str


_GENRES = {
    "facture": _Genre("engage", "facture", "il reste {} à facturer sur ce dossier"),
    "liberation": _Genre("engage", "facture", "il reste {} à libérer sur ce dossier"),
    "paiement_ordonne": _Genre("facture", "ordonne", "il reste {} facturés à payer"),
    "paiement_execute": _Genre("ordonne", "paye", "il reste {} ordonnés à exécuter"),
    "paiement_rejete": _Genre("ordonne", "paye", "il reste {} ordonnés à rejeter"),
}


async def engager(
    dossier_uid: UUID, siren: str, dispositif: str, cible: str, montant_centimes: int, cle: str
) -> None:
    """What an agreement engages for a dossier; with a new key, a further amount is added."""
    async with transaction():
        await sql(
            "insert into engagement (dossier_uid, siren, dispositif, cible, cree_le)"
            " values ($1, $2, $3, $4, $5) on conflict (dossier_uid) do nothing",
            dossier_uid,
            siren,
            dispositif,
            cible,
            clock.instant(),
        )
        engagement = await _verrouiller(dossier_uid)
        if montant_centimes:
            await _poser(engagement, "engagement", montant_centimes, cle, None, "Prise en charge")


async def liberer(
    dossier_uid: UUID,
    montant_centimes: int | None = None,
    *,
    cle: str,
    libelle: str = "Reste libéré",
) -> None:
    """Give back what will not be invoiced: all that is left, when no amount is given."""
    async with transaction():
        if montant_centimes is None:
            engagement = await _verrouiller(dossier_uid)
            montant_centimes = engagement["engage_centimes"] - engagement["facture_centimes"]
        if montant_centimes:
            await _mouvement("liberation", dossier_uid, montant_centimes, cle, None, libelle)


async def facturer(
    dossier_uid: UUID, montant_centimes: int, cle: str, cause_uid: UUID, libelle: str = "Facture"
) -> None:
    """An accepted invoice's share for this dossier. Raises `Depassement` beyond the engagement."""
    await _mouvement("facture", dossier_uid, montant_centimes, cle, cause_uid, libelle)


async def ordonner(
    dossier_uid: UUID, montant_centimes: int, cle: str, cause_uid: UUID, libelle: str = "Virement"
) -> None:
    """A payment is ordered."""
    await _mouvement("paiement_ordonne", dossier_uid, montant_centimes, cle, cause_uid, libelle)


async def executer(
    dossier_uid: UUID, montant_centimes: int, cle: str, cause_uid: UUID, libelle: str = "Virement"
) -> None:
    """The bank has carried out an ordered payment."""
    await _mouvement("paiement_execute", dossier_uid, montant_centimes, cle, cause_uid, libelle)


async def rejeter(
    dossier_uid: UUID, montant_centimes: int, cle: str, cause_uid: UUID, libelle: str = "Rejet"
) -> None:
    """The bank has rejected an ordered payment: it can be ordered again."""
    await _mouvement("paiement_rejete", dossier_uid, montant_centimes, cle, cause_uid, libelle)


async def verrouiller(dossier_uids: Iterable[UUID]) -> None:
    """Lock these dossiers' engagements to the end of the transaction, in one order for all."""
    await sql(
        "select id from engagement where dossier_uid = any($1::uuid[])"
        " order by dossier_uid for update",
        list(dossier_uids),
    )


async def _mouvement(
    genre: str, dossier_uid: UUID, montant: int, cle: str, cause: UUID | None, libelle: str
) -> None:
    async with transaction():
        engagement = await _verrouiller(dossier_uid)
        regle = _GENRES[genre]
        reste = engagement[f"{regle.plafond}_centimes"] - engagement[f"{regle.base}_centimes"]
        if montant > reste and not await _deja(cle):
            raise Depassement(regle.refus.format(euros(reste)), reste)
        await _poser(engagement, genre, montant, cle, cause, libelle)


async def _verrouiller(dossier_uid: UUID) -> dict[str, Any]:
    ligne = await sql1("select * from engagement where dossier_uid = $1 for update", dossier_uid)
    if ligne is None:
        raise SansEngagement(f"aucun engagement pour le dossier {dossier_uid}")
    return ligne


async def _deja(cle: str) -> bool:
    return await sql1("select 1 as n from mouvement where cle = $1", cle) is not None


async def _poser(
    engagement: dict[str, Any],
    genre: str,
    montant: int,
    cle: str,
    cause: UUID | None,
    libelle: str,
) -> None:
    pose = await sql1(
        "insert into mouvement (engagement, genre, montant_centimes, cause_uid, jour, instant,"
        " libelle, cle) values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict (cle) do nothing returning id",
        engagement["id"],
        genre,
        montant,
        cause,
        await clock.aujourd_hui(),
        clock.instant(),
        libelle,
        cle,
    )
    if pose is None:
        await _exiger_meme(engagement["id"], genre, montant, cle)


async def _exiger_meme(engagement: int, genre: str, montant: int, cle: str) -> None:
    ancien = await sql1(
        "select engagement, genre, montant_centimes from mouvement where cle = $1", cle
    )
    assert ancien is not None
    if (ancien["engagement"], ancien["genre"], ancien["montant_centimes"]) != (
        engagement,
        genre,
        montant,
    ):
        raise CleReprise(f"la clé {cle} désigne déjà un autre mouvement")

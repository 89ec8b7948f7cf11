"""Write in the ledger. Each movement has a key of its cause: written twice, it counts once.

A movement is its own audit line; whoever causes it notes why. What would break
« paid <= ordered <= invoiced <= engaged » is refused by the database and raised as `Depassement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import asyncpg

from portal.grandlivre.queries import Solde, solde
from portal.infra import clock
from portal.infra.base import savepoint, sql, sql1, transaction

Genre = Literal[
    "engagement", "ajustement", "liberation", "facture", "avoir",
    "paiement_ordonne", "paiement_execute", "paiement_rejete", "paiement_retourne",
]  # fmt: skip

_LIMITES = {
    "engagement_engage_ck": "Le montant facturé dépasserait le montant engagé.",
    "engagement_facture_ck": "Le montant ordonné dépasserait le montant facturé.",
    "engagement_ordonne_ck": "Le montant payé dépasserait le montant ordonné.",
    "engagement_paye_ck": "Le montant payé deviendrait négatif.",
}


class Depassement(Exception):
    """The movement would break the order of the totals. Nothing was written."""

    def __init__(self, contrainte: str) -> None:
        super().__init__(_LIMITES.get(contrainte, "Le mouvement romprait l’équilibre du dossier."))
        self.contrainte = contrainte


class EngagementAbsent(LookupError):
    """No engagement was ever made for this dossier."""


class CleReprise(ValueError):
    """The same key came back with another amount, kind or dossier: a mistake of the caller."""


@dataclass(frozen=True)
class Ecriture:
    """A movement to write. `cle` names its cause for ever."""

    dossier_uid: UUID
    genre: Genre
    montant_centimes: int
    cle: str
    libelle: str
    cause_uid: UUID | None = None


async def engager(
    dossier_uid: UUID,
    siren: str,
    dispositif: str,
    cible: str,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Prise en charge accordée",
    cause_uid: UUID | None = None,
) -> Solde:
    """The OPCO commits itself to a dossier."""
    async with transaction():
        await sql1(
            "insert into engagement (dossier_uid, siren, dispositif, cible) values ($1, $2, $3, $4)"
            " on conflict (dossier_uid) do nothing returning id",
            dossier_uid,
            siren,
            dispositif,
            cible,
        )
        return await _un(dossier_uid, "engagement", montant_centimes, cle, libelle, cause_uid)


async def ajuster(
    dossier_uid: UUID, ecart_centimes: int, cle: str, *, libelle: str, cause_uid: UUID | None = None
) -> Solde:
    """Engage more (or, negative, less) after the agreement."""
    return await _un(dossier_uid, "ajustement", ecart_centimes, cle, libelle, cause_uid)


async def liberer(
    dossier_uid: UUID,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Solde libéré",
    cause_uid: UUID | None = None,
) -> Solde:
    """Give back what will not be invoiced."""
    return await _un(dossier_uid, "liberation", montant_centimes, cle, libelle, cause_uid)


async def facturer(
    dossier_uid: UUID,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Facture acceptée",
    cause_uid: UUID | None = None,
) -> Solde:
    """An invoice was accepted for this dossier."""
    return await _un(dossier_uid, "facture", montant_centimes, cle, libelle, cause_uid)


async def ordonner(
    dossier_uid: UUID,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Virement ordonné",
    cause_uid: UUID | None = None,
) -> Solde:
    """A transfer was approved."""
    return await _un(dossier_uid, "paiement_ordonne", montant_centimes, cle, libelle, cause_uid)


async def executer(
    dossier_uid: UUID,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Virement exécuté",
    cause_uid: UUID | None = None,
) -> Solde:
    """The bank has carried out the transfer."""
    return await _un(dossier_uid, "paiement_execute", montant_centimes, cle, libelle, cause_uid)


async def rejeter(
    dossier_uid: UUID,
    montant_centimes: int,
    cle: str,
    *,
    libelle: str = "Virement rejeté",
    cause_uid: UUID | None = None,
) -> Solde:
    """The bank has refused the transfer: it can be ordered again."""
    return await _un(dossier_uid, "paiement_rejete", montant_centimes, cle, libelle, cause_uid)


async def _un(
    dossier_uid: UUID,
    genre: Genre,
    montant_centimes: int,
    cle: str,
    libelle: str,
    cause_uid: UUID | None,
) -> Solde:
    await passer([Ecriture(dossier_uid, genre, montant_centimes, cle, libelle, cause_uid)])
    lu = await solde(dossier_uid)
    assert lu is not None
    return lu


# In the order of the engagements, so that two writers of many dossiers never wait for each other.
_INSERTION = """
insert into mouvement (engagement, genre, montant_centimes, cause_uid, instant, jour, libelle, cle)
select e.id, m.genre, m.montant, m.cause, $7, $8, m.libelle, m.cle
from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[])
    with ordinality as m (dossier, genre, montant, cause, libelle, cle, rang)
join engagement e on e.dossier_uid = m.dossier
order by e.id, m.rang
on conflict (cle) do nothing
returning cle
"""


async def passer(ecritures: Sequence[Ecriture]) -> int:
    """Write many movements, all or none; returns how many were new.

    Raises `Depassement`, `EngagementAbsent` or `CleReprise`; then nothing is written and the
    caller's transaction lives on.
    """
    if not ecritures:
        return 0
    try:
        async with transaction(), savepoint():
            nouvelles = await _inserer(ecritures)
            if len(nouvelles) != len(ecritures):
                await _verifier_deja_ecrites(ecritures, nouvelles)
    except asyncpg.CheckViolationError as erreur:
        if erreur.table_name != "engagement":
            raise
        raise Depassement(erreur.constraint_name or "") from None
    return len(nouvelles)


async def _inserer(ecritures: Sequence[Ecriture]) -> set[str]:
    lignes = await sql(
        _INSERTION,
        [e.dossier_uid for e in ecritures],
        [e.genre for e in ecritures],
        [e.montant_centimes for e in ecritures],
        [e.cause_uid for e in ecritures],
        [e.libelle for e in ecritures],
        [e.cle for e in ecritures],
        clock.instant(),
        await clock.aujourd_hui(),
    )
    return {ligne["cle"] for ligne in lignes}


async def _verifier_deja_ecrites(ecritures: Sequence[Ecriture], nouvelles: set[str]) -> None:
    """A key that was there must have been there for the same movement."""
    reprises = {e.cle: e for e in ecritures if e.cle not in nouvelles}
    connues = {
        m["cle"]: (m["dossier_uid"], m["genre"], m["montant_centimes"])
        for m in await sql(
            "select m.cle, m.genre, m.montant_centimes, e.dossier_uid from mouvement m"
            " join engagement e on e.id = m.engagement where m.cle = any($1)",
            list(reprises),
        )
    }
    for cle, e in reprises.items():
        if cle not in connues:
            raise EngagementAbsent(str(e.dossier_uid))
        if connues[cle] != (e.dossier_uid, e.genre, e.montant_centimes):
            raise CleReprise(cle)

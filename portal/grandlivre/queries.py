"""Read the ledger: where one dossier stands, its movements, and whether the totals are right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.infra.base import sql, sql1


@dataclass(frozen=True)
class Solde:
    """Totals of one dossier, in cents."""

    engage: int
    facture: int
    ordonne: int
    paye: int

    @property
    def a_facturer(self) -> int:
        return self.engage - self.facture

    @property
    def a_payer(self) -> int:
        return self.facture - self.paye


@dataclass(frozen=True)
class LigneLivre:
    """One movement, as people read it."""

    uid: UUID
    genre: str
    libelle: str
    montant_centimes: int
    instant: datetime
    jour: date
    cause_uid: UUID | None


_SOLDE = (
    "engage_centimes as engage, facture_centimes as facture, ordonne_centimes as ordonne,"
    " paye_centimes as paye"
)


async def solde(dossier_uid: UUID) -> Solde | None:
    """Totals of a dossier, None where nothing was ever engaged."""
    ligne = await sql1(f"select {_SOLDE} from engagement where dossier_uid = $1", dossier_uid)
    return Solde(**ligne) if ligne else None


async def soldes(dossier_uids: list[UUID]) -> dict[UUID, Solde]:
    """Totals of many dossiers, in one query."""
    lignes = await sql(
        f"select dossier_uid, {_SOLDE} from engagement where dossier_uid = any($1)", dossier_uids
    )
    return {ligne.pop("dossier_uid"): Solde(**ligne) for ligne in lignes}


async def verrouiller(dossier_uid: UUID) -> Solde | None:
    """Totals of a dossier, its engagement locked to the end of the transaction."""
    ligne = await sql1(
        f"select {_SOLDE} from engagement where dossier_uid = $1 for update", dossier_uid
    )
    return Solde(**ligne) if ligne else None


async def mouvements(dossier_uid: UUID) -> list[LigneLivre]:
    """Movements of a dossier, oldest first."""
    lignes = await sql(
        "select m.uid, m.genre, m.libelle, m.montant_centimes, m.instant, m.jour, m.cause_uid"
        " from mouvement m join engagement e on e.id = m.engagement"
        " where e.dossier_uid = $1 order by m.id",
        dossier_uid,
    )
    return [LigneLivre(**ligne) for ligne in lignes]


async def verifier() -> list[str]:
    """What is wrong with the totals, in plain words: none, unless someone went around the triggers."""
    lignes = await sql(
        "select e.dossier_uid from engagement e left join lateral ("
        "  select coalesce(sum(f.engage), 0) as engage, coalesce(sum(f.facture), 0) as facture,"
        "    coalesce(sum(f.ordonne), 0) as ordonne, coalesce(sum(f.paye), 0) as paye"
        "  from mouvement m, mouvement_effet(m.genre, m.montant_centimes) f"
        "  where m.engagement = e.id) t on true"
        " where (e.engage_centimes, e.facture_centimes, e.ordonne_centimes, e.paye_centimes)"
        "   is distinct from (t.engage, t.facture, t.ordonne, t.paye) order by e.id"
    )
    return [_faute(ligne) for ligne in lignes]


def _faute(ligne: dict[str, Any]) -> str:
    return f"Grand livre\u00a0: les totaux du dossier {ligne['dossier_uid']} ne sont pas la somme de ses mouvements."

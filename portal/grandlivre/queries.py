"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.infra.base import sql, valeur

CLE_REPRISE = "reprise:"
"""How the keys of movements taken over from a former portal begin."""

LIBELLES = {
    "engagement": "Engagement",
    "ajustement": "Ajustement",
    "liberation": "Reste libéré",
    "facture": "Facture acceptée",
    "avoir": "Avoir",
    "paiement_ordonne": "Virement ordonné",
    "paiement_execute": "Virement exécuté",
    "paiement_rejete": "Virement rejeté",
}


@dataclass(frozen=True)
class Solde:
    """Where a dossier's money stands, in cents."""

    engage: int = 0
    facture: int = 0
    ordonne: int = 0
    paye: int = 0

    @property
    def reste(self) -> int:
        """What may still be invoiced."""
        return self.engage - self.facture

    @property
    def solde(self) -> bool:
        """Everything engaged is paid."""
        return 0 < self.engage == self.paye


@dataclass(frozen=True)
class Ligne:
    """A movement, as shown."""

    genre: str
    montant: int
    jour: date
    instant: datetime
    libelle: str
    cause_uid: UUID | None

    @property
    def mot(self) -> str:
        return LIBELLES[self.genre]


async def solde(dossier_uid: UUID) -> Solde:
    """All zeros when nothing is engaged."""
    return (await soldes([dossier_uid])).get(dossier_uid, Solde())


async def soldes(dossier_uids: Iterable[UUID]) -> dict[UUID, Solde]:
    """The same for several dossiers in one query; those without engagement are absent."""
    lignes = await sql(
        "select dossier_uid, engage_centimes, facture_centimes, ordonne_centimes, paye_centimes"
        " from engagement where dossier_uid = any($1::uuid[])",
        list(dossier_uids),
    )
    return {
        ligne["dossier_uid"]: Solde(
            ligne["engage_centimes"],
            ligne["facture_centimes"],
            ligne["ordonne_centimes"],
            ligne["paye_centimes"],
        )
        for ligne in lignes
    }


async def facture_repris(dossier_uid: UUID) -> int:
    """What a former portal had invoiced of a dossier when it was taken over."""
    return int(
        await valeur(
            "select coalesce(sum(m.montant_centimes), 0) from mouvement m"
            " join engagement e on e.id = m.engagement where e.dossier_uid = $1"
            " and m.genre = 'facture' and starts_with(m.cle, $2)",
            dossier_uid,
            CLE_REPRISE,
        )
    )


async def mouvements(dossier_uid: UUID) -> list[Ligne]:
    """A dossier's movements, oldest first."""
    lignes = await sql(
        "select m.genre, m.montant_centimes as montant, m.jour, m.instant, m.libelle, m.cause_uid"
        " from mouvement m join engagement e on e.id = m.engagement"
        " where e.dossier_uid = $1 order by m.id",
        dossier_uid,
    )
    return [Ligne(**ligne) for ligne in lignes]


async def ecarts() -> list[str]:
    """Engagements whose totals are not the sum of their movements: must be empty (`doctor`)."""
    lignes = await sql(
        "select e.dossier_uid from engagement e left join lateral ("
        " select coalesce(sum(case when genre in ('engagement', 'ajustement') then montant_centimes"
        "   when genre = 'liberation' then -montant_centimes end), 0) as engage,"
        " coalesce(sum(case when genre = 'facture' then montant_centimes"
        "   when genre = 'avoir' then -montant_centimes end), 0) as facture,"
        " coalesce(sum(case when genre = 'paiement_ordonne' then montant_centimes"
        "   when genre = 'paiement_rejete' then -montant_centimes end), 0) as ordonne,"
        " coalesce(sum(montant_centimes) filter (where genre = 'paiement_execute'), 0) as paye"
        " from mouvement m where m.engagement = e.id) s on true"
        " where (e.engage_centimes, e.facture_centimes, e.ordonne_centimes, e.paye_centimes)"
        " is distinct from (s.engage, s.facture, s.ordonne, s.paye)"
    )
    return [f"Grand livre : totaux inexacts pour le dossier {e['dossier_uid']}." for e in lignes]

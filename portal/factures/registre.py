"""What this room is given at start: the targets, and what rooms above know of accounts and payments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from portal.kit import Cible

CIBLES: dict[str, Cible] = {}
"""Whom an invoice may be made out to, by code."""


def cible(code: str) -> Cible:
    """The target, or a bare one when the plugin that brought it is gone."""
    trouvee = CIBLES.get(code)
    return trouvee or Cible(code=code, nom=code, adresse=(), siren="")


@dataclass(frozen=True)
class RibVu:
    """The account on which a company is paid, as it may be shown."""

    iban_secret: int
    masque: str
    titulaire: str


@dataclass(frozen=True)
class PaiementVu:
    """A transfer of an invoice, for its page. `jour` is when it was carried out or rejected."""

    reference: str
    etat: str
    jour: date | None
    montant: int
    url: str | None = None
    motif: str = ""


@dataclass(frozen=True)
class Onglet:
    """A tab beside those of « Mes factures », for those who hold `droit`."""

    libelle: str
    url: str
    droit: str = "factures.consulter"


FournirRib = Callable[[str, str], Awaitable[RibVu | None]]
FournirPaiements = Callable[[list[int]], Awaitable[dict[int, list[PaiementVu]]]]


@dataclass
class Branchements:
    """Filled in by the wiring of the room above."""

    rib: FournirRib | None = None
    paiements: FournirPaiements | None = None


BRANCHEMENTS = Branchements()
ONGLETS: list[Onglet] = []


async def rib_de(siren: str, profil: str) -> RibVu | None:
    """The registered account of a company under a profile."""
    return await BRANCHEMENTS.rib(siren, profil) if BRANCHEMENTS.rib else None


async def paiements_de(factures: list[int]) -> dict[int, list[PaiementVu]]:
    """Transfers by invoice, oldest first."""
    if BRANCHEMENTS.paiements is None or not factures:
        return {}
    return await BRANCHEMENTS.paiements(factures)

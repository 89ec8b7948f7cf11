"""What funding a plugin computes: lines whose every amount carries its explanation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

CENTIME = Decimal("0.01")


def au_centime(montant: Decimal) -> Decimal:
    """The one rounding of amounts: half up, to the cent."""
    return montant.quantize(CENTIME, ROUND_HALF_UP)


@dataclass(frozen=True)
class ValeurDatee:
    """A dated parameter as found: value, since when, where it comes from."""

    cle: str
    valeur: Any
    du: date
    au: date | None
    source: str

    @property
    def montant(self) -> Decimal:
        return Decimal(str(self.valeur))


class Parametres(Protocol):
    """Dated parameters of a branch at one date, as the dossier is judged by them."""

    def lire(self, cle: str, **criteres: str) -> ValeurDatee | None:
        """The most specific value for these criteria (e.g. tranche="<11"), or None."""
        ...


@dataclass(frozen=True, kw_only=True)
class LigneFinancement:
    """One line. Amounts in euros (Decimal, cents). `calcul` is the computation in words, e.g.
    « 2 stagiaires × 14 h × 13,00 € »; `regle` the rule's name; `source` its text and date."""

    code: str
    libelle: str
    demande: Decimal
    accorde: Decimal
    calcul: str
    regle: str
    source: str


@dataclass(frozen=True)
class Financement:
    """The funding of a dossier. `incomplet` says in words what is still missing to compute it."""

    lignes: tuple[LigneFinancement, ...] = ()
    incomplet: tuple[str, ...] = field(default=())

    @property
    def demande(self) -> Decimal:
        return sum((ligne.demande for ligne in self.lignes), Decimal("0.00"))

    @property
    def accorde(self) -> Decimal:
        return sum((ligne.accorde for ligne in self.lignes), Decimal("0.00"))

    @property
    def reste(self) -> Decimal:
        return self.demande - self.accorde

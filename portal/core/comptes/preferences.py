"""The branch and the region that a person works for: asked once, kept for her next visit.

Upper rooms know branches and regions; they fill the two lists when they are wired. What she chose is
in `moi.attributs["secteur"]` (an IDCC) and `moi.attributs["region"]`, None where she has not said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Choix = tuple[str, str]


@dataclass
class Propositions:
    """What the profile offers: (value, label)."""

    secteurs: list[Choix] = field(default_factory=list)
    regions: list[Choix] = field(default_factory=list)

    def de(self, champ: str) -> list[Choix]:
        return self.secteurs if champ == "secteur" else self.regions


OFFERTES = Propositions()
CHAMPS = ("secteur", "region")


def proposer_secteurs(secteurs: Iterable[Choix]) -> None:
    """The branches, by IDCC."""
    OFFERTES.secteurs = sorted(secteurs, key=lambda choix: choix[1])


def proposer_regions(regions: Iterable[str]) -> None:
    OFFERTES.regions = [(region, region) for region in sorted(set(regions))]

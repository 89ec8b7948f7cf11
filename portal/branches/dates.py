"""Dated parameters as a dossier is judged by them: pure, readable without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.kit.financement import ValeurDatee


@dataclass(frozen=True)
class Valeur:
    """A value that holds on the day: for a branch or for all, under some criteria. `au` is its last
    day, None when it has none."""

    cle: str
    valeur: str
    du: date
    au: date | None
    source: str
    idcc: str | None = None
    criteres: Mapping[str, str] = field(default_factory=dict)

    def convient(self, criteres: Mapping[str, str]) -> bool:
        return all(criteres.get(nom) == voulu for nom, voulu in self.criteres.items())

    @property
    def precision(self) -> tuple[bool, int, str]:
        """The branch's own before everybody's, then more criteria before fewer."""
        return (self.idcc is not None, len(self.criteres), repr(sorted(self.criteres.items())))


class ParametresDates:
    """The parameters of one branch on one day; implements `portal.kit.Parametres`."""

    def __init__(self, idcc: str | None, jour: date, valeurs: Iterable[Valeur]) -> None:
        self.idcc = idcc
        self.jour = jour
        self.valeurs = tuple(sorted(valeurs, key=lambda v: v.precision, reverse=True))

    def lire(self, cle: str, **criteres: str) -> ValeurDatee | None:
        """The most specific value for these criteria, or None."""
        for valeur in self.valeurs:
            if valeur.cle == cle and valeur.convient(criteres):
                return ValeurDatee(cle, valeur.valeur, valeur.du, valeur.au, valeur.source)
        return None

    def en_json(self) -> dict[str, Any]:
        """What a dossier keeps, so that it can be judged again by the same values."""
        return {
            "idcc": self.idcc,
            "jour": self.jour.isoformat(),
            "valeurs": [
                {
                    "cle": v.cle,
                    "valeur": v.valeur,
                    "du": v.du.isoformat(),
                    "au": v.au.isoformat() if v.au else None,
                    "source": v.source,
                    "idcc": v.idcc,
                    "criteres": dict(v.criteres),
                }
                for v in self.valeurs
            ],
        }

    @classmethod
    def depuis_json(cls, garde: Mapping[str, Any]) -> ParametresDates:
        """The parameters as kept by `en_json`."""
        return cls(
            garde["idcc"],
            date.fromisoformat(garde["jour"]),
            [
                Valeur(
                    cle=v["cle"],
                    valeur=v["valeur"],
                    du=date.fromisoformat(v["du"]),
                    au=date.fromisoformat(v["au"]) if v["au"] else None,
                    source=v["source"],
                    idcc=v["idcc"],
                    criteres=v["criteres"],
                )
                for v in garde["valeurs"]
            ],
        )

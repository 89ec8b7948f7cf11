"""Staff bands: the register's codes (INSEE), and the dated ones that rights to funding depend on."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Bande:
    """So many people, to so many (None: no limit)."""

    minimum: int
    maximum: int | None
    libelle: str
    du: date = date.min
    au: date | None = None
    source: str = ""

    def contient(self, nombre: int) -> bool:
        return self.minimum <= nombre and (self.maximum is None or nombre <= self.maximum)

    def vaut(self, jour: date) -> bool:
        return self.du <= jour and (self.au is None or jour <= self.au)


def _lire(nom: str) -> list[dict[str, str]]:
    texte = files("portal.core.entreprises").joinpath(f"donnees/{nom}.csv").read_text("utf-8")
    return list(csv.DictReader(texte.splitlines(), delimiter=";"))


@lru_cache(maxsize=1)
def tranches() -> dict[str, Bande]:
    """The register's bands by code."""
    return {
        ligne["code"]: Bande(
            int(ligne["minimum"]),
            int(ligne["maximum"]) if ligne["maximum"] else None,
            ligne["libelle"].replace(" ", "\u00a0"),
        )
        for ligne in _lire("tranches_effectif")
    }


@lru_cache(maxsize=1)
def bandes() -> tuple[Bande, ...]:
    """The legal bands, each with its period and source."""
    return tuple(
        Bande(
            int(ligne["minimum"]),
            int(ligne["maximum"]) if ligne["maximum"] else None,
            ligne["libelle"],
            date.fromisoformat(ligne["du"]),
            date.fromisoformat(ligne["au"]) if ligne["au"] else None,
            ligne["source"],
        )
        for ligne in _lire("bandes_effectif")
    )


def bande(effectif: int, tranche: str | None, jour: date) -> Bande | None:
    """The legal band on a day: by the number that the OPCO knows, else by the register's band when
    it lies wholly inside one; None when only the company can say (10 to 19, for instance)."""
    du_jour = [b for b in bandes() if b.vaut(jour)]
    if effectif:
        return next((b for b in du_jour if b.contient(effectif)), None)
    connue = tranches().get(tranche or "")
    if connue is None:
        return None
    return next(
        (
            b
            for b in du_jour
            if b.contient(connue.minimum)
            and (b.maximum is None or (connue.maximum is not None and b.contient(connue.maximum)))
        ),
        None,
    )


def dire(effectif: int, tranche: str | None) -> str:
    """« 42 salariés », else the register's band; empty when nobody knows."""
    if effectif:
        return f"{effectif}\u00a0salarié{'s' if effectif > 1 else ''}"
    connue = tranches().get(tranche or "")
    return connue.libelle if connue else ""

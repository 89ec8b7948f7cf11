"""What an import did, said while it runs and at its end; rejected lines go to a file of their own."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from portal.infra.money import nombre

Progres = Callable[[str], None]
CADENCE = 2.0
MONTRES = 5


@dataclass
class Bilan:
    """Counts of an import; `motifs` are the reasons of rejected lines."""

    lignes: int = 0
    entreprises: int = 0
    etablissements: int = 0
    ajouts: int = 0
    modifications: int = 0
    suivies: int = 0
    rejets: int = 0
    premiers: list[str] = field(default_factory=list)
    motifs: Counter[str] = field(default_factory=Counter)
    fichier_rejets: Path | None = None

    def __str__(self) -> str:
        faits = [
            f"{nombre(self.lignes)} lignes lues",
            f"{nombre(self.ajouts)} ajouts",
            f"{nombre(self.modifications)} modifications",
        ]
        phrases = [", ".join(faits) + "."]
        if self.suivies:
            phrases.append(f"{nombre(self.suivies)} successions suivies.")
        if self.rejets:
            pluriel = "s" if self.rejets > 1 else ""
            phrases.append(f"{nombre(self.rejets)} ligne{pluriel} rejetée{pluriel}\u00a0:")
            phrases += [f"\n  {nombre(n)} × {motif}" for motif, n in self.motifs.most_common(10)]
            phrases += [f"\n  {exemple}" for exemple in self.premiers]
            if self.fichier_rejets:
                phrases.append(f"\nToutes sont dans {self.fichier_rejets}.")
        return " ".join(phrases).replace(" \n", "\n")


class Rejets:
    """Rejected lines, one a row, written as they come; the file is made at the first."""

    def __init__(self, bilan: Bilan, chemin: Path | None) -> None:
        self._bilan = bilan
        self._chemin = chemin
        self._flux: Any = None
        self._csv: Any = None

    def __enter__(self) -> Rejets:
        return self

    def __exit__(
        self, genre: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        if self._flux is not None:
            self._flux.close()

    def ajouter(self, numero: int, motif: str) -> None:
        """Count it, and write it down."""
        b = self._bilan
        b.rejets += 1
        b.motifs[motif] += 1 if len(b.motifs) < 1000 or motif in b.motifs else 0
        if len(b.premiers) < MONTRES:
            b.premiers.append(f"ligne {numero}\u00a0: {motif}")
        if self._chemin is None:
            return
        if self._flux is None:
            self._chemin.parent.mkdir(parents=True, exist_ok=True)
            self._flux = self._chemin.open("w", encoding="utf-8-sig", newline="")
            self._csv = csv.writer(self._flux, delimiter=";")
            self._csv.writerow(("ligne", "motif"))
            b.fichier_rejets = self._chemin
        self._csv.writerow((numero, motif))


class Suivi:
    """« 240 000 lignes, 24 000 par seconde, reste 31 secondes », every two seconds."""

    def __init__(self, dire: Progres | None) -> None:
        self._dire = dire
        self._debut = self._dernier = time.monotonic()

    def avancer(self, lignes: int, part: float) -> None:
        """Say it when it is time; `part` is how much of the file has been read."""
        maintenant = time.monotonic()
        if self._dire is None or maintenant - self._dernier < CADENCE:
            return
        self._dernier = maintenant
        passe = maintenant - self._debut
        reste = passe * (1 - part) / part if part else 0
        self._dire(
            f"{nombre(lignes)} lignes, {nombre(int(lignes / passe))} par seconde,"
            f" reste {_duree(reste)}"
        )


def _duree(secondes: float) -> str:
    if secondes < 90:
        return f"{round(secondes)}\u00a0secondes"
    return f"{round(secondes / 60)}\u00a0minutes"

"""What a run says: each row in a CSV, the whole on screen. Nothing in it can pass for a formula."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from portal.reprise.lignes import ACCEPTE, DEJA, REJETE, Ligne

COLONNES = ("fichier", "ligne", "genre", "source", "cle", "resultat", "colonne", "motif", "devenu")
ILLISIBLE = "illisible"
MOTIFS_MONTRES = 5
MOTIFS_COMPTES = 1000


@dataclass
class Bilan:
    """How many rows of each kind came to what; why the others didn't; files that can't be read;
    sources that could not be closed."""

    essai: bool
    rapport: Path
    comptes: dict[str, Counter[str]] = field(default_factory=dict)
    motifs: Counter[str] = field(default_factory=Counter)
    illisibles: list[str] = field(default_factory=list)
    remarques: list[str] = field(default_factory=list)
    refus: list[str] = field(default_factory=list)

    def compter(self, libelle: str, resultat: str, motif: str) -> None:
        self.comptes.setdefault(libelle, Counter())[resultat] += 1
        connu = motif in self.motifs or len(self.motifs) < MOTIFS_COMPTES
        if resultat == REJETE and connu:
            self.motifs[motif] += 1

    def total(self, resultat: str) -> int:
        return sum(c[resultat] for c in self.comptes.values())

    def __str__(self) -> str:
        lignes = [
            f"{libelle}\u00a0: {c[ACCEPTE]} acceptées, {c[DEJA]} déjà reprises, {c[REJETE]} rejetées."
            for libelle, c in self.comptes.items()
        ]
        if self.motifs:
            lignes.append("Principaux motifs de rejet\u00a0:")
            lignes += [f"  {n} × {motif}" for motif, n in self.motifs.most_common(MOTIFS_MONTRES)]
        lignes += [f"Fichier illisible\u00a0: {dit}" for dit in self.illisibles]
        lignes += self.remarques + self.refus
        lignes.append(f"Rapport, ligne par ligne\u00a0: {self.rapport}")
        if self.essai:
            lignes.append(
                "Essai\u00a0: rien n’a été écrit. Ajoutez --apply pour reprendre ces lignes."
            )
        return "\n".join(lignes)


class Rapport:
    """The CSV, written as the run goes."""

    def __init__(self, bilan: Bilan) -> None:
        self.bilan = bilan
        self._flux: IO[str] | None = None
        self._csv: Any = None

    def __enter__(self) -> Rapport:
        self._flux = self.bilan.rapport.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._flux, delimiter=";")
        self._csv.writerow(COLONNES)
        return self

    def __exit__(
        self,
        genre: type[BaseException] | None,
        erreur: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._flux is not None:
            self._flux.close()

    def ligne(self, ligne: Ligne) -> None:
        self.bilan.compter(ligne.format.libelle, ligne.resultat, ligne.motif)
        cle = " ".join(
            str(ligne.valeurs[c]) for c in ligne.format.cle
            if c != "iban" and ligne.valeurs.get(c) is not None
        )  # fmt: skip
        self._ecrire(
            ligne.fichier, ligne.numero, ligne.format.code, ligne.source, cle, ligne.resultat,
            ligne.colonne, ligne.motif, ligne.devenu,
        )  # fmt: skip

    def illisible(self, fichier: str, ligne: int, genre: str, motif: str) -> None:
        self.bilan.illisibles.append(f"{fichier}, ligne {ligne}. {motif}")
        self._ecrire(fichier, ligne, genre, "", "", ILLISIBLE, "", motif, "")

    def _ecrire(self, *cellules: Any) -> None:
        self._csv.writerow([_neutre(str(c)) for c in cellules])


def _neutre(texte: str) -> str:
    return f"'{texte}" if texte[:1] in tuple("=+-@\t\r") and texte else texte

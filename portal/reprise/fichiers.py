"""The files of a reprise, row by row in bounded memory: CSV however it was saved, or Excel.

What can't be read is one sentence that says where and how to mend it.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from portal.infra.sheets import FeuilleRefusee
from portal.infra.sheets import lire as lire_feuille
from portal.infra.texte import plier

LIGNE_MAX = 100_000
EXCEL_MAX = 20_000_000
SEPARATEURS = (";", ",", "\t")
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FichierIllisible(Exception):
    """The file can't be read, or no further; `ligne` is where, the message says what to mend."""

    def __init__(self, message: str, ligne: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.ligne = ligne


@dataclass(frozen=True)
class Brute:
    """A row as written: its number in the file, its cells by column."""

    numero: int
    cellules: dict[str, str]
    en_trop: bool = False


class Fichier:
    """One file whose columns are known by name (folded: case, accents and « _ » don't count)."""

    def __init__(self, chemin: Path, colonnes: Mapping[str, str], exigees: Iterable[str]) -> None:
        self.chemin = chemin
        self._colonnes = colonnes
        self._exigees = tuple(exigees)
        self.remarque = ""

    def lignes(self) -> Iterator[Brute]:
        """Every row that is not empty. Raises `FichierIllisible`."""
        if self.chemin.suffix.lower() == ".csv":
            yield from self._csv()
        else:
            yield from self._excel()

    def verifier(self) -> None:
        """Read the header alone; raises `FichierIllisible`."""
        next(self.lignes(), None)

    def _csv(self) -> Iterator[Brute]:
        with self.chemin.open("rb") as octets:
            encodage = self._encodage(octets)
            octets.seek(0)
            flux = TextIOWrapper(octets, encoding=encodage, newline="")
            lignes = _bornees(flux)
            entete = next(lignes, "")
            separateur = self._separateur(entete)
            noms = self._noms(next(csv.reader([entete], delimiter=separateur), []))
            yield from self._lire(csv.reader(lignes, delimiter=separateur), noms)

    def _lire(self, lecteur: Any, noms: list[str | None]) -> Iterator[Brute]:
        while True:
            try:
                valeurs = next(lecteur)
            except StopIteration:
                return
            except csv.Error:
                raise FichierIllisible(
                    "Une cellule est trop longue\u00a0: un guillemet n’est sans doute jamais refermé.",
                    lecteur.line_num + 1,
                ) from None
            if any(valeurs):
                yield _brute(lecteur.line_num + 1, noms, valeurs)

    def _encodage(self, octets: IO[bytes]) -> str:
        """UTF-8 with or without a mark, else Latin-1 as Windows writes it."""
        debut = octets.read(4)
        if debut.startswith(_BOMS_16):
            raise FichierIllisible(
                "Ce fichier est en UTF-16. Enregistrez-le en « CSV UTF-8 », puis recommencez."
            )
        if debut.startswith(b"PK"):
            raise FichierIllisible("Ce fichier est un classeur Excel\u00a0: nommez-le en .xlsx.")
        octets.seek(0)
        lecteur = codecs.getincrementaldecoder("utf-8")()
        try:
            while bloc := octets.read(1 << 20):
                lecteur.decode(bloc)
            lecteur.decode(b"", final=True)
        except UnicodeDecodeError:
            self.remarque = "lu en Latin-1\u00a0: vérifiez les accents, ou enregistrez en UTF-8"
            return "latin-1" if _hors_windows(self.chemin) else "cp1252"
        return "utf-8-sig"

    def _separateur(self, entete: str) -> str:
        if not entete.strip():
            raise FichierIllisible(
                "Ce fichier est vide\u00a0: la première ligne nomme les colonnes."
            )
        connus = {
            s: sum(plier(c.replace("_", " ")) in self._colonnes for c in entete.split(s))
            for s in SEPARATEURS
        }
        meilleur = max(SEPARATEURS, key=lambda s: connus[s])
        if connus[meilleur] < min(2, len(self._exigees)):
            raise FichierIllisible(
                "Les colonnes ne sont pas reconnues. Séparez-les par des points-virgules et nommez-les"
                f" en première ligne\u00a0: {', '.join(self._exigees)}."
            )
        return meilleur

    def _noms(self, entete: Iterable[Any]) -> list[str | None]:
        noms = [self._colonnes.get(plier(str(c).replace("_", " "))) for c in entete]
        manquent = [c for c in self._exigees if c not in noms]
        if manquent:
            pluriel = "s" if len(manquent) > 1 else ""
            raise FichierIllisible(
                f"Colonne{pluriel} absente{pluriel}\u00a0: {', '.join(manquent)}. La première ligne du"
                " fichier doit nommer chaque colonne attendue."
            )
        doubles = {n for n in noms if n and noms.count(n) > 1}
        if doubles:
            raise FichierIllisible(
                f"Colonne nommée deux fois\u00a0: {', '.join(sorted(doubles))}. Gardez-en une."
            )
        return noms

    def _excel(self) -> Iterator[Brute]:
        if self.chemin.stat().st_size > EXCEL_MAX:
            raise FichierIllisible(
                "Ce classeur dépasse 20\u00a0Mo. Enregistrez-le en CSV, ou découpez-le."
            )
        try:
            lignes = lire_feuille(self.chemin.read_bytes())
        except FeuilleRefusee as erreur:
            raise FichierIllisible(str(erreur)) from None
        if not lignes:
            raise FichierIllisible(
                "Ce classeur est vide\u00a0: la première ligne nomme les colonnes."
            )
        noms = self._noms(lignes[0])
        for numero, valeurs in enumerate(lignes[1:], 2):
            if any(v != "" for v in valeurs):
                yield _brute(numero, noms, [_texte(v) for v in valeurs])


def _hors_windows(chemin: Path) -> bool:
    """Whether some byte means nothing in Windows' own table."""
    with chemin.open("rb") as octets:
        while bloc := octets.read(1 << 20):
            if any(o in bloc for o in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
                return True
    return False


def _bornees(flux: TextIOWrapper) -> Iterator[str]:
    numero = 0
    while ligne := flux.readline(LIGNE_MAX + 1):
        numero += 1
        if len(ligne) > LIGNE_MAX:
            raise FichierIllisible(
                "Cette ligne dépasse 100\u202f000 caractères\u00a0: ce n’est pas ce fichier, ou ses fins"
                " de ligne sont perdues.",
                numero,
            )
        yield ligne


def _brute(numero: int, noms: list[str | None], valeurs: list[str]) -> Brute:
    cellules = {n: v.strip() for n, v in zip(noms, valeurs, strict=False) if n}
    return Brute(numero, cellules, en_trop=any(v.strip() for v in valeurs[len(noms) :]))


def _texte(valeur: Any) -> str:
    """A cell of Excel as it would stand in a CSV."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    if isinstance(valeur, datetime):
        return valeur.date().isoformat()
    return valeur.isoformat() if isinstance(valeur, date) else str(valeur)

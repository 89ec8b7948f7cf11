"""Lines of a CSV file, whatever its state: encodings, separators, quotes left open, endless lines.

What makes the whole file useless raises `FichierIllisible`, a sentence; what spoils one line is
handed out as a `LigneFautive`, and reading goes on. Nothing longer than a line is ever in memory.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, cast

LIGNE_MAX = 100_000
"""Octets of a line; the register's are under a thousand."""

SUITE_MAX = 10
"""Lines that a quoted value may span."""

SEPARATEURS = {",": "la virgule", ";": "le point-virgule", "\t": "la tabulation", "|": "la barre"}
ARCHIVES = {
    b"PK\x03\x04": "Ce fichier est une archive (zip ou classeur Excel)\u00a0: donnez le CSV qu’elle contient.",
    b"\xff\xfe": "Ce fichier est en UTF-16\u00a0: enregistrez-le en UTF-8.",
    b"\xfe\xff": "Ce fichier est en UTF-16\u00a0: enregistrez-le en UTF-8.",
    b"%PDF": "Ce fichier est un PDF\u00a0: il faut le CSV du registre.",
}  # fmt: skip


class FichierIllisible(Exception):
    """Reading stops here; the message says what to mend in the file."""


@dataclass(frozen=True)
class LigneFautive:
    """A line that is left out, and why."""

    motif: str


Contenu = list[str] | LigneFautive


class Lecteur:
    """Iterates over (line number, values); `colonnes` gives the place of each named value."""

    def __init__(self, fichier: Path, requises: tuple[str, ...]) -> None:
        self.requises = requises
        self.taille = fichier.stat().st_size
        self.numero = 0
        self.colonnes: dict[str, int] = {}
        self.largeur = 0
        self.separateur = ","
        self._brut = cast(IO[bytes], fichier.open("rb"))
        self._suite: list[str] = []
        try:
            self._flux = self._deballer()
            self._lire_entete()
        except BaseException:
            self._brut.close()
            raise

    def __enter__(self) -> Lecteur:
        return self

    def __exit__(
        self, genre: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self._brut.close()

    @property
    def part_lue(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._brut.tell() / self.taille) if self.taille else 1.0

    def _deballer(self) -> IO[bytes]:
        tete = self._brut.read(4)
        self._brut.seek(0)
        if not tete:
            raise FichierIllisible("Ce fichier est vide.")
        for marque, phrase in ARCHIVES.items():
            if tete.startswith(marque):
                raise FichierIllisible(phrase)
        if tete.startswith(b"\x1f\x8b"):
            return cast(IO[bytes], io.BufferedReader(gzip.GzipFile(fileobj=self._brut)))
        return self._brut

    def _lire_entete(self) -> None:
        entete = self._ligne()
        if entete is None:
            raise FichierIllisible("Ce fichier est vide.")
        if isinstance(entete, LigneFautive):
            raise FichierIllisible(
                f"La première ligne n’est pas une liste de colonnes\u00a0: {entete.motif}"
            )
        texte = entete.removeprefix("\ufeff")
        essais = {s: _noms(texte, s) for s in SEPARATEURS}
        self.separateur = max(
            essais, key=lambda s: (sum(c.lower() in essais[s] for c in self.requises), -len(s))
        )
        trouvees = essais[self.separateur]
        manquantes = [c for c in self.requises if c.lower() not in trouvees]
        if manquantes:
            raise FichierIllisible(_colonnes_absentes(manquantes, len(self.requises)))
        self.colonnes, self.largeur = trouvees, len(texte.split(self.separateur))

    def __iter__(self) -> Iterator[tuple[int, Contenu]]:
        while (ligne := self._ligne()) is not None:
            numero = self.numero
            if isinstance(ligne, LigneFautive):
                yield numero, ligne
            elif ligne.strip():
                yield numero, self._decouper(ligne)

    def _decouper(self, ligne: str) -> Contenu:
        if '"' not in ligne:
            valeurs = ligne.split(self.separateur)
        else:
            entiere = self._completer(ligne)
            if entiere is None:
                return LigneFautive("un guillemet n’est pas fermé.")
            try:
                valeurs = next(csv.reader([entiere], delimiter=self.separateur, strict=True))
            except (csv.Error, StopIteration):
                return LigneFautive("les guillemets sont mal placés.")
        if len(valeurs) != self.largeur:
            return LigneFautive(f"{len(valeurs)} colonnes au lieu de {self.largeur}.")
        return valeurs

    def _completer(self, ligne: str) -> str | None:
        """A value in quotes may go on over the next lines; when it never ends, they are read anew."""
        lues: list[str] = []
        entiere = ligne
        while entiere.count('"') % 2:
            suite = self._ligne() if len(lues) < SUITE_MAX else None
            if not isinstance(suite, str):
                self._suite = lues + self._suite
                self.numero -= len(lues)
                return None
            lues.append(suite)
            entiere += " " + suite
        return entiere

    def _ligne(self) -> str | LigneFautive | None:
        """The next physical line without its end; None after the last."""
        if self._suite:
            self.numero += 1
            return self._suite.pop(0)
        try:
            octets = self._flux.readline(LIGNE_MAX)
            if not octets:
                return None
            self.numero += 1
            if len(octets) == LIGNE_MAX and not octets.endswith(b"\n"):
                self._sauter()
                return LigneFautive("plus de 100\u202f000 caractères sur une ligne.")
        except (gzip.BadGzipFile, EOFError, zlib.error) as erreur:
            raise FichierIllisible(
                f"L’archive gz est abîmée ou incomplète après la ligne {self.numero}."
                " Ce qui précède est importé\u00a0; téléchargez-la de nouveau, puis relancez."
            ) from erreur
        return _decoder(octets.rstrip(b"\r\n"))

    def _sauter(self) -> None:
        while (octets := self._flux.readline(LIGNE_MAX)) and not octets.endswith(b"\n"):
            pass


def _decoder(octets: bytes) -> str:
    """UTF-8, else the Windows form of Latin-1; NUL is dropped."""
    try:
        texte = octets.decode("utf-8")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252", errors="replace")
    return texte.replace("\x00", "") if "\x00" in texte else texte


def _noms(entete: str, separateur: str) -> dict[str, int]:
    """Columns by name in lower case, so that « SIRET » is « siret »."""
    return {nom.strip().strip('"').lower(): i for i, nom in enumerate(entete.split(separateur))}


def _colonnes_absentes(manquantes: list[str], attendues: int) -> str:
    if len(manquantes) == attendues:
        return (
            f"Aucune des colonnes attendues ({', '.join(manquantes)}) n’est dans ce fichier."
            " Vérifiez que c’est le bon, et que le séparateur est la virgule ou le point-virgule."
        )
    pluriel = "s" if len(manquantes) > 1 else ""
    return f"Colonne{pluriel} absente{pluriel}\u00a0: {', '.join(manquantes)}."

"""Excel files out, in constant memory, and in, guarded.

A text is always written as text, so that what people typed never becomes a formula. Rows may come
from a generator: only one is in memory at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.infra.archives import ArchiveRefusee, noms
from portal.infra.money import PARIS, de_cents

TypeColonne = Literal[
    "texte", "entier", "decimal", "montant", "pourcentage", "date", "date_heure", "oui_non"
]
Cellule = str | int | Decimal | date | datetime | bool | None

LIGNES_MAX = 1_048_575
TEXTE_MAX = 32_767
TITRE_MAX = 31

_FORMATS: dict[TypeColonne, str] = {
    "texte": "@",
    "entier": "#,##0",
    "decimal": "#,##0.00",
    "montant": '#,##0.00\u00a0"€"',
    "pourcentage": "0.00%",
    "date": "dd/mm/yyyy",
    "date_heure": "dd/mm/yyyy hh:mm",
    "oui_non": "@",
}
_LARGEURS: dict[TypeColonne, int] = {"texte": 24, "date": 12, "date_heure": 17, "montant": 14}
_CONTROLES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_HORS_TITRE = re.compile(r"[\[\]:*?/\\'\U00010000-\U0010ffff]")


class FeuilleRefusee(ValueError):
    """The file is not a spreadsheet we can read; the message is for people."""


@dataclass(frozen=True)
class Colonne:
    """A column: its label, what it holds, its width in characters (a fitting one by default).

    A "montant" is an integer of cents, or a `Decimal` of euros.
    """

    libelle: str
    type: TypeColonne = "texte"
    largeur: int | None = None


@dataclass(frozen=True)
class Feuille:
    """A sheet: its title, its columns, its rows in the same order."""

    titre: str
    colonnes: Sequence[Colonne]
    lignes: Iterable[Sequence[Cellule]]


def ecrire(cible: str | Path | IO[bytes], feuilles: Sequence[Feuille]) -> int:
    """Write a workbook and return how many rows it holds, headers apart."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(cible) if isinstance(cible, Path) else cible, options) as classeur:
        formats = {
            type_: classeur.add_format({"num_format": motif, "valign": "top"})
            for type_, motif in _FORMATS.items()
        }
        entete = classeur.add_format({"bold": True, "bottom": 1, "valign": "top"})
        titres: set[str] = set()
        return sum(
            _feuille(classeur.add_worksheet(_titre(f.titre, titres)), f, formats, entete)
            for f in feuilles
        )


def octets(feuilles: Sequence[Feuille]) -> bytes:
    """A small workbook in memory."""
    flux = BytesIO()
    ecrire(flux, feuilles)
    return flux.getvalue()


def _titre(brut: str, pris: set[str]) -> str:
    """A title that Excel takes: no reserved sign, short, not used twice."""
    net = _HORS_TITRE.sub(" ", _CONTROLES.sub("", brut)).strip() or "Feuille"
    titre, numero = net[:TITRE_MAX], 2
    while titre.lower() in pris:
        suite = f" ({numero})"
        titre, numero = net[: TITRE_MAX - len(suite)] + suite, numero + 1
    pris.add(titre.lower())
    return titre


def _feuille(
    page: Worksheet, feuille: Feuille, formats: dict[TypeColonne, Format], entete: Format
) -> int:
    for x, colonne in enumerate(feuille.colonnes):
        largeur = colonne.largeur or max(
            _LARGEURS.get(colonne.type, 12), min(len(colonne.libelle) + 3, 40)
        )
        page.set_column(x, x, largeur, formats[colonne.type])
    page.freeze_panes(1, 0)
    for x, colonne in enumerate(feuille.colonnes):
        page.write_string(0, x, _texte(colonne.libelle), entete)
    nombre = 0
    for nombre, ligne in enumerate(feuille.lignes, start=1):
        if nombre > LIGNES_MAX:
            raise ValueError("plus de lignes que n’en admet une feuille Excel")
        for x, (colonne, valeur) in enumerate(zip(feuille.colonnes, ligne, strict=True)):
            _cellule(page, nombre, x, colonne.type, valeur, formats[colonne.type])
    if feuille.colonnes:
        page.autofilter(0, 0, nombre, len(feuille.colonnes) - 1)
    return nombre


def _cellule(
    page: Worksheet, y: int, x: int, type_: TypeColonne, valeur: Cellule, format_: Format
) -> None:
    if valeur is None or valeur == "":
        return
    if type_ == "oui_non":
        page.write_string(y, x, "Oui" if valeur else "Non", format_)
    elif type_ in ("date", "date_heure") and isinstance(valeur, date):
        page.write_datetime(y, x, _naif(valeur), format_)
    elif type_ == "montant" and isinstance(valeur, int):
        page.write_number(y, x, float(de_cents(valeur)), format_)
    elif type_ != "texte" and isinstance(valeur, int | Decimal | float):
        page.write_number(y, x, float(valeur), format_)
    else:
        page.write_string(y, x, _texte(str(valeur)), format_)


def _naif(moment: date) -> date:
    """Excel knows no time zone: an instant is written as Paris reads it."""
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(PARIS).replace(tzinfo=None)
    return moment


def _texte(brut: str) -> str:
    return _CONTROLES.sub("", brut)[:TEXTE_MAX]


def lire(contenu: bytes, feuille: int | str = 0) -> list[list[Any]]:
    """The rows of one sheet (by place or name): texts, numbers, dates, booleans, "" when empty."""
    try:
        noms(BytesIO(contenu))
        classeur = CalamineWorkbook.from_filelike(BytesIO(contenu))
        page = (
            classeur.get_sheet_by_index(feuille)
            if isinstance(feuille, int)
            else classeur.get_sheet_by_name(feuille)
        )
        return page.to_python(skip_empty_area=False)
    except ArchiveRefusee as erreur:
        raise FeuilleRefusee(str(erreur)) from None
    except (CalamineError, IndexError, ValueError):
        raise FeuilleRefusee("Le fichier n’est pas un classeur Excel lisible.") from None

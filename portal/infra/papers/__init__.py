"""Papers by Typst: PDF/A-3a and PDF/UA-1 (tagged, archivable), data as JSON, never as markup.

Three templates of ours cover most needs: `courrier.typ` (a letter for a window envelope),
`recu.typ` (a receipt) and `proforma.typ` (issuer, addressee, rows, totals); their first lines say
what data they take. A plugin may bring its own and `#import "/commun.typ": *`. Amounts and dates
arrive already in words (see `portal.infra.money`).
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst
from pypdf import PdfReader

from portal.infra import clock
from portal.infra.papers.typographie import soigner
from portal.settings import get_settings

__all__ = ["DOSSIER", "PapierImpossible", "pdf", "pdf_async", "pdf_texte", "texte_du_pdf"]

DOSSIER = Path(__file__).parent
NORMES: list[typst.PDFStandard] = ["a-3a", "ua-1"]


class PapierImpossible(RuntimeError):
    """The template and its data don't go together: a mistake of ours, told with its place."""


def pdf(gabarit: str | Path, donnees: dict[str, Any], *, moment: datetime | None = None) -> bytes:
    """Set a paper. `gabarit` is one of our templates by name (`"courrier"`), or a path.

    `donnees` holds texts, lists and dictionaries; the issuer (`opco`) comes from the settings
    unless given. `moment` dates the file: the same data and moment give the same bytes.
    """
    moment = moment or clock.instant()
    entree = json.dumps({"opco": _opco(), **soigner(donnees)}, ensure_ascii=False)
    try:
        return typst.compile(
            _source(gabarit),
            root=str(DOSSIER),  # type: ignore[type-var]
            font_paths=_polices(),
            ignore_system_fonts=True,
            sys_inputs={"donnees": entree},
            pdf_standards=NORMES,
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as erreur:
        raise PapierImpossible(f"{gabarit} : {erreur.diagnostic or erreur.message}") from None


async def pdf_async(
    gabarit: str | Path, donnees: dict[str, Any], *, moment: datetime | None = None
) -> bytes:
    """`pdf` in a thread, so that a long paper doesn't hold the others up."""
    return await asyncio.to_thread(pdf, gabarit, donnees, moment=moment)


def pdf_texte(titre: str, paragraphes: list[str], *, moment: datetime | None = None) -> bytes:
    """A plain page of text, for what needs no layout of its own."""
    sections = [{"titre": "Contenu", "paragraphes": paragraphes}] if paragraphes else []
    return pdf("recu", {"titre": titre, "sections": sections}, moment=moment)


def texte_du_pdf(contenu: bytes) -> str:
    """The text of a PDF, its non-breaking spaces made plain: to search in it."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(contenu)).pages)
    return "\n".join(pages).replace("\u00a0", " ").replace("\u202f", " ")


def _opco() -> dict[str, Any]:
    settings = get_settings()
    opco: dict[str, Any] = {
        "nom": settings.opco_nom,
        "adresse": settings.opco_adresse,
        "telephone": settings.opco_telephone,
    }
    return {cle: soigner(valeur) for cle, valeur in opco.items()}


def _source(gabarit: str | Path) -> bytes:
    chemin = Path(gabarit)
    if isinstance(gabarit, str) and chemin.name == gabarit:
        chemin = DOSSIER / f"{gabarit.removesuffix('.typ')}.typ"
    return chemin.read_bytes()


@lru_cache(maxsize=1)
def _polices() -> typst.Fonts:
    """Source Sans (a dependency) and Typst's own: the same paper on every machine."""
    dossier = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(dossier)])

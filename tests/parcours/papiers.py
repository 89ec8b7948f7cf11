"""Small real PDFs that people of the journeys deposit, and readers of what they are given."""

from __future__ import annotations

from pathlib import Path

from portal.infra.papers import pdf_texte, texte_du_pdf

__all__ = ["illisible", "papier", "texte"]


def papier(titre: str, *lignes: str) -> bytes:
    """A page of text."""
    return pdf_texte(titre, list(lignes) or ["Document de l’essai."])


def illisible() -> bytes:
    """What calls itself a PDF and isn't one."""
    return b"MZ\x90\x00 ceci n'est pas un PDF"


def texte(contenu: bytes | Path) -> str:
    """The words of a PDF on one line, spaces made plain."""
    lu = contenu.read_bytes() if isinstance(contenu, Path) else contenu
    assert lu.startswith(b"%PDF"), lu[:60]
    return " ".join(texte_du_pdf(lu).split())

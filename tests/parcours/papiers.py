"""Small real PDFs that people of the journeys deposit, and readers of what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from portal.infra.money import date_longue, euros
from portal.infra.papers import pdf, pdf_texte, texte_du_pdf

__all__ = ["facture", "illisible", "papier", "texte"]


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


def facture(
    *,
    numero: str,
    jour: date,
    emetteur: Sequence[str],
    destinataire: str,
    dossier: str,
    centimes: int,
    iban: str,
    complete: bool = True,
) -> bytes:
    """An invoice as a company's own software would make it, net of taxes.

    Not `complete`: neither the dossier nor the amount are on it.
    """
    lignes = [[dossier, "Formation", euros(centimes)]] if complete else []
    return pdf(
        "proforma",
        {
            "opco": {"nom": emetteur[0]},
            "titre": "Facture",
            "numero": numero,
            "date": date_longue(jour),
            "mention": "",
            "emetteur": {"libelle": "Émetteur", "lignes": list(emetteur)},
            "destinataire": {"libelle": "À l’ordre de", "lignes": [destinataire]},
            "paires": [["IBAN", iban]],
            "tableau": {
                "colonnes": ["Dossier", "Objet", "Montant"],
                "lignes": lignes,
                "totaux": [["Total net de taxes", euros(centimes if complete else 0)]],
            },
            "note": "TVA non applicable, article 293 B du CGI.",
        },
    )

"""An invoice as the issuer's software would make it: for the demo and the tests, never for real."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.core.entreprises.fiche import espacer
from portal.factures import proformas
from portal.factures.registre import cible, rib_de
from portal.infra import clock, papers
from portal.infra.money import date_longue, euros

IBAN_EXEMPLE = "FR7630006000011234567890189"


async def depuis_proforma(proforma: dict[str, Any]) -> tuple[bytes, str]:
    """The PDF of a plausible invoice for a proforma, and its file name."""
    jour = await clock.aujourd_hui()
    numero = f"FA-{jour.year}-{proforma['numero'].rpartition('-')[2]}"
    rib = await rib_de(proforma["emetteur_siren"], proforma["emetteur_profil"])
    contenu = await facture(
        numero=numero,
        jour=jour,
        emetteur=await proformas.identite(proforma["emetteur_siren"]),
        cible_code=proforma["cible"],
        lignes=[
            (li["dossier_numero"], li["libelle"], li["montant_centimes"])
            for li in await proformas.lignes(proforma["id"])
        ],
        iban=rib.masque if rib else IBAN_EXEMPLE,
    )
    return contenu, f"{numero}.pdf"


async def facture(
    *,
    numero: str,
    jour: date,
    emetteur: Sequence[str],
    cible_code: str,
    lignes: Sequence[tuple[str, str, int]],
    iban: str = IBAN_EXEMPLE,
    tva_centimes: int = 0,
    ht_centimes: int | None = None,
    mention: str = "",
) -> bytes:
    """An invoice: net of taxes unless VAT is given. `lignes`: dossier number, words, cents."""
    destinataire = cible(cible_code)
    total = sum(montant for _, _, montant in lignes)
    if tva_centimes:
        ht = total - tva_centimes if ht_centimes is None else ht_centimes
        totaux = [
            ["Total HT", euros(ht)],
            ["TVA", euros(tva_centimes)],
            ["Total TTC", euros(total)],
        ]
        note = "TVA acquittée sur les encaissements."
    else:
        totaux = [["Total net de taxes", euros(total)]]
        note = "TVA non applicable, article 293 B du CGI."
    siren = [f"SIREN {espacer(destinataire.siren)}"] if destinataire.siren else []
    return await papers.pdf_async(
        "proforma",
        {
            "opco": {"nom": emetteur[0]},
            "titre": "Facture",
            "numero": numero,
            "date": date_longue(jour),
            "mention": mention,
            "emetteur": {"libelle": "Émetteur", "lignes": list(emetteur)},
            "destinataire": {
                "libelle": "À l’ordre de",
                "lignes": [destinataire.nom, *destinataire.adresse, *siren],
            },
            "paires": [["IBAN", espacer_iban(iban)], ["Échéance", "30 jours"]],
            "tableau": {
                "colonnes": ["Dossier", "Formation", "Montant"],
                "lignes": [[dossier, mots, euros(montant)] for dossier, mots, montant in lignes],
                "totaux": totaux,
            },
            "note": note,
        },
    )


def espacer_iban(iban: str) -> str:
    """An IBAN in groups of four; a masked one stays as it is."""
    if "*" in iban or " " in iban:
        return iban
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))

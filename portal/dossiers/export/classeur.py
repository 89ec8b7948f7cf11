"""The workbook: a row per dossier with its money, then the sheets that upper rooms add."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from portal.dossiers.recherche.queries import Filtres, tous
from portal.dossiers.registre import libelle
from portal.dossiers.transitions import LIBELLES
from portal.infra.sheets import Colonne
from portal.infra.sheets_flux import FeuilleFlux, Ligne, Progres, ecrire_flux
from portal.web.identite import Personne

COLONNES = (
    Colonne("Numéro", "texte", 18),
    Colonne("Dispositif", "texte", 24),
    Colonne("Intitulé", "texte", 40),
    Colonne("État", "texte", 16),
    Colonne("SIREN", "texte", 12),
    Colonne("SIRET", "texte", 17),
    Colonne("Entreprise", "texte", 32),
    Colonne("Début", "date"),
    Colonne("Fin", "date"),
    Colonne("Personnes", "entier"),
    Colonne("Noms", "texte", 40),
    Colonne("Organisme", "texte", 32),
    Colonne("Transmis le", "date"),
    Colonne("Demandé", "montant"),
    Colonne("Accordé", "montant"),
    Colonne("Facturé", "montant"),
    Colonne("Payé", "montant"),
    Colonne("Reste à payer", "montant"),
)

FEUILLES: list[Callable[[Personne], FeuilleFlux]] = []
"""Sheets that upper rooms add (invoices): each makes one, within the person's reach."""


async def fabriquer(
    moi: Personne, filtres: Filtres, chemin: Path, progres: Progres | None = None
) -> int:
    """Write everything within reach that the filters keep; the number of rows."""
    feuilles = [FeuilleFlux("Dossiers", COLONNES, _lignes(moi, filtres))]
    feuilles += [faire(moi) for faire in FEUILLES]
    return await ecrire_flux(chemin, feuilles, progres)


async def _lignes(moi: Personne, filtres: Filtres) -> AsyncIterator[Ligne]:
    async for dossier in tous(moi, filtres):
        yield _ligne(dossier)


def _ligne(d: dict[str, Any]) -> Ligne:
    accorde = d["accorde_centimes"]
    return (
        d["numero"] or "Brouillon",
        libelle(d["dispositif"]),
        d["intitule"],
        LIBELLES[d["etat"]],
        d["siren"],
        d["siret"],
        d["denomination"] or "",
        d["debut"],
        d["fin"],
        d["nb_personnes"],
        d["personnes"],
        d["organisme_nom"],
        d["transmis_jour"],
        d["demande_centimes"],
        accorde,
        d["facture_centimes"],
        d["paye_centimes"],
        None if accorde is None or not d["argent"] else accorde - (d["paye_centimes"] or 0),
    )

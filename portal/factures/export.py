"""The sheet « Factures » of « Exporter vers Excel »."""

from __future__ import annotations

from collections.abc import AsyncIterator

from portal.factures.consultation import lignes_export
from portal.infra.sheets import Colonne
from portal.infra.sheets_flux import FeuilleFlux, Ligne
from portal.web.identite import Personne

COLONNES = (
    Colonne("Facture", "texte", 20),
    Colonne("État", "texte", 14),
    Colonne("SIREN de l’émetteur", "texte", 18),
    Colonne("Émetteur", "texte", 32),
    Colonne("À l’ordre de", "texte", 24),
    Colonne("Dispositif", "texte", 24),
    Colonne("Date de la facture", "date"),
    Colonne("Déposée le", "date"),
    Colonne("Payée le", "date"),
    Colonne("Dossier", "texte", 18),
    Colonne("Entreprise", "texte", 32),
    Colonne("Intitulé", "texte", 40),
    Colonne("Demande", "texte", 18),
    Colonne("Montant pour ce dossier", "montant"),
)


def feuille(moi: Personne) -> FeuilleFlux:
    return FeuilleFlux("Factures", COLONNES, _lignes(moi))


async def _lignes(moi: Personne) -> AsyncIterator[Ligne]:
    async for f in lignes_export(moi):
        yield (
            f["numero"],
            f["etat"],
            f["emetteur_siren"],
            f["emetteur_nom"],
            f["cible"],
            f["dispositif"],
            f["date_facture"],
            f["deposee_jour"],
            f["payee_jour"],
            f["dossier"],
            f["denomination"],
            f["intitule"],
            f["demande"],
            f["montant_centimes"],
        )

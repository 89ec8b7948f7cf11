"""What this room hands to the application."""

from __future__ import annotations

from portal.dossiers import volets
from portal.dossiers.export import classeur
from portal.dossiers.transitions import DossierTransite
from portal.factures import (
    demandes,
    depot,
    export,
    fournisseurs,
    pages,
    pages_demandes,
    pages_depot,
    pages_proforma,
    pages_validation,
    registre,
)
from portal.infra import evenements
from portal.web.cablage import Cablage

TACHES = (depot.purger_depots,)


async def sur_transition(evenement: DossierTransite) -> None:
    """A cancelled dossier takes its waiting requests along, or stays when money is under way."""
    if evenement.transition.vers == "annule" and evenement.dossier["accorde_centimes"] is not None:
        await demandes.clore(evenement.dossier, "Dossier annulé")


def cabler(c: Cablage) -> None:
    registre.CIBLES.clear()
    registre.CIBLES.update(c.cibles)
    for lot in (pages_demandes, pages_validation, pages_proforma, pages_depot, pages):
        c.gestionnaires += lot.GESTIONNAIRES
    if c.settings.demo:
        c.gestionnaires.append(pages_proforma.facture_exemple)
    c.fournisseurs.navigation.append(fournisseurs.navigation)
    c.fournisseurs.taches.append(fournisseurs.taches)
    c.fournisseurs.chiffres.append(fournisseurs.chiffres)
    if fournisseurs.volet not in volets.VOLETS:
        volets.VOLETS.append(fournisseurs.volet)
    if export.feuille not in classeur.FEUILLES:
        classeur.FEUILLES.append(export.feuille)
    evenements.sur(DossierTransite, sur_transition)

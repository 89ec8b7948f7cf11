"""What the reprise hands to the application."""

from __future__ import annotations

from portal.dossiers import volets
from portal.factures import registre
from portal.reprise import historique, pages
from portal.web.cablage import Cablage

ONGLET = registre.Onglet("Historique", pages.CHEMIN)


def cabler(c: Cablage) -> None:
    c.gestionnaires += [pages.lister, pages.voir_rib, pages.enregistrer_rib]
    c.fournisseurs.bienvenue.append(historique.bienvenue)
    if historique.volet not in volets.VOLETS:
        volets.VOLETS.append(historique.volet)
    if ONGLET not in registre.ONGLETS:
        registre.ONGLETS.append(ONGLET)

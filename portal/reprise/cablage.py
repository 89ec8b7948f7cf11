"""What the reprise hands to the application."""

from __future__ import annotations

from portal.core.rattachements.repris import AccesImpossible, AccesRendu
from portal.dossiers import volets
from portal.factures import registre
from portal.infra import evenements
from portal.reprise import avis, historique, pages
from portal.web.cablage import Cablage

ONGLET = registre.Onglet("Historique", pages.CHEMIN)


def cabler(c: Cablage) -> None:
    c.gestionnaires += [pages.lister, pages.voir_rib, pages.enregistrer_rib]
    c.fournisseurs.bienvenue.append(historique.bienvenue)
    evenements.sur(AccesRendu, avis.sur_acces_rendu)
    evenements.sur(AccesImpossible, avis.sur_acces_impossible)
    if historique.volet not in volets.VOLETS:
        volets.VOLETS.append(historique.volet)
    if ONGLET not in registre.ONGLETS:
        registre.ONGLETS.append(ONGLET)

"""What payments hand to the application, and to the pages of invoices below."""

from portal.factures import registre
from portal.reglements import accueil, pages, pages_lots, pages_rib
from portal.web.cablage import Cablage

ONGLETS = (registre.Onglet("Mes règlements", "/reglements"),)


def cabler(c: Cablage) -> None:
    c.gestionnaires += [
        pages.lister,
        pages.avis,
        *pages_lots.GESTIONNAIRES,
        pages_rib.lister,
        pages_rib.montrer,
        pages_rib.enregistrer,
    ]
    if c.settings.demo:
        c.gestionnaires.append(pages_lots.retour_simule)
    c.fournisseurs.navigation.append(accueil.navigation)
    c.fournisseurs.sous |= {"/rib": "/rattachements", "/reglements": "/factures"}
    c.fournisseurs.sous["/entreprise"] = "/rattachements"
    c.fournisseurs.taches.append(accueil.taches)
    c.fournisseurs.chiffres.append(accueil.chiffres)
    c.fournisseurs.acces.append(accueil.acces)
    registre.BRANCHEMENTS.rib = accueil.rib_vu
    registre.BRANCHEMENTS.paiements = accueil.paiements_vus
    registre.ONGLETS += [o for o in ONGLETS if o not in registre.ONGLETS]

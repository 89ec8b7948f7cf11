"""What companies hand to the application."""

from __future__ import annotations

from portal.core.entreprises import pages
from portal.core.entreprises.fiche import PROFILS, espacer
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Lien
from portal.web.identite import Personne

ROLES = frozenset({"conseiller", "aef", "gestionnaire", "administrateur"})


def navigation(moi: Personne) -> list[Lien]:
    """« Entreprises », for the staff who look after them."""
    if moi.roles & ROLES:
        return [Lien("Entreprises", "/entreprises", "entreprise", ordre=20)]
    return []


def cabler(c: Cablage) -> None:
    c.gestionnaires += pages.GESTIONNAIRES
    c.globaux.update(espacer=espacer, libelles_profils=PROFILS)
    c.fournisseurs.navigation.append(navigation)

"""What companies hand to the application."""

from __future__ import annotations

from portal.core.comptes import preferences
from portal.core.entreprises import annuaire, pages, pages_saisies, saisies, verification
from portal.core.entreprises.fiche import PROFILS, espacer
from portal.core.entreprises.geographie import REGIONS
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Lien, Tache
from portal.web.identite import Personne

TACHES = (verification.reverifier, annuaire.interroger)
"""Background jobs, registered by this import."""

ROLES = frozenset(saisies.ROLES)


def navigation(moi: Personne) -> list[Lien]:
    """« Entreprises », for the staff who look after them."""
    if moi.roles & ROLES:
        return [Lien("Entreprises", "/entreprises", "entreprise", ordre=20)]
    return []


async def taches(moi: Personne) -> list[Tache]:
    """What was typed by hand and differs from the register, for those who can ask the company."""
    if not moi.roles & ROLES or not (nombre := await saisies.compter_a_traiter(moi)):
        return []
    if nombre == 1:
        titre = "Une entreprise saisie à la main est à vérifier"
    else:
        titre = f"{nombre}\u00a0entreprises saisies à la main sont à vérifier"
    return [Tache(titre, "/entreprises/a-verifier", "Différentes du registre, ou introuvables.")]


def cabler(c: Cablage) -> None:
    c.gestionnaires += [*pages.GESTIONNAIRES, *pages_saisies.GESTIONNAIRES]
    c.globaux.update(espacer=espacer, libelles_profils=PROFILS)
    c.fournisseurs.navigation.append(navigation)
    preferences.proposer_regions(REGIONS.values())
    c.fournisseurs.taches.append(taches)

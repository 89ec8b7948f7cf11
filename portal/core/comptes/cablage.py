"""What accounts hand to the application."""

from __future__ import annotations

from portal.core.comptes import (
    pages_compte,
    pages_connexion,
    pages_email,
    pages_facteurs,
    pages_inscription,
    pages_renfort,
    parcage,
    purge,
    queries,
)  # fmt: skip
from portal.web import pages_fixes
from portal.web.cablage import Cablage

TACHES = (purge.purger,)


def cabler(c: Cablage) -> None:
    """Pages, who is asking, and where a form goes whose session has ended."""
    c.fournisseurs.charger_personne = queries.charger_personne
    c.fournisseurs.parquer = parcage.parquer
    c.gestionnaires += [
        *pages_connexion.GESTIONNAIRES,
        *pages_inscription.GESTIONNAIRES,
        *pages_compte.GESTIONNAIRES,
        *pages_email.GESTIONNAIRES,
        *pages_renfort.GESTIONNAIRES,
        *pages_facteurs.GESTIONNAIRES,
        *pages_fixes.GESTIONNAIRES,
    ]

"""What « Aide et contacts » hands to the application."""

from __future__ import annotations

from portal.core.contact import horaires, operations, pages, queries
from portal.settings import ReglageInvalide
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Tache
from portal.web.identite import Personne

TACHES = (operations.purger,)
"""Background jobs, registered by this import."""


async def taches(moi: Personne) -> list[Tache]:
    """Messages that wait for an answer."""
    if not moi.roles & set(queries.ROLES) or not (nombre := await queries.compter(moi)):
        return []
    if nombre == 1:
        return [Tache("Une demande de contact attend une réponse", "/contacts")]
    return [Tache(f"{nombre}\u00a0demandes de contact attendent une réponse", "/contacts")]


def cabler(c: Cablage) -> None:
    try:
        horaires.lire(c.settings.opco_horaires)
    except ValueError as erreur:
        raise ReglageInvalide(f"PORTAL_OPCO_HORAIRES\u00a0: {erreur}.") from erreur
    c.gestionnaires += pages.GESTIONNAIRES
    c.fournisseurs.taches.append(taches)

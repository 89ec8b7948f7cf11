"""What an administrator has to do about mandates: answer those that are asked."""

from __future__ import annotations

from portal.core.rattachements.mandats import queries
from portal.infra.money import date_longue
from portal.web.fournisseurs import Tache
from portal.web.identite import Personne


async def taches(moi: Personne) -> list[Tache]:
    """One for each request that waits."""
    if moi.est_interne or not moi.a_le_droit("rattachements.saisir"):
        return []
    return [
        Tache(
            f"Répondre à la demande de mandat de {m.mandataire_nom}",
            f"/entreprise/{m.mandant}/adherent/mandats/{m.uid}",
            f"{m.mandant_nom}, depuis le {date_longue(m.propose_le)}",
        )
        for m in await queries.en_attente(moi)
    ]

"""In whose name somebody acts on a dossier: kept with what she does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.core.rattachements.mandats import queries as mandats
from portal.web.identite import Personne


async def au_titre_de(moi: Personne | None, dossier: Mapping[str, Any]) -> dict[str, str]:
    """`{"mandataire": name}` when it is by a mandat de gestion alone, else nothing."""
    if moi is None or dossier["profil"] != "adherent" or "prestataire" not in moi.profils:
        return {}
    nom = await mandats.au_titre_de(
        moi, dossier["siren"], dossier["siret"], dossier["dispositif"], dossier["uid"]
    )
    return {"mandataire": nom} if nom else {}


def signature(moi: Personne | None, titre: Mapping[str, str]) -> str:
    """How the timeline names who acted."""
    if moi is None:
        return "Le portail"
    return f"{moi.nom_affiche}, pour {titre['mandataire']}" if titre else moi.nom_affiche

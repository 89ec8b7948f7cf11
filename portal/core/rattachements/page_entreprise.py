"""What the pages of a company share: their address, what each shows, who is within reach."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar.di import NamedDependency

from portal.core.rattachements.entites import entite
from portal.core.rattachements.modeles import ADMINISTRER
from portal.core.rattachements.perimetre import exiger_entreprise, voit
from portal.core.rattachements.queries import Acces, un_acces
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne

CONSULTER, SAISIR, SUPPRIMER = (
    "rattachements.consulter", "rattachements.saisir", "rattachements.supprimer",
)  # fmt: skip
RACINE = "/entreprise/{siren:str}/{profil:str}"
UTILISATEUR = f"{RACINE}/utilisateurs/{{uid:uuid}}"

Connus = NamedDependency[list[tuple[str, str]]]
"""Annotation of `dispositifs_connus`: (code, label) of each."""


def racine(siren: str, profil: str) -> str:
    """`RACINE` of one company."""
    return f"/entreprise/{siren}/{profil}"


async def communs(moi: Personne, siren: str, profil: str) -> dict[str, Any]:
    """What every page of a company shows."""
    return {
        "entite": await entite(siren, profil),
        "racine": racine(siren, profil),
        "administre": await voit(moi, ADMINISTRER, siren, None, profil),
        "moi_id": moi.compte_id,
    }


async def acces_visible(moi: Personne, siren: str, profil: str, uid: UUID) -> Acces:
    """A living access within this person's reach, else 404."""
    await exiger_entreprise(moi, CONSULTER, siren, profil)
    acces = await un_acces(moi, siren, profil, uid)
    if acces is None:
        raise Introuvable()
    return acces

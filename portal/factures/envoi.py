"""What the company's page does in one go: amounts, evidence in and out, and the sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile

from portal.factures import demandes, pieces
from portal.infra.base import transaction
from portal.web.identite import Personne


@dataclass(frozen=True)
class Envoi:
    """What was typed and chosen; `fichiers` by piece, `retirer` a document to take out."""

    montants: Mapping[str, Decimal]
    derniere: bool = False
    fichiers: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict)
    retirer: UUID | None = None
    transmettre: bool = False


@dataclass(frozen=True)
class Resultat:
    """The request as it stands, and what is wrong by field; the draft is kept whatever is."""

    demande: dict[str, Any]
    erreurs: Mapping[str, str]

    @property
    def transmise(self) -> bool:
        return self.demande["etat"] == "transmise"


async def envoyer(moi: Personne, dossier_uid: UUID, envoi: Envoi) -> Resultat:
    """Keep the draft with its evidence, then send it if asked to and nothing is wrong."""
    async with transaction():
        dossier = await demandes.ouvrir(moi, dossier_uid)
        demande = await demandes.garder(moi, dossier, envoi.montants, envoi.derniere)
        erreurs: Mapping[str, str] = await pieces.recevoir(moi, dossier, demande, envoi.fichiers)
        await pieces.reprendre(dossier, demande)
        if envoi.retirer:
            await pieces.detacher(demande, envoi.retirer)
        if envoi.transmettre and not erreurs:
            demande, bilan = await demandes.conclure(moi, dossier, demande)
            erreurs = bilan.erreurs
        if demande["etat"] == "brouillon":
            await demandes.noter_brouillon(moi, demande, retiree=envoi.retirer)
        return Resultat(demande, erreurs)

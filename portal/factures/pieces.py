"""Evidence of a request: documents of the dossier, by the company or the body that bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile

from portal.dossiers.documents import operations as documents
from portal.factures import demandes
from portal.infra.base import executer, sql
from portal.infra.files import FichierRefuse
from portal.web.identite import Personne


async def recevoir(
    moi: Personne,
    dossier: dict[str, Any],
    demande: dict[str, Any],
    envois: Mapping[str, Sequence[UploadFile]],
) -> dict[str, str]:
    """Keep the files sent under each piece; messages of those that are refused, by field."""
    erreurs: dict[str, str] = {}
    connues = {p.code for p in await demandes.pieces(dossier)}
    for piece, fichiers in envois.items():
        for fichier in fichiers if piece in connues else ():
            try:
                document = await documents.deposer(moi, dossier, piece, fichier)
            except FichierRefuse as refus:
                erreurs[f"piece_{piece}"] = f"{fichier.filename}\u00a0: {refus}"
            else:
                await demandes.joindre(demande["id"], document["id"])
    return erreurs


async def reprendre(dossier: dict[str, Any], demande: dict[str, Any]) -> None:
    """Evidence already among the dossier's documents, and of no other request, comes along."""
    codes = [p.code for p in await demandes.pieces(dossier)]
    libres = await sql(
        "select c.id from document c where c.dossier = $1 and c.courant and c.piece = any($2)"
        " and not exists (select 1 from demande_document j where j.document = c.id)",
        dossier["id"],
        codes,
    )
    for document in libres:
        await demandes.joindre(demande["id"], document["id"])


async def detacher(demande: dict[str, Any], document_uid: UUID) -> None:
    """Take a document out of a draft; it stays among the dossier's."""
    await executer(
        "delete from demande_document j using document c where j.demande = $1"
        " and c.id = j.document and c.uid = $2",
        demande["id"],
        document_uid,
    )

"""Evidence uploaded with a request: documents of the dossier, by the company or the body that bills."""

from __future__ import annotations

from typing import Any

from litestar.datastructures import UploadFile

from portal.factures import demandes
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.infra.files import FichierRefuse, ranger
from portal.settings import get_settings
from portal.web.identite import Personne

TYPES = {"pdf", "jpg", "png"}


async def recevoir(
    moi: Personne,
    dossier: dict[str, Any],
    demande: dict[str, Any],
    envois: dict[str, list[UploadFile]],
) -> dict[str, str]:
    """Keep the files sent under each piece; messages of those that are refused, by field."""
    erreurs: dict[str, str] = {}
    connues = {p.code for p in demandes.pieces(dossier)}
    for piece, fichiers in envois.items():
        for fichier in fichiers if piece in connues else ():
            try:
                await _garder(moi, dossier, demande, piece, fichier)
            except FichierRefuse as refus:
                erreurs[f"piece_{piece}"] = f"{fichier.filename}\u00a0: {refus}"
    return erreurs


async def _garder(
    moi: Personne,
    dossier: dict[str, Any],
    demande: dict[str, Any],
    piece: str,
    fichier: UploadFile,
) -> None:
    range_ = await ranger(fichier, fichier.filename, get_settings().max_upload, types=TYPES)
    document = await sql1(
        "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier,"
        " depose_par, depose_le) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        dossier["id"],
        piece,
        range_.nom_sur,
        range_.type_mime,
        range_.taille,
        range_.sha256,
        range_.cle,
        moi.compte_id,
        clock.instant(),
    )
    assert document is not None
    await demandes.joindre(demande["id"], document["id"])


async def reprendre(dossier: dict[str, Any], demande: dict[str, Any]) -> None:
    """Evidence already among the dossier's documents, and of no other request, comes along."""
    codes = [p.code for p in demandes.pieces(dossier)]
    libres = await sql(
        "select c.id from document c where c.dossier = $1 and c.courant and c.piece = any($2)"
        " and not exists (select 1 from demande_document j where j.document = c.id)",
        dossier["id"],
        codes,
    )
    for document in libres:
        await demandes.joindre(demande["id"], document["id"])

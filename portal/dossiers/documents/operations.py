"""Adding, replacing and removing a dossier's documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile

from portal.core.journal import operations as journal
from portal.dossiers import queries, transitions
from portal.dossiers.registre import dispositif as du_registre
from portal.infra import clock, jobs
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.files import FichierRefuse, ranger, supprimer
from portal.settings import get_settings
from portal.web.erreurs import Conflit, Introuvable, Refus
from portal.web.identite import Personne

OUVERTS = ("brouillon", "transmis", "en_instruction", "a_completer", "accorde", "en_cours")
"""States in which a document may still be added."""

TYPES = {"pdf", "jpg", "png"}
SANS_FICHIER = "Choisissez un fichier, puis déposez-le."
EFFACER = "dossiers.effacer_fichier"
LIBRE = "autre"
"""Type of a document that no piece asks for, added after transmission."""


async def ajouter(
    moi: Personne, uid: UUID, piece: str, fichier: UploadFile, *, remplace: UUID | None = None
) -> dict[str, Any]:
    """Keep a file under a piece type; the former version stays, marked replaced.

    Raises `FichierRefuse` with a sentence for the field.
    """
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    return await deposer(moi, dossier, piece, fichier, remplace=remplace)


async def deposer(
    moi: Personne,
    visible: dict[str, Any],
    piece: str,
    fichier: UploadFile,
    *,
    remplace: UUID | None = None,
) -> dict[str, Any]:
    """The same, of a dossier that the caller has checked this person may add to."""
    if not fichier.filename:
        raise FichierRefuse(SANS_FICHIER)
    _exiger_piece(visible, piece)
    range_ = await ranger(fichier, fichier.filename, get_settings().max_upload, types=TYPES)
    async with transaction():
        dossier = await transitions.verrouiller(visible["id"])
        if dossier["etat"] not in OUVERTS:
            raise Conflit(
                "Ce dossier n’accepte plus de document",
                "Il est terminé. Écrivez à votre gestionnaire si un document manque.",
            )
        _exiger_piece(dossier, piece)
        ancien = await _remplacer(dossier["id"], remplace) if remplace else None
        document = await sql1(
            "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier,"
            " remplace, depose_par, depose_le) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " returning *",
            dossier["id"],
            piece,
            range_.nom_sur,
            range_.type_mime,
            range_.taille,
            range_.sha256,
            range_.cle,
            ancien,
            moi.compte_id,
            clock.instant(),
        )
        assert document is not None
        if dossier["etat"] == "brouillon":
            await _journal("dossier.document", dossier, document, moi)
        else:
            await transitions.noter(
                dossier, "document", f"Document ajouté\u00a0: {range_.nom_sur}", moi, piece=piece
            )
        return document


async def retirer(moi: Personne, uid: UUID) -> dict[str, Any]:
    """Take a document out of a draft; after transmission it can only be replaced."""
    async with transaction():
        document = await sql1("select * from document where uid = $1 and courant for update", uid)
        if document is None:
            raise Introuvable()
        proprietaire = await sql1("select uid from dossier where id = $1", document["dossier"])
        assert proprietaire is not None
        dossier = await queries.exiger(moi, proprietaire["uid"], "dossiers.saisir")
        if dossier["etat"] != "brouillon":
            raise Conflit(
                "Le dossier est transmis",
                "Un document transmis reste au dossier\u00a0; vous pouvez en déposer une autre version.",
            )
        await executer("delete from document where id = $1", document["id"])
        await jobs.planifier(EFFACER, cle_fichier=document["cle_fichier"])
        await _journal("dossier.document_retire", dossier, document, moi)
        return dossier


async def oublier(dossier_id: int) -> None:
    """Drop all documents of a draft, replaced versions too; the files go once nobody knows them."""
    lignes = await sql("delete from document where dossier = $1 returning cle_fichier", dossier_id)
    for ligne in lignes:
        await jobs.planifier(EFFACER, cle_fichier=ligne["cle_fichier"])


async def recopier(de: int, vers: int) -> None:
    """The same files for another dossier, current versions only."""
    await executer(
        "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier,"
        " depose_par, depose_le) select $2, piece, nom, type_mime, taille, sha256, cle_fichier,"
        " depose_par, depose_le from document where dossier = $1 and courant order by id",
        de,
        vers,
    )


@jobs.tache(EFFACER)
async def effacer(cle_fichier: str) -> None:
    """Delete a file from the store, unless a document still holds it."""
    if await sql1("select 1 as un from document where cle_fichier = $1", cle_fichier) is None:
        await supprimer(cle_fichier)


async def lisible(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The document, if this person may read its dossier."""
    document = await sql1(
        "select c.*, d.uid as dossier_uid from document c join dossier d on d.id = c.dossier"
        f" where c.uid = $2 and {queries.portee(moi)}",
        moi.compte_id,
        uid,
    )
    if document is None:
        raise Introuvable()
    return document


async def _journal(
    action: str, dossier: dict[str, Any], document: dict[str, Any], moi: Personne
) -> None:
    """The audit line of a draft's document: its timeline starts with its transmission."""
    await journal.noter(
        action,
        acteur=moi,
        objet=("dossier", dossier["uid"]),
        siren=dossier["siren"],
        profil=dossier["profil"],
        piece=document["piece"],
    )


async def _remplacer(dossier_id: int, uid: UUID) -> int:
    ancien = await sql1(
        "update document set courant = false where uid = $1 and dossier = $2 returning id",
        uid,
        dossier_id,
    )
    if ancien is None:
        raise Introuvable()
    return int(ancien["id"])


def _exiger_piece(dossier: dict[str, Any], piece: str) -> None:
    connues = {p.code for p in du_registre(dossier["dispositif"]).pieces}
    if piece not in connues and not (piece == LIBRE and dossier["etat"] != "brouillon"):
        raise Refus("Ce type de document n’est pas attendu pour ce dossier.")

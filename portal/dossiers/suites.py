"""What a company does after transmission: answer a request for more, cancel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.dossiers import queries, transitions
from portal.dossiers.registre import dispositif as du_registre
from portal.grandlivre import operations as grandlivre
from portal.grandlivre import queries as soldes
from portal.infra import clock
from portal.infra.base import executer, transaction
from portal.infra.texte import enregistrable
from portal.web.erreurs import Conflit, Refus
from portal.web.identite import Personne


async def repondre(moi: Personne, uid: UUID, message: str) -> None:
    """Close the open request for more: the dossier goes back to its gestionnaire.

    Raises `Refus` when a document asked for is missing and nothing says why.
    """
    message = enregistrable(message).strip()[:2000]
    async with transaction():
        dossier = await queries.exiger(moi, uid, "dossiers.saisir")
        dossier = await transitions.verrouiller(dossier["id"])
        ouvert = await queries.complement_ouvert(dossier["id"])
        if ouvert is None:
            raise Conflit("Rien n’est demandé", "Ce dossier n’attend pas de complément.")
        if not message and (manquent := await _documents_manquants(dossier, ouvert)):
            raise Refus(
                f"Déposez d’abord\u00a0: {', '.join(manquent)}. Si vous ne le pouvez pas, dites "
                "pourquoi au gestionnaire dans le message."
            )
        await executer(
            "update complement set repondu_le = $2 where id = $1", ouvert["id"], clock.instant()
        )
        texte = f"Complément envoyé\u00a0: {message}" if message else None
        await transitions.transiter(dossier["id"], "en_instruction", moi, texte=texte)


async def _documents_manquants(dossier: dict[str, Any], complement: dict[str, Any]) -> list[str]:
    """Labels of the documents asked for of which none was added since."""
    depuis = {
        d["piece"]
        for d in await queries.documents(dossier["id"])
        if d["depose_le"] >= complement["demande_le"]
    }
    pieces = du_registre(dossier["dispositif"]).pieces
    return [p.libelle for p in pieces if p.code in complement["pieces"] and p.code not in depuis]


async def annuler(moi: Personne, uid: UUID) -> None:
    """Cancel before the end; what was granted and not invoiced is freed."""
    async with transaction():
        dossier = await queries.exiger(moi, uid, "dossiers.supprimer")
        if dossier["etat"] == "brouillon":
            raise Conflit(
                "C’est un brouillon", "Un brouillon se supprime\u00a0; il ne s’annule pas."
            )
        apres = await transitions.transiter(dossier["id"], "annule", moi)
        reste = (await soldes.solde(apres["uid"])).reste
        if reste > 0:
            await grandlivre.liberer(apres["uid"], reste, cle=f"annulation:{apres['uid']}")

"""What a company does after transmission: answer a request for more, cancel."""

from __future__ import annotations

from uuid import UUID

from portal.dossiers import queries, transitions
from portal.grandlivre import operations as grandlivre
from portal.grandlivre import queries as soldes
from portal.infra import clock
from portal.infra.base import executer, transaction
from portal.web.erreurs import Conflit
from portal.web.identite import Personne


async def repondre(moi: Personne, uid: UUID, message: str) -> None:
    """Close the open request for more: the dossier goes back to its gestionnaire."""
    async with transaction():
        dossier = await queries.exiger(moi, uid, "dossiers.saisir")
        await transitions.verrouiller(dossier["id"])
        ouvert = await queries.complement_ouvert(dossier["id"])
        if ouvert is None:
            raise Conflit("Rien n’est demandé", "Ce dossier n’attend pas de complément.")
        await executer(
            "update complement set repondu_le = $2 where id = $1", ouvert["id"], clock.instant()
        )
        texte = f"Complément envoyé\u00a0: {message.strip()[:2000]}" if message.strip() else None
        await transitions.transiter(dossier["id"], "en_instruction", moi, texte=texte)


async def annuler(moi: Personne, uid: UUID) -> None:
    """Cancel before the end; what was granted and not invoiced is freed."""
    async with transaction():
        dossier = await queries.exiger(moi, uid, "dossiers.supprimer")
        if dossier["etat"] == "brouillon":
            raise Conflit("C’est un brouillon", "Un brouillon se supprime\u00a0; il ne s’annule pas.")
        apres = await transitions.transiter(dossier["id"], "annule", moi)
        reste = (await soldes.solde(apres["uid"])).reste
        if reste > 0:
            await grandlivre.liberer(apres["uid"], reste, cle=f"annulation:{apres['uid']}")

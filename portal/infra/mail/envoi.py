"""Send what was written: one row at a time, under its lock."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from portal.infra import clock
from portal.infra.base import executer, sql1
from portal.infra.jobs import periodique, planifier, tache
from portal.infra.mail.message import composer
from portal.infra.mail.poste import TACHE
from portal.infra.mail.smtp import MessageRefuse, ServeurIndisponible, remettre
from portal.settings import get_settings

logger = logging.getLogger(__name__)

# Minutes before the second try, the third, and so on; the last figure repeats until DUREE_MAX.
ATTENTES = (1, 2, 5, 10, 20, 40, 60, 120)
DUREE_MAX = timedelta(days=2)
GARDE = timedelta(days=30)


@tache(TACHE)
async def envoyer(courriel_id: int) -> None:
    """Send one message, if it still waits. A server that is down is no error: it is tried later."""
    ligne = await sql1(
        "select id, uid, a, sujet, texte, essais, cree_le from courriel"
        " where id = $1 and etat = 'a_envoyer' for update",
        courriel_id,
    )
    if ligne is None:
        return
    try:
        await _remettre(ligne)
    except MessageRefuse as refus:
        await _noter(ligne, "abandonne", str(refus))
    except ServeurIndisponible as panne:
        await _remettre_a_plus_tard(ligne, str(panne))
    else:
        await _noter(ligne, "envoye", None)


async def _remettre(ligne: dict[str, Any]) -> None:
    settings = get_settings()
    if settings.demo:
        return
    message = composer(
        uid=str(ligne["uid"]),
        de=settings.mail_from,
        nom=settings.opco_nom,
        a=ligne["a"],
        sujet=ligne["sujet"],
        texte=ligne["texte"],
        le=ligne["cree_le"],
    )
    await remettre(settings.smtp_url, message)


async def _remettre_a_plus_tard(ligne: dict[str, Any], panne: str) -> None:
    if clock.instant() - ligne["cree_le"] >= DUREE_MAX:
        await _noter(ligne, "abandonne", panne)
        return
    await _noter(ligne, "a_envoyer", panne)
    minutes = ATTENTES[min(ligne["essais"], len(ATTENTES) - 1)]
    await planifier(TACHE, le=clock.instant() + timedelta(minutes=minutes), courriel_id=ligne["id"])


async def _noter(ligne: dict[str, Any], etat: str, erreur: str | None) -> None:
    if erreur is not None:
        logger.warning("e-mail %s: %s (%s)", ligne["id"], etat, erreur)
    await executer(
        "update courriel set etat = $2, erreur = $3, essais = essais + 1, envoye_le = $4"
        " where id = $1",
        ligne["id"],
        etat,
        erreur,
        clock.instant() if etat == "envoye" else None,
    )


@periodique("mail.purger", "41 3 * * *")
async def purger() -> None:
    """Forget messages a month after they left, or were given up."""
    await executer(
        "delete from courriel where etat <> 'a_envoyer' and cree_le < $1", clock.instant() - GARDE
    )

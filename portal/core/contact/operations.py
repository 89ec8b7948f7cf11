"""Keep a message, tell those who answer it, close it, erase it in the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.core.comptes.limites import Limite
from portal.core.contact.formulaires import SUJETS
from portal.core.contact.queries import repondants
from portal.core.journal.operations import noter
from portal.core.notifications.operations import notifier
from portal.infra import clock, mail
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.jobs import periodique
from portal.settings import get_settings
from portal.web.erreurs import Conflit
from portal.web.identite import Personne

PAR_ADRESSE = Limite(
    "contact.adresse", 3, timedelta(minutes=5), timedelta(hours=2), timedelta(days=1)
)
PAR_IP = Limite("contact.ip", 20, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1))


async def attente(email: str, ip: str) -> int:
    """Seconds before this address, or this place, may write again."""
    return max(await PAR_ADRESSE.attente(email, verrou=True), await PAR_IP.attente(ip, verrou=True))


async def ecrire(moi: Personne | None, valeurs: Mapping[str, Any], ip: str) -> UUID:
    """Keep the message, ring at the région's conseillers, acknowledge it by e-mail.

    The acknowledgement repeats nothing that was typed: it may go to a stranger's address.
    """
    async with transaction():
        ligne = await sql1(
            "insert into demande_contact (region, sujet, message, nom, email, telephone, siren,"
            " compte, cree_le, jour) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " returning uid",
            valeurs["region"], valeurs["sujet"], valeurs["message"], valeurs["nom"],
            valeurs["email"], valeurs.get("telephone"), valeurs.get("siren"),
            moi.compte_id if moi else None, clock.instant(), await clock.aujourd_hui(),
        )  # fmt: skip
        assert ligne is not None
        uid: UUID = ligne["uid"]
        await PAR_ADRESSE.noter(valeurs["email"])
        await PAR_IP.noter(ip)
        await noter(
            "contact.demande", acteur=moi, objet=("demande_contact", uid),
            region=valeurs["region"], sujet=valeurs["sujet"],
        )  # fmt: skip
        await notifier(
            await repondants(uid), "contact.demande",
            f"Demande de contact, {valeurs['region']}", f"/contacts/{uid}",
            detail=SUJETS[valeurs["sujet"]], cle=f"contact:{uid}",
        )  # fmt: skip
        await mail.poster(
            valeurs["email"], "Nous avons reçu votre message", _accuse(valeurs["region"]),
            cle=f"contact:{uid}",
        )  # fmt: skip
    return uid


def _accuse(region: str) -> str:
    s = get_settings()
    return (
        "Bonjour,\n\n"
        f"Nous avons reçu votre message. Un conseiller de la région {region} vous répondra.\n\n"
        "Vous n’avez rien envoyé\u00a0? Quelqu’un a indiqué votre adresse par erreur\u00a0: ignorez ce"
        f" message.\n\nMon Espace, {s.opco_nom}\n{s.url}/aide\n"
    )


async def clore(moi: Personne, identifiant: int, suite: str) -> None:
    """The message is answered."""
    async with transaction():
        ligne = await sql1(
            "update demande_contact set etat = 'close', suite = $3, close_le = $4, close_jour = $5,"
            " close_par = $2 where id = $1 and etat = 'ouverte' returning uid",
            identifiant,
            moi.compte_id,
            suite,
            clock.instant(),
            await clock.aujourd_hui(),
        )
        if ligne is None:
            raise Conflit("Demande déjà close", "Un collègue l’a close entre-temps.")
        await noter("contact.close", acteur=moi, objet=("demande_contact", ligne["uid"]))


@periodique("contact.purger", "25 4 * * *")
async def purger() -> None:
    """Messages are erased in the end: closed ones, and those that nobody closed once those who
    answer have been told of it in time."""
    s, jour = get_settings(), await clock.aujourd_hui()
    fin = jour - timedelta(s.conservation_contact)
    alerte = timedelta(s.alerte_contact)
    async with transaction():
        await _prevenir(jour, fin + alerte)
        await executer(
            "delete from demande_contact where case etat when 'close' then close_jour <= $1"
            " else jour <= $1 and prevenu_jour <= $2 end",
            fin,
            jour - alerte,
        )


async def _prevenir(jour: date, avant: date) -> None:
    """Say once of each open message of so long ago that it will be erased."""
    lignes = await sql(
        "update demande_contact set prevenu_jour = $1 where etat = 'ouverte' and jour <= $2"
        " and prevenu_jour is null returning uid, region, sujet",
        jour,
        avant,
    )
    for ligne in lignes:
        await notifier(
            await repondants(ligne["uid"]), "contact.fin",
            f"Demande de contact sans réponse, {ligne['region']}\u00a0: bientôt effacée",
            f"/contacts/{ligne['uid']}", detail=SUJETS.get(ligne["sujet"], ""),
            cle=f"contact-fin:{ligne['uid']}",
        )  # fmt: skip

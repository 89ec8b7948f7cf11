"""« Mot de passe oublié »: a mailed link, good once and for half an hour (A03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.core.comptes import courriels, limites, motdepasse
from portal.core.comptes.jetons import condenser, nouveau_jeton
from portal.core.comptes.sessions import annuler_liens, fermer_toutes
from portal.core.journal.operations import Acteur, noter
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.settings import get_settings

VALIDITE = timedelta(minutes=30)

VIVANT = (
    "select j.id, c.id as compte_id, c.uid, c.email, c.prenom || ' ' || c.nom as nom"
    " from jeton_reinit j join compte c on c.id = j.compte"
    " where j.jeton = $1 and j.utilise_le is null and j.expire_le > $2 and c.actif"
)


async def demander(email: str, ip: str) -> int:
    """Mail a link, or say that there is no account: the same work; returns seconds to wait, or 0.

    The link's host comes from the settings: a forged Host header can't lead it elsewhere.
    """
    async with transaction():
        attente = await limites.REINIT_ADRESSE.attente(email, verrou=True)
        if attente := max(attente, await limites.ENVOI_IP.attente(ip)):
            return attente
        await limites.REINIT_ADRESSE.noter(email)
        await limites.ENVOI_IP.noter(ip)
        compte = await sql1("select id, uid from compte where email = $1 and actif", email)
        jeton = nouveau_jeton()
        quand = clock.instant()
        await executer(
            "insert into jeton_reinit (jeton, compte, cree_le, expire_le) values ($1, $2, $3, $4)",
            condenser(jeton),
            compte["id"] if compte else None,
            quand,
            quand + VALIDITE,
        )
        if compte:
            lien = f"{get_settings().url.rstrip('/')}/mot-de-passe/nouveau/{jeton}"
            await courriels.lien_de_reinitialisation(email, lien)
        else:
            await courriels.compte_inconnu(email)
        await noter(
            "mot_de_passe.demande", acteur=None,
            objet=("compte", compte["uid"]) if compte else None, ip=ip,
        )  # fmt: skip
    return 0


@dataclass(frozen=True)
class Lien:
    """A link that still works."""

    compte_id: int
    email: str


async def lire_lien(jeton: str) -> Lien | None:
    """Whose link this is, if it can still be used. Reading does not use it up."""
    ligne = await sql1(VIVANT, condenser(jeton[:100]), clock.instant())
    return Lien(ligne["compte_id"], ligne["email"]) if ligne else None


async def reinitialiser(jeton: str, mot_de_passe: str) -> bool:
    """Set the password of the link's account and end all its sessions; False: the link is dead."""
    async with transaction():
        ligne = await sql1(f"{VIVANT} for update of j, c", condenser(jeton[:100]), clock.instant())
        if ligne is None:
            return False
        compte = ligne["compte_id"]
        await executer(
            "update compte set mot_de_passe = $2 where id = $1",
            compte,
            await motdepasse.hacher(mot_de_passe),
        )
        await annuler_liens(compte)
        await fermer_toutes(compte)
        await limites.CONNEXION_COMPTE.oublier(ligne["email"])
        await limites.REINIT_ADRESSE.oublier(ligne["email"])
        await courriels.mot_de_passe_change(ligne["email"])
        await noter(
            "mot_de_passe.reinitialise",
            acteur=Acteur(compte, ligne["nom"]),
            objet=("compte", ligne["uid"]),
        )
    return True

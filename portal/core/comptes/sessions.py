"""Sessions: opened by a password, ended by hand, by rest, or by age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.core.comptes import limites, motdepasse, saturation
from portal.core.comptes.jetons import condenser, nouveau_jeton
from portal.core.journal.operations import Acteur, noter
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.web.identite import Personne

REPOS = timedelta(hours=2)
REPOS_INTERNE = timedelta(hours=1)
DUREE = timedelta(hours=12)
PAS_DE_VUE = timedelta(minutes=5)
SIMULTANEES = 4


@dataclass(frozen=True)
class Connexion:
    """How a sign-in went: a token, or how long to wait (0: wrong, and free to try again)."""

    jeton: str | None = None
    compte_id: int | None = None
    attente: int = 0


async def connecter(
    email: str, mot_de_passe: str, *, appareil: str, ip: str, ancien: str | None = None
) -> Connexion:
    """Sign in. Does the same work whether the address has an account or not.

    `ancien` is the token that the browser came with: its session ends.
    """
    async with saturation.reserver(email, SIMULTANEES) as place, transaction():
        if not place:
            return Connexion(attente=2)
        compte = await sql1(
            "select c.id, c.uid, c.mot_de_passe, c.actif, c.prenom || ' ' || c.nom as nom,"
            " exists(select 1 from session s where s.compte = c.id and s.ip = $2) as connu"
            " from compte c where c.email = $1",
            email,
            ip,
        )
        # Whoever guesses from elsewhere does not lock the person out of her usual place.
        cle = f"{email} {ip}" if compte and compte["connu"] else email
        attente = await limites.CONNEXION_COMPTE.attente(cle, verrou=True)
        attente = max(attente, await limites.CONNEXION_IP.attente(ip))
        if attente:
            return Connexion(attente=attente)
        juste = await motdepasse.verifier(compte["mot_de_passe"] if compte else None, mot_de_passe)
        if compte is None or not juste or not compte["actif"]:
            return await _refuser(cle, ip, compte["uid"] if compte else None)
        await _mettre_a_niveau(compte["id"], compte["mot_de_passe"], mot_de_passe)
        await limites.CONNEXION_COMPTE.oublier(cle)
        if ancien:
            await _terminer_jeton(ancien)
        jeton = await ouvrir_session(compte["id"], appareil, ip)
        await noter(
            "connexion",
            acteur=Acteur(compte["id"], compte["nom"]),
            objet=("compte", compte["uid"]),
            appareil=appareil,
            ip=ip,
        )
        return Connexion(jeton, compte["id"])


async def _refuser(cle: str, ip: str, uid: UUID | None) -> Connexion:
    attente = await limites.CONNEXION_COMPTE.noter(cle)
    attente = max(attente, await limites.CONNEXION_IP.noter(ip))
    await noter("connexion.refusee", acteur=None, objet=("compte", uid) if uid else None, ip=ip)
    return Connexion(attente=attente)


async def _mettre_a_niveau(compte_id: int, empreinte: str, mot_de_passe: str) -> None:
    if motdepasse.a_rehacher(empreinte):
        await executer(
            "update compte set mot_de_passe = $2 where id = $1",
            compte_id,
            await motdepasse.hacher(mot_de_passe),
        )


async def ouvrir_session(
    compte_id: int, appareil: str, ip: str, *, renforcee_le: datetime | None = None
) -> str:
    """A new session; returns the token, which is kept nowhere.

    `renforcee_le`: when its person proved a second factor, in the session that this one follows.
    """
    jeton = nouveau_jeton()
    quand = clock.instant()
    await executer(
        "insert into session (jeton, compte, creee_le, vue_le, expire_le, appareil, ip, renforcee_le)"
        " values ($1, $2, $3, $3, $4, $5, $6, $7)",
        condenser(jeton),
        compte_id,
        quand,
        quand + DUREE,
        appareil,
        ip,
        renforcee_le,
    )
    return jeton


async def renouveler_jeton(session_id: int) -> str:
    """Another token for a session that is worth more now: the former one is worth nothing."""
    jeton = nouveau_jeton()
    await executer("update session set jeton = $2 where id = $1", session_id, condenser(jeton))
    return jeton


async def deconnecter(moi: Personne) -> None:
    """End the session of this request."""
    async with transaction():
        await executer(
            "update session set terminee_le = $2 where id = $1 and terminee_le is null",
            moi.session_id,
            clock.instant(),
        )
        await noter("deconnexion", acteur=moi, objet=("compte", moi.uid))


async def terminer(moi: Personne, uid: UUID) -> bool:
    """End one of my sessions; False when it isn't one of mine, or has ended already."""
    async with transaction():
        ligne = await sql1(
            "update session set terminee_le = $3 where uid = $1 and compte = $2"
            " and terminee_le is null returning appareil",
            uid,
            moi.compte_id,
            clock.instant(),
        )
        if ligne is None:
            return False
        await noter(
            "session.terminee", acteur=moi, objet=("compte", moi.uid), appareil=ligne["appareil"]
        )
    return True


async def terminer_autres(moi: Personne) -> None:
    """End all my sessions but the one of this request."""
    async with transaction():
        await fermer_autres_que(moi.compte_id, moi.session_id)
        await noter("session.autres_terminees", acteur=moi, objet=("compte", moi.uid))


async def fermer_toutes(compte_id: int) -> None:
    """End every session of an account (password reset, account closed)."""
    await executer(
        "update session set terminee_le = $2 where compte = $1 and terminee_le is null",
        compte_id,
        clock.instant(),
    )


async def fermer_autres(compte_id: int, jeton: str) -> None:
    """End every session of an account but the one of `jeton`."""
    await executer(
        "update session set terminee_le = $3 where compte = $1 and jeton <> $2"
        " and terminee_le is null",
        compte_id,
        condenser(jeton),
        clock.instant(),
    )


async def fermer_autres_que(compte_id: int, session_id: int) -> None:
    """End every session of an account but this one."""
    await executer(
        "update session set terminee_le = $3 where compte = $1 and id <> $2"
        " and terminee_le is null",
        compte_id,
        session_id,
        clock.instant(),
    )


async def affaiblir_autres(moi: Personne) -> None:
    """A factor went: what other sessions proved with it counts for nothing any more."""
    await executer(
        "update session set renforcee_le = null where compte = $1 and id <> $2",
        moi.compte_id,
        moi.session_id,
    )


async def annuler_liens(compte_id: int) -> None:
    """Links to a new password that were mailed before stop working."""
    await executer(
        "update jeton_reinit set utilise_le = $2 where compte = $1 and utilise_le is null",
        compte_id,
        clock.instant(),
    )


async def _terminer_jeton(jeton: str) -> None:
    await executer(
        "update session set terminee_le = $2 where jeton = $1 and terminee_le is null",
        condenser(jeton),
        clock.instant(),
    )

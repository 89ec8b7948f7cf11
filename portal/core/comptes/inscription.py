"""Sign-up: an address, a code that proves it, then the account (A01).

The request is bound to the browser by a token of its own. For an address that has an account,
everything goes the same way but no code can be right, and the mail says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from portal.core.comptes import courriels, limites
from portal.core.comptes.jetons import (
    code_juste,
    condenser,
    empreinte_code,
    nouveau_code,
    nouveau_jeton,
)  # fmt: skip
from portal.core.comptes.operations import Compte, creer_compte
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction

VALIDITE = timedelta(minutes=10)
ESSAIS = 5
DELAI_FIN = timedelta(minutes=60)


@dataclass(frozen=True)
class Demande:
    """A sign-up under way, as its own browser may see it."""

    id: int
    uid: UUID
    email: str
    code: bytes | None
    essais: int
    expire_le: datetime
    prouve_le: datetime | None
    utilise_le: datetime | None

    @property
    def a_finir(self) -> bool:
        """The address is proven and the account not made yet."""
        return (
            self.utilise_le is None
            and self.prouve_le is not None
            and self.prouve_le > clock.instant() - DELAI_FIN
        )


@dataclass(frozen=True)
class Envoi:
    """A code is on its way (token of the request), or how long to wait."""

    jeton: str | None = None
    attente: int = 0


async def demarrer(email: str, ip: str) -> Envoi:
    """Mail a code to an address; the token belongs in the browser's cookie."""
    async with transaction():
        if attente := await _attente(email, ip):
            return Envoi(attente=attente)
        jeton = nouveau_jeton()
        ligne = await sql1(
            "insert into code_courriel (jeton, email, cree_le, expire_le) values ($1, $2, $3, $3)"
            " returning id, uid",
            condenser(jeton),
            email,
            clock.instant(),
        )
        assert ligne is not None
        await _envoyer(ligne["id"], ligne["uid"], email, ip)
    return Envoi(jeton)


async def renvoyer(demande: Demande, ip: str) -> int:
    """Mail a new code in place of the former one; returns the seconds to wait instead, or 0."""
    async with transaction():
        if attente := await _attente(demande.email, ip):
            return attente
        await _envoyer(demande.id, demande.uid, demande.email, ip)
    return 0


async def _attente(email: str, ip: str) -> int:
    attente = await limites.ENVOI_ADRESSE.attente(email, verrou=True)
    return max(attente, await limites.ENVOI_IP.attente(ip))


async def _envoyer(demande_id: int, uid: UUID, email: str, ip: str) -> None:
    await limites.ENVOI_ADRESSE.noter(email)
    await limites.ENVOI_IP.noter(ip)
    code = nouveau_code()
    connu = await sql1("select 1 as oui from compte where email = $1", email)
    empreinte = empreinte_code(uid, code)
    await executer(
        "update code_courriel set code = $2, essais = 0, expire_le = $3 where id = $1",
        demande_id,
        None if connu else empreinte,
        clock.instant() + VALIDITE,
    )
    if connu:
        await courriels.compte_existant(email)
    else:
        await courriels.code_de_verification(email, code)


async def demande_de(jeton: str | None, *, verrou: bool = False) -> Demande | None:
    """The sign-up that this browser has under way."""
    if not jeton or len(jeton) > 100:
        return None
    ligne = await sql1(
        "select id, uid, email, code, essais, expire_le, prouve_le, utilise_le from code_courriel"
        f" where jeton = $1{' for update' if verrou else ''}",
        condenser(jeton),
    )
    return Demande(**ligne) if ligne else None


Issue = Literal["juste", "faux", "expire", "epuise"]


async def prouver(jeton: str, code: str) -> tuple[Issue, int, str | None]:
    """(outcome, tries left, new token). A right code proves the address, once.

    Tries are counted under the row's lock: however many browsers post at once, five is five.
    The token changes with the proof, so that an earlier one is worth nothing.
    """
    async with transaction():
        demande = await demande_de(jeton, verrou=True)
        if demande is None or demande.utilise_le is not None or demande.prouve_le is not None:
            return "expire", 0, None
        if demande.essais >= ESSAIS:
            return "epuise", 0, None
        if demande.expire_le <= clock.instant():
            return "expire", 0, None
        if not code_juste(demande.uid, code, demande.code):
            await executer("update code_courriel set essais = essais + 1 where id = $1", demande.id)
            restants = ESSAIS - demande.essais - 1
            if not restants:
                await noter("inscription.code_epuise", acteur=None)
            return ("faux" if restants else "epuise"), restants, None
        nouveau = nouveau_jeton()
        await executer(
            "update code_courriel set jeton = $2, prouve_le = $3, code = null where id = $1",
            demande.id,
            condenser(nouveau),
            clock.instant(),
        )
    return "juste", 0, nouveau


async def finaliser(jeton: str, mot_de_passe: str, identite: dict[str, Any]) -> Compte | None:
    """Make the account of a proven address; None when it isn't proven, or has been used."""
    async with transaction():
        demande = await demande_de(jeton, verrou=True)
        if demande is None or not demande.a_finir:
            return None
        await executer(
            "update code_courriel set utilise_le = $2 where id = $1", demande.id, clock.instant()
        )
        compte = await creer_compte(demande.email, mot_de_passe, **identite)
        if compte is not None:
            await limites.ENVOI_ADRESSE.oublier(demande.email)
    return compte

"""Another e-mail address (A06): proven by a code mailed to it, told to the former one.

An address that has an account gets a mail that says so, and no code can be right: the page tells
nobody's secret.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg

from portal.core.comptes import courriels, limites
from portal.core.comptes.evenements import AdresseProuvee
from portal.core.comptes.inscription import ESSAIS, VALIDITE
from portal.core.comptes.jetons import code_juste, empreinte_code, nouveau_code
from portal.core.comptes.sessions import annuler_liens, fermer_autres_que, renouveler_jeton
from portal.core.journal.operations import noter
from portal.infra import clock, evenements
from portal.infra.base import executer, savepoint, sql1, transaction
from portal.web.identite import Personne

GARDE = timedelta(days=1)
"""A request past its minutes stays that long, so that the page can say what happened."""


async def demander(moi: Personne, email: str, ip: str) -> int:
    """Mail a code to the new address; returns the seconds to wait instead, or 0."""
    async with transaction():
        sien = f"compte/{moi.compte_id}"
        attente = max(
            await limites.ENVOI_ADRESSE.attente(sien, verrou=True),
            await limites.ENVOI_ADRESSE.attente(email, verrou=True),
            await limites.ENVOI_IP.attente(ip),
        )
        if attente:
            return attente
        for limite, valeur in (
            (limites.ENVOI_ADRESSE, sien),
            (limites.ENVOI_ADRESSE, email),
            (limites.ENVOI_IP, ip),
        ):
            await limite.noter(valeur)
        await _envoyer(moi, email)
        await noter("compte.email_demande", acteur=moi, objet=("compte", moi.uid))
    return 0


async def _envoyer(moi: Personne, email: str) -> None:
    quand = clock.instant()
    ligne = await sql1(
        "insert into changement_email as c (compte, email, cree_le, expire_le)"
        " values ($1, $2, $3, $4) on conflict (compte) do update set email = excluded.email,"
        " essais = 0, cree_le = excluded.cree_le, expire_le = excluded.expire_le"
        " returning uid",
        moi.compte_id,
        email,
        quand,
        quand + VALIDITE,
    )
    assert ligne is not None
    code = nouveau_code()
    empreinte = empreinte_code(_lien(ligne["uid"], email), code)
    connu = await sql1("select 1 as oui from compte where email = $1", email)
    await executer(
        "update changement_email set code = $2 where compte = $1",
        moi.compte_id,
        None if connu else empreinte,
    )
    if connu:
        await courriels.adresse_deja_prise(email)
    else:
        await courriels.code_de_changement(email, code)


async def en_cours(moi: Personne) -> str | None:
    """The address that waits for its code."""
    ligne = await sql1(
        "select email from changement_email where compte = $1 and cree_le > $2",
        moi.compte_id,
        clock.instant() - GARDE,
    )
    return ligne["email"] if ligne else None


async def prouver(moi: Personne, code: str) -> tuple[str, int, str | None]:
    """(outcome, tries left, new token): juste, faux, expire, epuise. Tries are counted under a lock."""
    async with transaction():
        demande = await sql1(
            "select uid, email, code, essais, expire_le from changement_email"
            " where compte = $1 for update",
            moi.compte_id,
        )
        if demande is None or demande["expire_le"] <= clock.instant():
            return "expire", 0, None
        if demande["essais"] >= ESSAIS:
            return "epuise", 0, None
        if not code_juste(_lien(demande["uid"], demande["email"]), code, demande["code"]):
            await executer(
                "update changement_email set essais = essais + 1 where compte = $1", moi.compte_id
            )
            restants = ESSAIS - demande["essais"] - 1
            return ("faux" if restants else "epuise"), restants, None
        await executer("delete from changement_email where compte = $1", moi.compte_id)
        if not await _changer(moi, demande["email"]):
            return "expire", 0, None
        return "juste", 0, await renouveler_jeton(moi.session_id)


async def _changer(moi: Personne, email: str) -> bool:
    """Write the address; False when somebody made an account with it in the meantime."""
    try:
        async with savepoint():
            await executer("update compte set email = $2 where id = $1", moi.compte_id, email)
    except asyncpg.UniqueViolationError:
        return False
    await fermer_autres_que(moi.compte_id, moi.session_id)
    await annuler_liens(moi.compte_id)
    await courriels.email_change(moi.email, email)
    await noter("compte.email_change", acteur=moi, objet=("compte", moi.uid))
    await evenements.publier(AdresseProuvee(moi.compte_id, email))
    return True


def _lien(uid: UUID, email: str) -> str:
    """The code is good for this request and this address alone."""
    return f"{uid}/{email}/"

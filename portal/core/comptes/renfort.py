"""The second proof of identity, asked for when it matters, and what a session gains by it.

Handlers say `renfort=True`; where only the data tell, `await renfort.exiger(request, moi)` before
anything is changed. What was posted is parked, and found again after the proof.
"""

from __future__ import annotations

from typing import Any

from litestar import Request

from portal.core.comptes import facteurs, limites, motdepasse, parcage
from portal.core.comptes.sessions import renouveler_jeton
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.web.erreurs import RenfortExige
from portal.web.garde import renforce
from portal.web.identite import Personne
from portal.web.requetes import SURS

Requete = Request[Any, Any, Any]


async def exiger(request: Requete, moi: Personne) -> None:
    """Go on only with a second factor proven a moment ago; enrolment comes first where there is none."""
    if not renforce(moi):
        await _detourner(request, "/connexion/confirmer")


async def exiger_facteur(request: Requete, moi: Personne) -> None:
    """Where she has a second factor, it was proven a moment ago."""
    if await facteurs.en_a(moi.compte_id):
        await exiger(request, moi)


async def exiger_preuve(request: Requete, moi: Personne) -> None:
    """For her own settings: the second factor where she has one, else the password, a moment ago."""
    if await facteurs.en_a(moi.compte_id):
        await exiger(request, moi)
    elif mot_de_passe_a_redire(moi):
        await _detourner(request, "/connexion/mot-de-passe")


def mot_de_passe_a_redire(moi: Personne) -> bool:
    """Whether the password was typed too long ago to make a first factor with this session."""
    jusque = moi.attributs.get("mot_de_passe_jusque")
    return jusque is None or jusque <= clock.instant()


async def _detourner(request: Requete, ou: str) -> None:
    parquee = None if request.method in SURS else await parcage.parquer(request, meme_vide=True)
    raise RenfortExige(parquee, ou)


async def renforcer(moi: Personne, moyen: str) -> str:
    """The second factor is proven: the session is worth more, under another token (returned)."""
    async with transaction():
        await executer(
            "update session set renforcee_le = $2 where id = $1", moi.session_id, clock.instant()
        )
        await noter(
            "connexion.confirmee",
            acteur=moi,
            objet=("compte", moi.uid),
            moyen=facteurs.MOYENS[moyen],
        )
        return await renouveler_jeton(moi.session_id)


async def redire_mot_de_passe(moi: Personne, mot_de_passe: str) -> tuple[str | None, int]:
    """(token, 0) when it is her password, else (None, seconds to wait before the next try)."""
    async with transaction():
        attente = await limites.CONNEXION_COMPTE.attente(moi.email, verrou=True)
        if attente:
            return None, attente
        ligne = await sql1("select mot_de_passe from compte where id = $1", moi.compte_id)
        if not await motdepasse.verifier(ligne["mot_de_passe"] if ligne else None, mot_de_passe):
            attente = await limites.CONNEXION_COMPTE.noter(moi.email)
            await noter("compte.mot_de_passe_refuse", acteur=moi, objet=("compte", moi.uid))
            return None, attente
        await limites.CONNEXION_COMPTE.oublier(moi.email)
        await executer(
            "update session set prouvee_le = $2 where id = $1", moi.session_id, clock.instant()
        )
        return await renouveler_jeton(moi.session_id), 0

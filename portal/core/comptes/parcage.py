"""Forms posted with an ended session, or before a second proof: kept an hour, for their author alone.

A route says by `reprise="/chemin/{parametre}"` where its values are to be posted again when its own
address isn't the one (a fragment's, for instance). Files, passwords and codes are not kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile

from portal.core.comptes.queries import compte_de_session_finie
from portal.core.comptes.visiteur import jeton_de_session
from portal.infra import clock, coffre
from portal.infra.base import sql1

DUREE = timedelta(hours=1)
TAILLE_MAX = 300_000
_JAMAIS = re.compile(
    r"mot_de_passe|password|confirmation|(^|\.)(code|actuel)$"
    r"|code_(verification|activation|secours|totp)|totp",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Parquee:
    """A parked form: where it goes, and its values in their order."""

    uid: UUID
    chemin: str
    champs: list[tuple[str, str]]


def gardable(nom: str, valeur: Any) -> bool:
    """Whether a posted value may be kept."""
    return isinstance(valeur, str) and nom != "_cle" and not _JAMAIS.search(nom)


async def parquer(request: Request[Any, Any, Any], *, meme_vide: bool = False) -> str | None:
    """Park what was posted, for the person of the session; its uid, or None when nothing is to keep."""
    jeton = jeton_de_session(request)
    compte = await compte_de_session_finie(jeton) if jeton else None
    if compte is None:
        return None
    chemin = _ou_reprendre(request)
    postes = list((await request.form()).items())
    for _, valeur in postes:
        if isinstance(valeur, UploadFile):
            await valeur.close()
    champs = [(nom, valeur) for nom, valeur in postes if gardable(nom, valeur)]
    contenu = json.dumps(champs, ensure_ascii=False).encode()
    if not (champs or meme_vide) or len(contenu) > TAILLE_MAX:
        return None
    quand = clock.instant()
    ligne = await sql1(
        "insert into saisie_parquee (compte, chemin, contenu, creee_le, expire_le)"
        " values ($1, $2, $3, $4, $5) returning uid",
        compte,
        chemin,
        coffre.chiffrer(contenu, _contexte(compte, chemin)),
        quand,
        quand + DUREE,
    )
    assert ligne is not None
    return str(ligne["uid"])


async def lire(compte_id: int, uid: str) -> Parquee | None:
    """A parked form, to its author only, within the hour."""
    try:
        cherche = UUID(uid)
    except ValueError:
        return None
    ligne = await sql1(
        "select uid, chemin, contenu from saisie_parquee"
        " where uid = $1 and compte = $2 and expire_le > $3",
        cherche,
        compte_id,
        clock.instant(),
    )
    if ligne is None:
        return None
    clair = coffre.dechiffrer(bytes(ligne["contenu"]), _contexte(compte_id, ligne["chemin"]))
    return Parquee(ligne["uid"], ligne["chemin"], [tuple(c) for c in json.loads(clair)])


def _ou_reprendre(request: Request[Any, Any, Any]) -> str:
    modele = request.route_handler.opt.get("reprise")
    if modele:
        return str(modele).format(**request.path_params)
    requete = request.url.query
    return request.url.path + (f"?{requete}" if requete else "")


def _contexte(compte_id: int, chemin: str) -> str:
    return f"saisie/{compte_id}/{chemin}"

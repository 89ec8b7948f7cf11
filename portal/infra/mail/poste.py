"""Hand a message over, in the transaction of what it tells."""

from __future__ import annotations

from portal.infra import clock
from portal.infra.base import sql1, transaction
from portal.infra.jobs import planifier
from portal.infra.mail.message import adresse, sujet_net

TACHE = "mail.envoyer"


async def poster(a: str, sujet: str, texte: str, cle: str | None = None) -> int | None:
    """Write a message and plan its sending; returns its id.

    With `cle` the same message is written once however often it is asked for: the next times
    return None. Raises `AdresseRefusee` for what is no single plain address.
    """
    async with transaction():
        ligne = await sql1(
            "insert into courriel (a, sujet, texte, cle, cree_le) values ($1, $2, $3, $4, $5)"
            " on conflict (cle) do nothing returning id",
            adresse(a),
            sujet_net(sujet),
            texte,
            cle,
            clock.instant(),
        )
        if ligne is None:
            return None
        await planifier(TACHE, courriel_id=ligne["id"])
        return int(ligne["id"])

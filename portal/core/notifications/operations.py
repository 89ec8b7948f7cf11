"""Tell people, and note what they have read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from portal.core.notifications.queries import administrateurs, destinataires, internes
from portal.infra import clock, mail
from portal.infra.base import executer, sql, sql1, transaction
from portal.settings import get_settings

__all__ = [
    "administrateurs",
    "destinataires",
    "internes",
    "marquer_lue",
    "notifier",
    "ouvrir",
    "tout_marquer_lu",
]

Courriel = bool | Literal["toujours"]
_CHOIX: dict[Courriel, str] = {True: "choix", False: "non", "toujours": "toujours"}

# One statement for everybody; a person already told of this (same key) is not told again.
_INSERTION = """
insert into notification (compte, genre, titre, detail, url, cle, courriel, cree_le, moment)
select c.id, $2, $3, $4, $5, $6,
    case
        when $7 = 'non' then 'aucun'
        when $7 = 'toujours' or c.courriels = 'immediat' then 'immediat'
        when c.courriels = 'quotidien' then 'a_resumer'
        else 'aucun'
    end,
    $8, $9
from compte c
where c.id = any($1::bigint[]) and c.actif
order by c.id
on conflict (compte, cle) do nothing
returning uid, compte, courriel
"""


async def notifier(
    compte_ids: Iterable[int],
    genre: str,
    titre: str,
    url: str,
    detail: str = "",
    courriel: Courriel = True,
    cle: str | None = None,
) -> int:
    """Ring the bell of these people, in the caller's transaction; returns how many were told.

    `url` is the path of the object. E-mail: True follows each person's choice (at once, in the
    morning's digest, never), "toujours" goes to everybody at once, False rings the bell only.
    `cle` names the event: the same event told twice rings once. Never put a secret in the words.
    """
    async with transaction():
        nouvelles = await sql(
            _INSERTION,
            sorted(set(compte_ids)),
            genre,
            titre,
            detail,
            url,
            cle,
            _CHOIX[courriel],
            clock.instant(),
            await clock.maintenant(),
        )
        await _ecrire([n for n in nouvelles if n["courriel"] == "immediat"], titre, detail, url)
    return len(nouvelles)


async def _ecrire(nouvelles: list[dict[str, Any]], titre: str, detail: str, url: str) -> None:
    """An e-mail for each; its key is the notification's, so it leaves once."""
    if not nouvelles:
        return
    adresses = await sql(
        "select id, email, prenom, nom from compte where id = any($1::bigint[])",
        [n["compte"] for n in nouvelles],
    )
    uids = {n["compte"]: n["uid"] for n in nouvelles}
    for personne in adresses:
        await mail.poster(
            personne["email"],
            titre,
            texte_immediat(personne, titre, detail, url),
            cle=f"notification:{uids[personne['id']]}",
        )


def texte_immediat(personne: dict[str, Any], titre: str, detail: str, url: str) -> str:
    """The words of an e-mail sent at once."""
    racine = get_settings().url
    corps = f"{titre}\n{detail}".strip()
    return (
        f"{saluer(personne)}\n\n{corps}\n\nPour y aller\u00a0: {racine}{url}\n\n{formule(racine)}"
    )


def saluer(personne: dict[str, Any]) -> str:
    """« Bonjour Anne Le Goff, »."""
    nom = f"{personne['prenom'] or ''} {personne['nom'] or ''}".strip()
    return f"Bonjour {nom}," if nom else "Bonjour,"


def formule(racine: str) -> str:
    """How an e-mail ends: who writes, and where to choose how often."""
    return (
        f"Votre espace {get_settings().opco_nom}\n"
        "Pour recevoir ces messages une fois par jour, ou ne plus les recevoir\u00a0: "
        f"{racine}/compte"
    )


async def ouvrir(compte: int, uid: UUID) -> str | None:
    """Mark one as read and return where its object is; None when it is not this person's."""
    ligne = await sql1(
        "update notification set lue_le = coalesce(lue_le, $3) where uid = $1 and compte = $2"
        " returning url",
        uid,
        compte,
        clock.instant(),
    )
    return ligne["url"] if ligne else None


async def marquer_lue(compte: int, uid: UUID) -> bool:
    """Mark one as read; False when it is not this person's."""
    return await ouvrir(compte, uid) is not None


async def tout_marquer_lu(compte: int) -> None:
    """Mark all of a person's notifications as read."""
    await executer(
        "update notification set lue_le = $2 where compte = $1 and lue_le is null",
        compte,
        clock.instant(),
    )

"""People, their mails and their sign-ups, for the tests of accounts."""

from __future__ import annotations

import re
import uuid
from typing import Any

from portal.core.comptes.operations import Compte, creer_compte
from portal.infra.base import executer, sql
from portal.testing.navigateur import Navigateur, PageLue
from portal.testing.sessions import renforcer

MOT_DE_PASSE = "Passerelle-7bis"
IDENTITE = {"civilite": "Mme", "nom": "Durand", "prenom": "Claire"}


def adresse(prefixe: str = "claire") -> str:
    """An address that no other test has."""
    return f"{prefixe}.{uuid.uuid4().hex[:10]}@entreprise.example"


async def personne(email: str | None = None, mot_de_passe: str = MOT_DE_PASSE) -> Compte:
    compte = await creer_compte(email or adresse(), mot_de_passe, **IDENTITE)
    assert compte is not None
    return compte


async def courriels(email: str) -> list[dict[str, Any]]:
    return await sql("select sujet, texte from courriel where a = $1 order by id desc", email)


async def code_recu(email: str) -> str:
    trouve = re.search(r"\b(\d{6})\b", (await courriels(email))[0]["texte"])
    assert trouve is not None
    return trouve.group(1)


async def lien_recu(email: str) -> str:
    trouve = re.search(r"http\S+/mot-de-passe/nouveau/\S+", (await courriels(email))[0]["texte"])
    assert trouve is not None
    return trouve.group(0)


async def connecter(
    nav: Navigateur, email: str, mot_de_passe: str = MOT_DE_PASSE, *, renforcee: bool = True
) -> PageLue:
    """Sign in by the form; the second factor counts as proven, unless asked otherwise."""
    page = await nav.get("/connexion")
    page = await nav.soumettre(
        page, contenant="mot_de_passe", email=email, mot_de_passe=mot_de_passe, suivre=False
    )
    if page.statut == 303 and renforcee:
        await renforcer(nav)
    return page


async def demander_code(nav: Navigateur, email: str) -> PageLue:
    return await nav.soumettre(await nav.get("/compte/creer"), "/compte/creer", email=email)


async def lignes_du_journal(uid: object) -> list[str]:
    lignes = await sql("select action from journal where objet_uid = $1 order by id", uid)
    return [ligne["action"] for ligne in lignes]


async def oublier_limites() -> None:
    """All tests come from one address: what the others tried is not this one's."""
    await executer("delete from tentative where genre like '%.ip'")

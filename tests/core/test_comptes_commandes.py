"""`portal role`: how the OPCO's staff get their roles."""

from __future__ import annotations

import uuid

import click
import pytest

from portal.core.comptes import commandes, operations
from portal.infra.base import sql


async def compte() -> str:
    cree = await operations.creer_compte(
        f"{uuid.uuid4().hex}@essai.example", "Une-phrase-2026!", civilite="Mme", nom="A", prenom="B"
    )
    assert cree
    return cree.email


async def roles(courriel: str) -> list[tuple[str, str | None]]:
    lignes = await sql(
        "select role, idcc from role_interne r join compte c on c.id = r.compte where c.email = $1",
        courriel,
    )
    return [(li["role"], li["idcc"]) for li in lignes]


async def test_k03_un_role_se_donne_et_se_retire() -> None:
    courriel = await compte()
    dit = await commandes.changer_role(courriel.upper(), "branche", "0573", None, False)
    assert courriel in dit
    await commandes.changer_role(courriel, "branche", "0573", None, False)
    assert await roles(courriel) == [("branche", "0573")]
    await commandes.changer_role(courriel, "branche", None, None, True)
    assert await roles(courriel) == []


async def test_k03_sans_compte_ou_sans_role_connu_une_phrase() -> None:
    with pytest.raises(click.ClickException, match="n’a pas de compte"):
        await commandes.changer_role("personne@essai.example", "comptable", None, None, False)
    with pytest.raises(click.ClickException, match="Rôle inconnu"):
        await commandes.changer_role(await compte(), "empereur", None, None, False)

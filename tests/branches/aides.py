"""People of the OPCO's staff, signed in."""

from __future__ import annotations

from typing import Any

from portal.infra.base import executer
from portal.testing.navigateur import Navigateur
from tests.core.comptes_aides import connecter, personne


async def interne(navigateur: Any, role: str, idcc: str | None = None) -> Navigateur:
    """A browser in which somebody with this role is signed in."""
    compte = await personne()
    await executer(
        "insert into role_interne (compte, role, idcc) values ($1, $2, $3)", compte.id, role, idcc
    )
    nav: Navigateur = navigateur()
    await connecter(nav, compte.email)
    return nav

"""`portal role`: staff roles, given by whoever runs the installation."""

from __future__ import annotations

import click

from portal.core.comptes import operations, queries
from portal.web.identite import ROLES_INTERNES


async def changer_role(
    courriel: str, role: str, idcc: str | None, region: str | None, retirer: bool
) -> str:
    """Give a role to the account of this address, or take it back."""
    if role not in ROLES_INTERNES:
        raise click.ClickException(f"Rôle inconnu. Possibles : {', '.join(ROLES_INTERNES)}.")
    compte = await queries.par_email(courriel.strip())
    if compte is None or not compte["actif"]:
        raise click.ClickException(f"{courriel} n’a pas de compte : la personne le crée d’abord.")
    if retirer:
        await operations.retirer_role(compte["id"], role, acteur=None)
        return f"{compte['email']} n’a plus le rôle {role}."
    await operations.donner_role(compte["id"], role, idcc, region, acteur=None)
    return f"{compte['email']} a le rôle {role}."

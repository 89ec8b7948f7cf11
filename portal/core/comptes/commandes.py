"""`portal role`: staff roles, given by whoever runs the installation."""

from __future__ import annotations

import click

from portal.core.comptes import facteurs, operations, queries
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


async def reinitialiser_facteurs(courriel: str) -> str:
    """Remove the second factors of somebody who has lost them; the OPCO has made sure who asks."""
    compte = await queries.par_email(courriel.strip())
    if compte is None:
        raise click.ClickException(f"{courriel} n’a pas de compte.")
    if not await facteurs.retirer_tous(
        compte["id"], compte["uid"], f"{compte['prenom']} {compte['nom']}", acteur=None
    ):
        raise click.ClickException(f"{compte['email']} n’a pas de second facteur.")
    return f"{compte['email']} choisira un nouveau second facteur à sa prochaine connexion."

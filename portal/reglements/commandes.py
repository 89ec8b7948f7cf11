"""`portal payments ...`: the same operations as the pages, in the name of an accountant."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import click

from portal.infra.base import sql1
from portal.infra.money import euros
from portal.reglements import preparation, queries, validation
from portal.reglements import retour as retours
from portal.web.erreurs import ErreurPage
from portal.web.identite import Personne

T = TypeVar("T")


async def preparer(courriel: str) -> str:
    """Prepare the runs; one line each."""
    lots = await _dire(preparation.preparer(await _comptable(courriel)))
    return "\n".join(f"{lot.numero} : {lot.nombre} virements, {euros(lot.total)}" for lot in lots)


async def valider(numero: str, courriel: str) -> str:
    """Approve a run as another accountant."""
    await _dire(validation.valider(await _comptable(courriel), await _lot(numero)))
    return f"{numero} : validé, le fichier est prêt."


async def fichier(numero: str, sortie: Path) -> str:
    """Write the bank file of an approved run: always the same bytes."""
    nom, contenu = await _dire(validation.fichier(None, await _lot(numero)))
    cible = sortie / nom if sortie.is_dir() else sortie
    cible.write_bytes(contenu)
    return str(cible)


async def retour(chemin: Path, courriel: str) -> str:
    """Read the bank's report."""
    try:
        bilan = await _dire(retours.lire(await _comptable(courriel), chemin.read_bytes()))
    except retours.RetourRefuse as refus:
        raise click.ClickException(str(refus)) from None
    return "\n".join([bilan.en_mots(), *bilan.anomalies])


async def _comptable(courriel: str) -> Personne:
    """The active account with the accountants' role."""
    compte = await sql1(
        "select c.id, c.uid, c.email, c.prenom || ' ' || c.nom as nom from compte c"
        " join role_interne r on r.compte = c.id and r.role = 'comptable'"
        " where c.email = lower($1) and c.actif limit 1",
        courriel.strip(),
    )
    if compte is None:
        raise click.ClickException(f"{courriel} n’est pas le compte d’un comptable.")
    return Personne(
        compte["id"],
        str(compte["uid"]),
        compte["email"],
        compte["nom"],
        0,
        roles=frozenset({"comptable"}),
    )


async def _lot(numero: str) -> Any:
    uid = await queries.lot_par_numero(numero.strip().upper())
    if uid is None:
        raise click.ClickException(f"Aucun règlement ne porte le numéro {numero}.")
    return uid


async def _dire(operation: Awaitable[T]) -> T:
    """A refusal of the portal, as one sentence of the command line."""
    try:
        return await operation
    except ErreurPage as erreur:
        raise click.ClickException(f"{erreur.titre} : {erreur.message}") from None

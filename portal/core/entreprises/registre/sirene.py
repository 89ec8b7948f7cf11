"""`portal import sirene FILE`: the register's establishments, a million of them in constant memory.

Batch by batch, each in its transaction. Run again, whole or after a stop, it changes nothing that is
there already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from portal.core.entreprises.registre.bilan import Bilan, Progres, Rejets, Suivi
from portal.core.entreprises.registre.ecriture import Lieu, Unite, ecrire
from portal.core.entreprises.registre.lecture import Lecteur, LigneFautive
from portal.core.entreprises.registre.lignes import COLONNES, Colonnes, Lu
from portal.core.entreprises.registre.passage import passage
from portal.core.entreprises.verification import verifier_lot
from portal.core.journal.operations import noter
from portal.infra.base import transaction

LOT = 5000


async def importer(
    fichier: Path,
    *,
    rejets: Path | None = None,
    progres: Progres | None = None,
    taille: int = LOT,
) -> Bilan:
    """Read the file; a wrong row is reported and left out, the others go in."""
    bilan = Bilan()
    with Lecteur(fichier, COLONNES) as lecteur, Rejets(bilan, rejets) as refusees:
        async with passage("sirene", fichier.name, bilan):
            suivi = Suivi(progres)
            lues = _lignes(lecteur, bilan, refusees)
            precedent = ""
            while lot := await asyncio.to_thread(lambda: list(islice(lues, taille))):
                precedent = await _ecrire(lot, bilan, precedent)
                suivi.avancer(bilan.lignes, lecteur.part_lue)
    return bilan


def _lignes(lecteur: Lecteur, bilan: Bilan, refusees: Rejets) -> Iterator[Lu]:
    colonnes = Colonnes(lecteur.colonnes)
    for numero, valeurs in lecteur:
        bilan.lignes += 1
        if isinstance(valeurs, LigneFautive):
            refusees.ajouter(numero, valeurs.motif)
            continue
        try:
            yield colonnes.lire(valeurs)
        except ValueError as erreur:
            refusees.ajouter(numero, str(erreur))


async def _ecrire(lot: list[Lu], bilan: Bilan, precedent: str) -> str:
    """Returns the last SIREN: a company whose rows fall in two batches counts once."""
    unites: dict[str, Unite] = {}
    lieux: dict[str, Lieu] = {}
    for lu in lot:
        if lu.siren not in unites or lu.unite.siege:
            unites[lu.siren] = lu.unite
        lieux[lu.lieu.siret] = lu.lieu
    async with transaction():
        await verifier_lot(unites, lieux)
        venus, changes = await ecrire(list(unites.values()), list(lieux.values()))
        if venus or changes:
            await noter(
                "entreprises.enregistrees", acteur=None, nombre=len(unites), ajouts=venus,
                modifications=changes,
            )  # fmt: skip
    bilan.ajouts += venus
    bilan.modifications += changes
    bilan.etablissements += len(lieux)
    bilan.entreprises += len(unites) - (precedent in unites)
    return lot[-1].siren

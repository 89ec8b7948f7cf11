"""Excel from rows that come one by one from the database: written in a thread, bounded memory."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.infra.sheets import Cellule, Colonne, Feuille, ecrire

LOT = 500
LOTS_EN_VOL = 4

Ligne = Sequence[Cellule]
Progres = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class FeuilleFlux:
    """A sheet whose rows are read as they are written."""

    titre: str
    colonnes: Sequence[Colonne]
    lignes: AsyncIterator[Ligne]


async def ecrire_flux(
    cible: Path, feuilles: Sequence[FeuilleFlux], progres: Progres | None = None
) -> int:
    """Write the workbook; the number of rows. `progres` is told the rows read so far."""
    files: list[queue.Queue[list[Ligne] | None]] = [queue.Queue(LOTS_EN_VOL) for _ in feuilles]
    ecriture = asyncio.create_task(
        asyncio.to_thread(
            ecrire,
            cible,
            [
                Feuille(f.titre, f.colonnes, _tirer(file))
                for f, file in zip(feuilles, files, strict=True)
            ],
        )
    )
    lues = 0
    try:
        for feuille, file in zip(feuilles, files, strict=True):
            lot: list[Ligne] = []
            async for ligne in feuille.lignes:
                lot.append(ligne)
                if len(lot) == LOT:
                    await _pousser(file, lot, ecriture)
                    lues += len(lot)
                    lot = []
                    if progres is not None:
                        await progres(lues)
            lues += len(lot)
            await _pousser(file, lot, ecriture)
            await _pousser(file, None, ecriture)
    except BaseException:
        for file in files:
            while not file.empty():
                file.get_nowait()
            file.put(None)
        raise
    finally:
        await asyncio.wait([ecriture])
    return ecriture.result()


def _tirer(file: queue.Queue[list[Ligne] | None]) -> Iterator[Ligne]:
    while (lot := file.get()) is not None:
        yield from lot


async def _pousser(
    file: queue.Queue[list[Ligne] | None], lot: list[Ligne] | None, ecriture: asyncio.Task[int]
) -> None:
    """Wait for room; the writer's own failure ends the waiting."""
    while True:
        try:
            file.put_nowait(lot)
            return
        except queue.Full:
            if ecriture.done():
                ecriture.result()
            await asyncio.sleep(0.01)

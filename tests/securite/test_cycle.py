"""Any life of a dossier: random gestures of everybody, allowed and not, against a small model."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from portal.dossiers import registre
from portal.dossiers.transitions import TRANSITIONS
from portal.grandlivre import queries as livre
from tests.dossiers.dispositif_essai import CODE, ESSAI
from tests.securite.cycle import Opco
from tests.securite.cycle_argent import MarcheComplete

PAS = 15


@pytest_asyncio.fixture(loop_scope="session")
async def opco(
    litestar: Any, base_neuve: str, horloge: Callable[[datetime], Awaitable[None]]
) -> AsyncIterator[Opco]:
    """A database of its own: payment runs take whatever waits, and clocks move."""
    registre.DISPOSITIFS[CODE] = ESSAI
    yield await Opco.reunir()
    registre.DISPOSITIFS.pop(CODE, None)


async def marcher(graines: range, opco: Opco) -> Counter[tuple[str, str]]:
    """Walk from each seed; the transitions seen."""
    vues: Counter[tuple[str, str]] = Counter()
    for graine in graines:
        marche = MarcheComplete(graine, opco)
        try:
            await marche.preparer()
            await marche.verifier()
            for _ in range(PAS):
                await marche.un_pas()
                await marche.verifier()
        except Exception as erreur:
            erreur.add_note(f"graine {graine} : {' → '.join(marche.trace)}")
            raise
        vues += marche.faites
    assert await livre.ecarts() == []
    return vues


async def test_d09_soixante_vies_suivent_la_table(opco: Opco) -> None:
    """And between them they take every arrow of the table."""
    vues = await marcher(range(60), opco)
    assert set(vues) == {(t.de, t.vers) for t in TRANSITIONS}


@pytest.mark.preuve
async def test_d09_deux_mille_vies_suivent_la_table(opco: Opco) -> None:
    vues = await marcher(range(1_000, 3_000), opco)
    assert set(vues) == {(t.de, t.vers) for t in TRANSITIONS}

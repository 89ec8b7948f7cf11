"""Server or worker killed at any point of the story: nothing is lost, nothing is done twice."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from portal.testing import postgres
from tests.parcours.bilan import dresser
from tests.parcours.coupures import Coupures
from tests.parcours.histoire import Histoire
from tests.parcours.portail import PortailVivant, portail_sur_clone
from tests.parcours.recit import IDCC, Recit

GRAINE = 20260901
Faire = Callable[[], Awaitable[PortailVivant]]


@pytest_asyncio.fixture(loop_scope="session")
async def portail_a_part(litestar: object) -> AsyncIterator[PortailVivant]:
    """A portal of its own, with the personas and the branches open: it is here to be killed."""
    nom = f"coupures_{uuid.uuid4().hex[:8]}"
    vivant = await portail_sur_clone(nom)
    await vivant.peupler(0)
    try:
        await vivant.demarrer()
        yield vivant
    finally:
        vivant.arreter()
        await postgres.supprimer(nom)


async def _vivre(portail: PortailVivant, graine: int) -> None:
    h = Histoire(portail, _personne, rang=graine % 9000, idcc=IDCC)
    await h.inscrire()
    coupures = Coupures(portail, graine)
    await Recit(h, coupures).vivre()
    assert not coupures.points, f"points jamais atteints : {coupures.points} sur {coupures.rang}"
    assert set(coupures.faites) == {"serve", "worker"}
    await dresser(h)


async def _personne(*_: object, **__: object) -> None:
    raise AssertionError("ce récit se passe de navigateur")


async def test_vingt_coupures(portail_a_part: PortailVivant) -> None:
    await _vivre(portail_a_part, GRAINE)


@pytest.mark.preuve
@pytest.mark.parametrize("graine", range(1, 11))
async def test_deux_cents_coupures(portail_a_part: PortailVivant, graine: int) -> None:
    await _vivre(portail_a_part, GRAINE + 2 * graine)

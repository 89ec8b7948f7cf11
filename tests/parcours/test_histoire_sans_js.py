"""The same story with JavaScript off: nothing in it needs a script."""

from __future__ import annotations

from tests.parcours.conftest import Entrer
from tests.parcours.histoire import Histoire
from tests.parcours.portail import PortailVivant
from tests.parcours.test_histoire import raconter


async def test_toute_l_histoire_sans_javascript(portail: PortailVivant, entrer: Entrer) -> None:
    await raconter(Histoire(portail, entrer, rang=910, idcc="1413", js=False))

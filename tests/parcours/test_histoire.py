"""The whole story of the portal in a real browser, from « Créer mon compte » to the avis."""

from __future__ import annotations

from tests.parcours.acte_argent import se_faire_rembourser
from tests.parcours.acte_dossier import deposer_dossier
from tests.parcours.acte_entreprise import (
    accueillir_collegue,
    activer,
    creer_compte,
    demander_rattachement,
    ouvrir_dispositif,
)
from tests.parcours.acte_instruction import instruire
from tests.parcours.conftest import Entrer
from tests.parcours.histoire import Histoire
from tests.parcours.portail import PortailVivant


async def raconter(h: Histoire) -> None:
    """The acts, in their order."""
    await h.inscrire()
    admin = await creer_compte(h, "Lucie", "Marchand")
    await demander_rattachement(h, admin)
    await activer(h, admin)
    await accueillir_collegue(h, admin)
    await ouvrir_dispositif(h)
    await deposer_dossier(h, admin)
    await instruire(h, admin)
    await se_faire_rembourser(h, admin)


async def test_toute_l_histoire(portail: PortailVivant, entrer: Entrer) -> None:
    await raconter(Histoire(portail, entrer, rang=900, idcc="2408"))

"""The whole story of the portal in a real browser, from « Créer mon compte » to the avis."""

from __future__ import annotations

from tests.parcours import acte_dossier, acte_instruction
from tests.parcours import acte_entreprise as entreprise
from tests.parcours.conftest import Entrer
from tests.parcours.histoire import Histoire
from tests.parcours.portail import PortailVivant


async def test_toute_l_histoire(portail: PortailVivant, entrer: Entrer) -> None:
    h = Histoire(portail, entrer, rang=900, idcc="2408")
    await h.inscrire()
    admin = await entreprise.creer_compte(h, "Lucie", "Marchand")
    await entreprise.demander_rattachement(h, admin)
    await entreprise.activer(h, admin)
    await entreprise.ouvrir_dispositif(h)
    await acte_dossier.deposer_dossier(h, admin)
    await acte_instruction.instruire(h, admin)

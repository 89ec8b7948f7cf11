"""C05: the company's page for the staff, posted to when things have moved on."""

from __future__ import annotations

from typing import Any

from portal.core.comptes.operations import donner_role
from portal.core.rattachements.file_courriers import mettre_en_file
from portal.infra.base import transaction
from portal.testing.sessions import ouvrir
from tests.core.rattachements_aides import personne, societe


async def test_c05_a_code_asked_for_while_a_letter_waits_says_so(navigateur: Any) -> None:
    """No error points to a form that is no longer shown (the browser of the tests looks)."""
    s, moi = await societe(), await personne()
    await donner_role(moi.compte_id, "conseiller", acteur=None)
    async with transaction():
        await mettre_en_file(s.siren, s.profil, "demande", moi)
    nav = navigateur()
    nav.client.cookies.set("session", await ouvrir(moi.compte_id), domain="127.0.0.1")
    page = await nav.post(f"/entreprises/{s.siren}/{s.profil}/code", {"_cle": "sans-raison"})
    assert page.statut == 422
    assert "Un courrier partira avec le prochain lot" in page.texte

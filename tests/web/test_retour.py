"""Signed out in another tab: what one posts leads to the sign-in page, and back where one was."""

from __future__ import annotations

from typing import Any


async def test_une_saisie_sans_session_ramene_a_sa_page(navigateur: Any) -> None:
    nav = navigateur()
    referer = {"referer": "http://essai.example/dossiers/nouveau?q=x"}
    page = await nav.post("/dossiers/nouveau", {"choix": "x"}, entetes=referer)
    assert page.chemin == "/connexion?suite=/dossiers/nouveau"
    assert "vous reviendrez à la page où vous étiez" in page.texte


async def test_un_referent_d_ailleurs_ne_mene_nulle_part_ailleurs(navigateur: Any) -> None:
    nav = navigateur()
    ailleurs = {"referer": "https://ailleurs.example//piege.example/x"}
    page = await nav.post("/dossiers/nouveau", {"choix": "x"}, entetes=ailleurs)
    assert page.chemin == "/connexion"
    assert "vous reviendrez" not in (await nav.get("/connexion")).texte

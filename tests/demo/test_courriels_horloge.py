"""The demonstration's own pages: its e-mails, its clock, its components."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from portal.demo.pages import lier, lire_heure
from portal.infra import clock, mail
from portal.infra.base import sql1

RACINE = "http://127.0.0.1:8000"


async def test_courriels_du_plus_recent_liens_cliquables(navigateur) -> None:
    adresse = f"{uuid.uuid4().hex[:10]}@entreprise.example"
    await mail.poster(adresse, "Premier", "Sans lien")
    await mail.poster(adresse, "Second <b>", f"Voir {RACINE}/connexion. Merci <script>")
    nav = navigateur()
    page = await nav.get(f"/demo/courriels?q={adresse}")
    assert page.html.xpath("//tbody//th//a/text()") == ["Second <b>", "Premier"]
    ligne = await sql1("select uid from courriel where a = $1 and sujet like 'Second%'", adresse)
    page = await nav.get(f"/demo/courriels/{ligne['uid']}")
    assert page.liens(f"{RACINE}/connexion") == ["/connexion"]
    assert "<script>" not in page.reponse.text.split('class="courriel-texte"')[1]
    assert (await nav.get(f"/demo/courriels/{uuid.uuid4()}")).statut == 404


def test_lien_suivi_d_un_point_ou_d_ailleurs() -> None:
    assert str(lier("a https://x.example/b?c=d&e. fin", RACINE)) == (
        'a <a href="https://x.example/b?c=d&amp;e">https://x.example/b?c=d&amp;e</a>. fin'
    )
    assert str(lier("<i>", RACINE)) == "&lt;i&gt;"


async def test_horloge_se_deplace_et_se_remet(navigateur) -> None:
    nav = navigateur()
    page = await nav.get("/demo/horloge")
    page = await nav.soumettre(page, contenant="jour", jour="31/02/2031", heure="25h")
    assert page.statut == 422
    assert "Cette date n’existe pas" in page.erreur("jour")
    assert "HH:MM" in page.erreur("heure")
    try:
        page = await nav.soumettre(page, contenant="jour", jour="14/07/2031", heure="9h05")
        assert "14 juillet 2031 à 09:05" in page.texte
        assert await clock.aujourd_hui() == date(2031, 7, 14)
        page = await nav.soumettre(page, contenant="_action")
        assert await clock.aujourd_hui() == clock.instant().astimezone(clock.PARIS).date()
    finally:
        await clock.remettre()


@pytest.mark.parametrize(
    ("saisi", "lu"), [("14:32", "14:32"), ("9h", "09:00"), ("9 h 05", "09:05"), ("0:00", "00:00")]
)
def test_heure_comme_on_l_ecrit(saisi: str, lu: str) -> None:
    assert lire_heure(saisi) == lu


@pytest.mark.parametrize("saisi", ["24:00", "12:60", "midi", "1:2:3", ""])
def test_heure_refusee(saisi: str) -> None:
    with pytest.raises(Exception, match="HH:MM"):
        lire_heure(saisi)


async def test_composants_s_affichent(navigateur) -> None:
    page = await navigateur().get("/demo/composants")
    assert page.h1 == "Composants"

"""A slow hand and a slow network: no press is lost to fields that are drawn again."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Locator, Page, Route

from portal.demo.personas import MOT_DE_PASSE
from tests.parcours.conftest import Entrer
from tests.parcours.histoire import connecter
from tests.parcours.visiteur import Visiteur

ENREGISTRE = re.compile(r"Enregistré à \d\d:\d\d")
APPUI = 400
"""Milliseconds that a finger stays down: longer than the server needs to answer."""


async def _sur_les_couts(entrer: Entrer) -> Visiteur:
    visiteur = await entrer("souris-")
    await connecter(visiteur, "claire.morel@demo.example", MOT_DE_PASSE)
    await visiteur.aller("/dossiers/nouveau")
    await visiteur.appuyer(re.compile("^Commencer.*Action de formation"))
    if "/etapes/" not in visiteur.page.url:
        await visiteur.appuyer(re.compile("^Commencer un autre"))
    debut = visiteur.page.url.removeprefix(visiteur.url).rpartition("/")[0]
    await visiteur.aller(f"{debut}/couts")
    return visiteur


async def _appuyer_lentement(page: Page, cible: Locator) -> None:
    await cible.scroll_into_view_if_needed()
    cadre = await cible.bounding_box()
    assert cadre is not None
    await page.mouse.move(cadre["x"] + cadre["width"] / 2, cadre["y"] + cadre["height"] / 2)
    await page.mouse.down()
    await page.wait_for_timeout(APPUI)
    await page.mouse.up()


def _oui(page: Page, groupe: str) -> Locator:
    return page.get_by_role("radiogroup", name=groupe).get_by_label("Oui")


async def test_d02_un_appui_lent_apres_une_saisie_n_est_pas_perdu(entrer: Entrer) -> None:
    visiteur = await _sur_les_couts(entrer)
    page = visiteur.page
    await visiteur.champ("Coût pédagogique HT").fill("-5")
    await _appuyer_lentement(page, _oui(page, "Je demande la prise en charge des salaires"))
    await page.locator("p.erreur").first.wait_for()
    assert await _oui(page, "Je demande la prise en charge des salaires").is_checked()
    assert await visiteur.champ("Coût pédagogique HT").input_value() == "-5"


async def test_d02_une_reponse_lente_n_efface_pas_ce_qui_a_ete_fait_depuis(entrer: Entrer) -> None:
    visiteur = await _sur_les_couts(entrer)
    page = visiteur.page
    tenue, passe = asyncio.Event(), asyncio.Event()

    async def retenir(route: Route) -> None:
        tenue.set()
        await passe.wait()
        await route.continue_()

    await page.route("**/redessiner", retenir, times=1)
    annexes = _oui(page, "Je demande la prise en charge de repas")
    await annexes.check()
    await asyncio.wait_for(tenue.wait(), 10)
    prix = visiteur.champ("Coût pédagogique HT")
    await prix.fill("1400")
    salaires = _oui(page, "Je demande la prise en charge des salaires")
    passe.set()
    await _appuyer_lentement(page, salaires)
    await visiteur.champ("Nombre de repas").wait_for()
    await page.get_by_text(ENREGISTRE).first.wait_for()
    await page.wait_for_load_state("networkidle")
    assert await salaires.is_checked()
    assert await annexes.is_checked()
    assert await prix.input_value() == "1400"
    await page.reload()
    assert await salaires.is_checked()
    assert re.sub(r"\s", "", await prix.input_value()).startswith("1400")

"""Hands on the keyboard only: the focus is always seen, never lost, and everything can be done."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from portal.demo.personas import MOT_DE_PASSE
from tests.parcours.conftest import Entrer
from tests.parcours.histoire import code_du_moment
from tests.parcours.visiteur import Visiteur

_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const b = e.getBoundingClientRect();
  const cadre = (qui, pseudo) => { const s = getComputedStyle(qui, pseudo);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
  const trait = [null, '::after', '::before'].some(p => cadre(e, p))
    || [1, 2, 3].reduce(([q, vu]) => [q?.parentElement, vu || (q?.parentElement && cadre(q.parentElement))], [e, false])[1];
  const sous = document.elementFromPoint(b.left + Math.min(b.width, 20) / 2, b.top + b.height / 2);
  return {
    id: e.id, nom: e.name || '', balise: e.tagName.toLowerCase(), type: e.type || '',
    texte: (e.innerText || e.value || '').trim().slice(0, 60), html: e.outerHTML.slice(0, 120),
    trait: !!trait,
    couvert: b.width > 1 && b.top < innerHeight && b.bottom > 0 && !!sous && !e.contains(sous) && !sous.contains(e)
      && !(sous.closest('label') && sous.closest('label').control === e),
  };
}"""


async def focus(page: Page) -> dict[str, Any] | None:
    """What has the focus, and whether one sees it."""
    trouve: dict[str, Any] | None = await page.evaluate(_FOCUS)
    return trouve


async def tabuler(page: Page, *, texte: str = "", nom: str = "", maximum: int = 120) -> None:
    """Tab until the element with this text or name has the focus; each stop must be seen."""
    for _ in range(maximum):
        await page.keyboard.press("Tab")
        vu = await focus(page)
        if vu is None:
            continue
        assert vu["trait"], f"focus invisible sur {page.url} : {vu['html']}"
        assert not vu["couvert"], f"focus couvert sur {page.url} : {vu['html']}"
        if (texte and vu["texte"].startswith(texte)) or (nom and vu["nom"] == nom):
            return
    raise AssertionError(f"{texte or nom} hors d’atteinte au clavier sur {page.url}")


async def entrer_par(visiteur: Visiteur, touche: str = "Enter") -> None:
    """Press a key that leads to another page."""
    async with visiteur.page.expect_event("load"):
        await visiteur.page.keyboard.press(touche)
    await visiteur.page.locator("h1").wait_for()


async def se_connecter(visiteur: Visiteur, email: str) -> None:
    page = visiteur.page
    await visiteur.aller("/connexion")
    await tabuler(page, nom="email")
    await page.keyboard.type(email)
    await tabuler(page, nom="mot_de_passe")
    await page.keyboard.type(MOT_DE_PASSE)
    await entrer_par(visiteur)
    if "/connexion/confirmer" in page.url:
        assert visiteur.portail is not None
        code = await code_du_moment(visiteur.portail, email)
        await tabuler(page, nom="code")
        await page.keyboard.press("Control+A")
        await page.keyboard.type(code)
        await entrer_par(visiteur)
    assert page.url == f"{visiteur.url}/accueil"


async def test_le_lien_d_evitement_mene_au_contenu(entrer: Entrer) -> None:
    visiteur = await entrer("clavier-")
    await visiteur.aller("/")
    await visiteur.page.keyboard.press("Tab")
    vu = await focus(visiteur.page)
    assert vu is not None
    assert vu["texte"] == "Aller au contenu"
    assert vu["trait"]
    await visiteur.page.keyboard.press("Enter")
    vu = await focus(visiteur.page)
    assert vu is not None
    assert vu["id"] == "contenu"


async def test_saisir_et_transmettre_sans_souris(entrer: Entrer) -> None:
    visiteur = await entrer("clavier-")
    page = visiteur.page
    await se_connecter(visiteur, "claire.morel@demo.example")
    await visiteur.aller("/dossiers/nouveau")
    await tabuler(page, texte="Commencer")
    await entrer_par(visiteur)
    if "/etapes/" not in page.url:
        await tabuler(page, texte="Commencer un autre dossier")
        await entrer_par(visiteur)
    dossier = page.url.split("/etapes/")[0].removeprefix(visiteur.url)
    await remplir_entreprise(visiteur)
    await choisir_sans_perdre_le_focus(visiteur, dossier)
    await visiteur.aller(f"{dossier}/verifier")
    await tabuler(page, texte="Transmettre")
    await entrer_par(visiteur)
    await au_resume(page, "Avant de transmettre")


async def remplir_entreprise(visiteur: Visiteur) -> None:
    """A whole step; a wrong address leads to the summary, whose link leads to the field."""
    page = visiteur.page
    for nom, valeur in (
        ("contact_nom", "Claire Morel"),
        ("contact_courriel", "claire.morel"),
        ("effectif", "8"),
    ):
        await tabuler(page, nom=nom)
        await page.keyboard.press("Control+A")
        await page.keyboard.type(valeur)
    await tabuler(page, texte="Enregistrer et continuer")
    await entrer_par(visiteur)
    await au_resume(page, "à corriger")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    vu = await focus(page)
    assert vu is not None
    assert vu["nom"] == "contact_courriel"
    await page.keyboard.press("Control+A")
    await page.keyboard.type("claire.morel@demo.example")
    await tabuler(page, texte="Enregistrer et continuer")
    await entrer_par(visiteur)
    assert page.url.endswith("/etapes/organisme"), page.url


async def choisir_sans_perdre_le_focus(visiteur: Visiteur, dossier: str) -> None:
    """A choice that brings other fields: they are drawn, and the focus stays on the choice."""
    page = visiteur.page
    await visiteur.aller(f"{dossier}/etapes/couts")
    await tabuler(page, nom="annexes")
    async with page.expect_response(lambda r: r.url.endswith("/redessiner")):
        await page.keyboard.press("Space")
    await page.locator("[name=repas]").wait_for()
    await page.wait_for_function("() => document.activeElement.name === 'annexes'")
    await tabuler(page, nom="repas", maximum=3)


async def au_resume(page: Page, texte: str) -> None:
    """The focus is on the summary of errors."""
    await page.wait_for_function("() => document.activeElement.matches('.resume-erreurs')")
    vu = await focus(page)
    assert vu is not None
    assert texte in vu["texte"], vu


async def test_filtrer_une_liste_garde_le_focus(entrer: Entrer) -> None:
    visiteur = await entrer("clavier-")
    page = visiteur.page
    await se_connecter(visiteur, "marc.tessier@demo.example")
    await visiteur.aller("/instruction")
    await tabuler(page, nom="etat")
    async with page.expect_response(lambda r: "etat=" in r.url):
        await page.keyboard.press("ArrowDown")
    await page.wait_for_url("**/instruction?*")
    await page.wait_for_function("() => document.activeElement.name === 'etat'")
    assert await page.locator("h1").count() == 1

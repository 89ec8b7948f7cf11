"""One person in a real browser. Each page that is reached is looked at: errors, axe, width."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.parcours.portail import PortailVivant

RACINE = Path(__file__).resolve().parents[2]
AXE = RACINE / "node_modules" / "axe-core" / "axe.min.js"
CAPTURES = RACINE / "test-results" / "captures"
BUREAU, TELEPHONE = 1280, 390
HAUTEUR = 900
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ATTENDUS = re.compile(
    r"Failed to load resource: the server responded with a status of (404|409|422)"
)
Libelle = str | re.Pattern[str]
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{9,14}")
_LANCER_AXE = """async (regles) => {
  const r = await axe.run(document, {runOnly: {type: 'tag', values: regles}, resultTypes: ['violations']});
  return r.violations.map(v => v.id + ' : ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' — ' + n.failureSummary).join(' | '));
}"""
_PLUS_LARGE = """() => {
  const large = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= large) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > large + 1 && e.checkVisibility())
    .slice(0, 5).map(e => e.outerHTML.slice(0, 120));
}"""

# axe leaves empty style attributes, which htmx would copy against the policy of the page.
_EFFACER_TRACES = (
    """() => document.querySelectorAll('[style=""]').forEach(e => e.removeAttribute('style'))"""
)


class Visiteur:
    """A person: a context of their own (cookies), one page, what went wrong on it."""

    def __init__(
        self,
        page: Page,
        url: str,
        *,
        nom: str = "",
        js: bool = True,
        largeurs: Sequence[int] = (BUREAU, TELEPHONE),
        vues: set[str] | None = None,
        portail: PortailVivant | None = None,
    ) -> None:
        self.page = page
        self.url = url
        self.nom = nom
        self.js = js
        self.largeurs = largeurs
        self.vues = set() if vues is None else vues
        self.portail = portail
        self.fautes: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda erreur: self.fautes.append(f"{page.url} : {erreur}"))

    @property
    def contexte(self) -> BrowserContext:
        return self.page.context

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not ATTENDUS.search(message.text):
            self.fautes.append(f"{self.page.url} : console : {message.text}")

    # Going about

    async def aller(self, chemin: str) -> Response | None:
        """Open a path of the portal, by address."""
        adresse = chemin if chemin.startswith("http") else self.url + chemin
        reponse = await self.page.goto(adresse)
        await self.regarder()
        return reponse

    async def suivre(
        self, libelle: Libelle | Locator, *, dans: Locator | Page | None = None
    ) -> None:
        """Click a link, and look at where it leads."""
        await self._aller_par(self._element("link", libelle, dans))

    async def appuyer(
        self, libelle: Libelle | Locator, *, dans: Locator | Page | None = None
    ) -> None:
        """Press a button, and look at what comes."""
        await self._aller_par(self._element("button", libelle, dans))

    def _element(
        self,
        role: Literal["link", "button"],
        libelle: Libelle | Locator,
        dans: Locator | Page | None,
    ) -> Locator:
        if isinstance(libelle, Locator):
            return libelle
        exact = role == "button" and isinstance(libelle, str)
        return (dans or self.page).get_by_role(role, name=libelle, exact=exact).first

    async def _aller_par(self, element: Locator) -> None:
        async with self.page.expect_event("load"):
            await element.click()
        await self.regarder()

    async def remplir(self, champs: dict[str, str], *, dans: Locator | Page | None = None) -> None:
        """Type into fields, found by their labels."""
        for libelle, valeur in champs.items():
            await self.champ(libelle, dans).fill(valeur)

    def champ(self, libelle: str, dans: Locator | Page | None = None) -> Locator:
        """The one field with this label; the asterisk of what is mandatory aside."""
        motif = re.compile(rf"^\s*{re.escape(libelle)}(\s*\*)?\s*$")
        return (dans or self.page).get_by_label(motif)

    async def cocher(self, groupe: str, option: str, *, dans: Locator | Page | None = None) -> None:
        """Choose a radio button or tick a box of a group."""
        ou = (
            (dans or self.page)
            .get_by_role("group", name=groupe)
            .or_((dans or self.page).get_by_role("radiogroup", name=groupe))
        )
        await ou.first.get_by_label(option).first.check()

    async def joindre(
        self, champ: str | Locator, nom: str, contenu: bytes, genre: str = "application/pdf"
    ) -> None:
        """Choose a file."""
        lieu = self.champ(champ) if isinstance(champ, str) else champ
        await lieu.set_input_files({"name": nom, "mimeType": genre, "buffer": contenu})

    async def telecharger(self, lien: str | Locator) -> bytes:
        """Click a link that gives a file; the file."""
        cible = self.page.get_by_role("link", name=lien).first if isinstance(lien, str) else lien
        async with self.page.expect_download() as attendu:
            await cible.click()
        fichier = await (await attendu.value).path()
        return fichier.read_bytes()

    # Reading

    async def h1(self) -> str:
        return _lisse(await self.page.locator("h1").inner_text())

    async def texte(self) -> str:
        """What the page says, whitespace folded."""
        return _lisse(await self.page.locator("main").inner_text())

    async def dit(self, *phrases: str) -> None:
        """The page says each of these."""
        lu = await self.texte()
        manquent = [p for p in phrases if _lisse(p) not in lu]
        assert not manquent, f"{self.page.url} ne dit pas {manquent} :\n{lu[:3000]}"

    async def lien(self, libelle: str) -> str:
        """Where a link leads."""
        return str(await self.page.get_by_role("link", name=libelle).first.get_attribute("href"))

    # Looking

    async def regarder(self) -> None:
        """One h1; with JavaScript, axe and the widths, once for each kind of page (`vues`)."""
        assert not self.fautes, "\n".join(self.fautes)
        titres = await self.page.locator("h1").count()
        assert titres == 1, f"{titres} h1 sur {self.page.url}"
        if not self.js:
            return
        cle = await self._cle()
        if cle in self.vues:
            return
        self.vues.add(cle)
        await self.examiner()
        await self.photographier(cle)
        await self.page.evaluate(_EFFACER_TRACES)

    async def examiner(self) -> None:
        """axe at the width of a desk, no horizontal scroll at any."""
        fautes: list[str] = await self.axe()
        for largeur in self.largeurs:
            await self.page.set_viewport_size({"width": largeur, "height": HAUTEUR})
            if plus_larges := await self.page.evaluate(_PLUS_LARGE):
                fautes.append(f"déborde à {largeur} px : {plus_larges}")
        await self.page.set_viewport_size({"width": BUREAU, "height": HAUTEUR})
        assert not fautes, f"{self.page.url}\n" + "\n".join(fautes)

    async def axe(self) -> list[str]:
        """Violations, each with its rule and the first elements concerned."""
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(AXE.read_text())
        trouvees: list[str] = await self.page.evaluate(_LANCER_AXE, REGLES)
        return trouvees

    async def photographier(self, nom: str) -> None:
        """Whole page at both widths, when asked for by PORTAL_CAPTURES=1."""
        if not os.environ.get("PORTAL_CAPTURES"):
            return
        CAPTURES.mkdir(parents=True, exist_ok=True)
        for largeur in (TELEPHONE, BUREAU):
            await self.page.set_viewport_size({"width": largeur, "height": HAUTEUR})
            fichier = CAPTURES / f"{self.nom}{nom}-{largeur}.png"
            await self.page.screenshot(path=fichier, full_page=True)

    async def _cle(self) -> str:
        chemin = _UID.sub("x", self.page.url.removeprefix(self.url).split("?")[0].split("#")[0])
        erreurs = await self.page.locator(".resume-erreurs").count()
        etat = await self.page.locator(".tete-page .etat").all_inner_texts()
        morceaux = [chemin.strip("/") or "racine", *etat, "erreurs" if erreurs else ""]
        return re.sub(r"[^\w]+", "_", "_".join(m for m in morceaux if m))


def _lisse(texte: Any) -> str:
    return re.sub(r"\s+", " ", str(texte)).strip()

"""A browser for tests, without a browser: keeps cookies, fills forms, inspects every HTML answer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html
from lxml.html import HtmlElement

ORIGINE = "http://127.0.0.1:8000"
_SANS_LABEL = {"hidden", "submit", "button", "image", "reset"}


class PageFautive(AssertionError):
    """The HTML breaks a rule of the house."""


@dataclass
class PageLue:
    """An answer, and what it says."""

    reponse: httpx.Response
    arbre: HtmlElement | None

    @property
    def statut(self) -> int:
        return self.reponse.status_code

    @property
    def chemin(self) -> str:
        return self.reponse.url.raw_path.decode()

    @property
    def html(self) -> HtmlElement:
        assert self.arbre is not None, f"pas de HTML : {self.reponse.headers.get('content-type')}"
        return self.arbre

    @property
    def texte(self) -> str:
        """Visible text, whitespace folded (non-breaking spaces become plain ones)."""
        return re.sub(r"\s+", " ", " ".join(self.html.itertext())).strip()

    @property
    def h1(self) -> str:
        return re.sub(r"\s+", " ", self.html.xpath("//h1")[0].text_content()).strip()

    def formulaire(self, action: str | None = None, *, contenant: str | None = None) -> HtmlElement:
        """The one POST form with this action (or holding a field of this name)."""
        trouves = [
            f
            for f in self.html.xpath("//form[translate(@method,'POST','post')='post']")
            if (action is None or f.get("action", "").split("?")[0] == action)
            and (contenant is None or contenant in f.fields)
            and (action is not None or f.get("action") != "/deconnexion")
        ]
        assert trouves, f"aucun formulaire {action or contenant or ''} sur {self.chemin}"
        return trouves[0]

    def liens(self, texte: str | None = None) -> list[str]:
        return [
            a.get("href")
            for a in self.html.xpath("//a[@href]")
            if texte is None or texte in re.sub(r"\s+", " ", a.text_content())
        ]

    def erreur(self, nom: str) -> str:
        """The error message tied to a field."""
        champ = next(iter(self.html.xpath(f"//*[@name='{nom}']")), None)
        assert champ is not None, f"champ {nom} absent"
        for cible in (champ.get("aria-describedby") or "").split():
            for element in self.html.xpath(f"//*[@id='{cible}']"):
                if "erreur" in (element.get("class") or "") or "erreur" in cible:
                    return re.sub(r"\s+", " ", element.text_content()).strip()
        return ""


class Navigateur:
    """One person's browser. `await nav.get(...)`, `await nav.soumettre(page, champ=valeur)`."""

    def __init__(self, app: Any, *, entetes: dict[str, str] | None = None) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=ORIGINE,
            headers={"Accept": "text/html", **(entetes or {})},
            follow_redirects=False,
        )

    async def fermer(self) -> None:
        await self.client.aclose()

    async def get(self, url: str, *, suivre: bool = True, **options: Any) -> PageLue:
        return await self._lire(await self.client.get(url, **options), suivre)

    async def post(
        self,
        url: str,
        donnees: dict[str, Any] | None = None,
        *,
        fichiers: Any = None,
        suivre: bool = True,
        entetes: dict[str, str] | None = None,
    ) -> PageLue:
        """A same-origin form post; add `_cle` yourself, or use `soumettre`."""
        tetes = {"Sec-Fetch-Site": "same-origin", **(entetes or {})}
        reponse = await self.client.post(url, data=donnees or {}, files=fichiers, headers=tetes)
        return await self._lire(reponse, suivre)

    async def soumettre(
        self,
        page: PageLue,
        action: str | None = None,
        *,
        bouton: tuple[str, str] | None = None,
        fichiers: Any = None,
        contenant: str | None = None,
        suivre: bool = True,
        **champs: Any,
    ) -> PageLue:
        """Fill a form of the page as shown and send it. Dots in names: pass `**{"a.b": v}`."""
        formulaire = page.formulaire(action, contenant=contenant)
        donnees: dict[str, Any] = {}
        for nom, valeur in formulaire.form_values():
            donnees.setdefault(nom, []).append(valeur)
        for nom, valeur in champs.items():
            if valeur is None:
                donnees.pop(nom, None)
            else:
                donnees[nom] = valeur
        if bouton:
            donnees[bouton[0]] = bouton[1]
        cible = formulaire.get("action") or page.chemin
        return await self.post(cible, donnees, fichiers=fichiers, suivre=suivre)

    async def _lire(self, reponse: httpx.Response, suivre: bool) -> PageLue:
        while suivre and reponse.is_redirect:
            assert reponse.status_code in (303, 302, 301), reponse.status_code
            reponse = await self.client.get(reponse.headers["location"])
        arbre = None
        if reponse.headers.get("content-type", "").startswith("text/html") and reponse.content:
            arbre = html.fromstring(reponse.text)
            inspecter(reponse, arbre)
        return PageLue(reponse, arbre)


def inspecter(reponse: httpx.Response, arbre: HtmlElement) -> None:
    """The rules that every HTML answer keeps. Raises `PageFautive`."""
    fautes: list[str] = []
    entiere = "<html" in reponse.text[:300]
    if entiere:
        fautes += _fautes_de_page(arbre)
    doubles = [i for i, n in Counter(arbre.xpath("//@id")).items() if n > 1]
    if doubles:
        fautes.append(f"identifiants en double : {doubles}")
    if arbre.xpath("//@style | //style | //script[not(@src)]"):
        fautes.append("style ou script dans la page")
    if [a for e in arbre.iter() if isinstance(e.tag, str) for a in e.attrib if a.startswith("on")]:
        fautes.append("gestionnaire d’événement dans la page")
    fautes += _fautes_de_champs(arbre)
    fautes += _fautes_de_liens(arbre)
    if fautes:
        raise PageFautive(f"{reponse.request.method} {reponse.url.path} : " + " ; ".join(fautes))


def _fautes_de_page(arbre: HtmlElement) -> list[str]:
    fautes = []
    if len(arbre.xpath("//h1")) != 1:
        fautes.append(f"{len(arbre.xpath('//h1'))} titres h1")
    if not (arbre.xpath("string(//title)") or "").strip():
        fautes.append("pas de titre de page")
    if arbre.xpath("string(/html/@lang)") != "fr":
        fautes.append("langue absente")
    if not arbre.xpath("//main"):
        fautes.append("pas de main")
    return fautes


def _fautes_de_champs(arbre: HtmlElement) -> list[str]:
    fautes = []
    etiquettes = set(arbre.xpath("//label/@for"))
    for champ in arbre.xpath("//input | //select | //textarea"):
        if champ.get("type") in _SANS_LABEL:
            continue
        if not (
            champ.get("id") in etiquettes
            or champ.get("aria-label")
            or champ.get("aria-labelledby")
            or champ.xpath("ancestor::label")
        ):
            fautes.append(f"champ sans étiquette : {champ.get('name')}")
    ids = set(arbre.xpath("//@id"))
    for reference in arbre.xpath("//@aria-describedby | //@aria-labelledby"):
        if manquants := [r for r in reference.split() if r not in ids]:
            fautes.append(f"référence vers un identifiant absent : {manquants}")
    return fautes


def _fautes_de_liens(arbre: HtmlElement) -> list[str]:
    fautes = []
    ids = set(arbre.xpath("//@id"))
    for lien in arbre.xpath("//a[@href]"):
        href = lien.get("href").strip()
        if href in ("", "#") or href.lower().startswith(("javascript:", "data:")):
            fautes.append(f"lien vide ou dangereux : {href!r}")
        if href.startswith("#") and href[1:] not in ids:
            fautes.append(f"ancre absente : {href}")
        if not (lien.text_content().strip() or lien.get("aria-label")):
            fautes.append(f"lien sans texte : {href}")
    for formulaire in arbre.xpath("//form[translate(@method,'POST','post')='post']"):
        if "_cle" not in formulaire.fields and formulaire.get("data-sans-cle") is None:
            fautes.append(f"formulaire sans clé : {formulaire.get('action')}")
    return fautes

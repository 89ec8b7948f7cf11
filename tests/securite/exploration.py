"""Walk through the portal as somebody: every page that links lead to, every form that they show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html
from lxml.html import HtmlElement

from portal.testing.navigateur import ORIGINE, Navigateur
from tests.securite.monde import Monde

_UID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b\d{9}(\d{5})?\b"
    r"|(?<=/branches/)[^/]+|(?<=/parametres/)[^/]+"
)
_SANS_VISITE = re.compile(
    r"^/(static|demo/composants|dossiers/export$)|/(fichier|exemple|retour-simule)$"
)
_LIGNE = re.compile(r"\.\w+\.")
PAGES_MAX = 150
PAR_MODELE = 2
"""Pages of one kind that are opened: two dossiers are enough, two hundred no more telling."""


@dataclass(frozen=True)
class Formulaire:
    """A form as a page shows it: where it goes, what it would send."""

    action: str
    methode: str
    champs: tuple[tuple[str, str], ...]
    saisissables: tuple[str, ...]
    page: str

    @property
    def cle(self) -> tuple[str, str, tuple[str, ...]]:
        noms = {_LIGNE.sub(".*.", nom) for nom, _ in self.champs}
        return self.methode, modele(self.action), tuple(sorted(noms))

    def valeurs(self, **autres: str) -> dict[str, Any]:
        donnees: dict[str, Any] = {}
        for nom, valeur in self.champs:
            donnees.setdefault(nom, []).append(valeur)
        return donnees | autres


@dataclass
class Parcours:
    """What was seen."""

    pages: dict[str, httpx.Response] = field(default_factory=dict)
    formulaires: dict[tuple[str, str, tuple[str, ...]], Formulaire] = field(default_factory=dict)

    def textes(self) -> Iterator[tuple[str, str]]:
        for url, reponse in self.pages.items():
            if est_html(reponse):
                yield url, reponse.text


def modele(url: str) -> str:
    """The kind of a page: its path, ids left out."""
    return _UID.sub("*", urlsplit(url).path)


def est_html(reponse: httpx.Response) -> bool:
    return reponse.headers.get("content-type", "").startswith("text/html")


async def explorer(nav: Navigateur, departs: Iterable[str], *, tout: bool = False) -> Parcours:
    """Breadth first. `tout`: files too, and as many of a kind as there are."""
    vu, file, par_modele = Parcours(), list(dict.fromkeys(departs)), dict[str, int]()
    while file and len(vu.pages) < PAGES_MAX:
        url = file.pop(0)
        if url in vu.pages:
            continue
        reponse = await nav.client.get(url)
        vu.pages[url] = reponse
        if reponse.is_redirect:
            file.append(urljoin(url, reponse.headers["location"]).removeprefix(ORIGINE))
        if not est_html(reponse) or not reponse.content:
            continue
        arbre = html.fromstring(reponse.text)
        for formulaire in _formulaires(arbre, url):
            vu.formulaires.setdefault(formulaire.cle, formulaire)
        for lien in _liens(arbre, url):
            sorte = modele(lien)
            utile = par_modele.get(sorte, 0) < PAR_MODELE and not _SANS_VISITE.search(sorte)
            if (tout or utile) and lien not in file:
                par_modele[sorte] = par_modele.get(sorte, 0) + 1
                file.append(lien)
    return vu


def _liens(arbre: HtmlElement, page: str) -> Iterator[str]:
    for href in arbre.xpath("//a/@href"):
        url = urljoin(page, href).partition("#")[0]
        if url.startswith("/") and not url.startswith("//"):
            yield url


def _formulaires(arbre: HtmlElement, page: str) -> Iterator[Formulaire]:
    for element in arbre.xpath("//form"):
        saisis = element.xpath(
            ".//input[not(@type) or not(@type='hidden' or @type='submit' or @type='file')]/@name"
            " | .//select/@name | .//textarea/@name"
        )
        yield Formulaire(
            urljoin(page, element.get("action") or page).partition("#")[0],
            (element.get("method") or "get").lower(),
            tuple((n, v or "") for n, v in element.form_values()),
            tuple(dict.fromkeys(saisis)),
            page,
        )


def departs(monde: Monde, qui: str) -> list[str]:
    """Where to start: home, lists, and each object of the world."""
    o = monde.objets
    if qui == "anonyme":
        return ["/", "/connexion", "/compte/creer", "/mot-de-passe/oublie", "/aide", "/dispositifs",
                "/connaitre-mon-opco"]  # fmt: skip
    communs = ["/accueil", "/compte", "/compte/mot-de-passe", "/notifications", "/rattachements",
               "/rattachements/demander", "/rattachements/code", "/entreprises/recherche",
               "/entreprises/saisir", "/aide", "/connaitre-mon-opco",
               "/dossiers", "/factures", "/reglements", "/demo/courriels", "/demo/horloge",
               f"/dossiers/{o['transmis']}", f"/dossiers/{o['accorde']}/remboursement",
               f"/factures/{o['facture']}", f"/reglements/avis/{o['paiement']}"]  # fmt: skip
    if qui in ("gestionnaire", "ailleurs", "lecteur"):
        return [*communs, "/instruction", f"/instruction/{o['instruit']}", "/remboursements",
                f"/instruction/{o['transmis']}", f"/remboursements/{o['demande']}", "/entreprises",
                "/entreprises/a-verifier", "/contacts", f"/contacts/{o['contact']}",
                f"/entreprises/{monde.a.siren}", "/branches", "/branches/0573",
                "/branches/0573/dispositifs/action_formation", "/courriers", "/installation",
                "/branches/0573/parametres/formation.repas", "/reglements/lots",
                f"/reglements/lots/{o['lot']}", f"/reglements/lots/{o['lot_valide']}"]  # fmt: skip
    b, e = f"/dossiers/{o['brouillon']}", f"/entreprise/{monde.a.siren}/adherent"
    return [*communs, b, f"{b}/documents", f"{b}/verifier", "/dossiers/nouveau",
            *(f"{b}/etapes/{c}" for c in ("entreprise", "organisme", "formation", "stagiaires", "couts")),
            f"/dossiers/{o['a_completer']}", f"/dossiers/{o['transmis']}/annuler",
            f"{e}/utilisateurs", f"{e}/demandes/{o['demande_acces']}", "/rib",
            f"{e}/utilisateurs/{o['acces']}", f"/rib/{monde.a.siren}/adherent",
            "/factures/proforma", f"/factures/proforma/{o['proforma']}", "/factures/deposer",
            f"/factures/deposer?proforma={o['proforma']}"]  # fmt: skip

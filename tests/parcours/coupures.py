"""A browser over the network whose requests are the moments at which processes are killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

import httpx

from portal.testing.navigateur import Navigateur
from tests.parcours.histoire import code_du_moment
from tests.parcours.portail import PortailVivant

DELAI_MAX = 0.06
REQUETES = 75
"""How many requests a story makes at least; the points are drawn among them."""


class Coupures:
    """Which requests of a story are cut, how late, and what is killed: all from one seed."""

    def __init__(self, portail: PortailVivant, graine: int, nombre: int = 20) -> None:
        alea = Random(graine)
        self.portail = portail
        self.graine = graine
        self.alea = alea
        self.points = {
            rang: alea.choice(("serve", "worker")) for rang in alea.sample(range(REQUETES), nombre)
        }
        self.rang = 0
        self.faites: Counter[str] = Counter()

    def suivante(self) -> str | None:
        """What to kill during the request that begins."""
        quoi = self.points.pop(self.rang, None)
        self.rang += 1
        return quoi

    async def couper(self, quoi: str) -> None:
        """After a moment, SIGKILL; started again at once."""
        await asyncio.sleep(self.alea.random() * DELAI_MAX)
        self.portail.tuer(quoi)
        self.faites[quoi] += 1
        self.portail.lancer(quoi)


class TransportCoupe(httpx.AsyncBaseTransport):
    """Sends; when cut, waits for the server and sends the very same request again."""

    def __init__(self, coupures: Coupures | None) -> None:
        self.coupures = coupures
        self.reseau = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        quoi = self.coupures.suivante() if self.coupures else None
        if self.coupures is None or quoi is None:
            return await self._envoyer(request)
        envoi = asyncio.ensure_future(self._envoyer(request))
        await self.coupures.couper(quoi)
        try:
            return await envoi
        except httpx.TransportError:
            await self.coupures.portail.attendre()
            return await self._envoyer(request)
        finally:
            await self.coupures.portail.attendre()

    async def _envoyer(self, request: httpx.Request) -> httpx.Response:
        """Read to its end: a half answer is no answer."""
        reponse = await self.reseau.handle_async_request(
            httpx.Request(
                request.method, request.url, headers=request.headers, content=request.content
            )
        )
        contenu = await reponse.aread()
        tetes = [(k, v) for k, v in reponse.headers.raw if k.lower() != b"content-encoding"]
        return httpx.Response(reponse.status_code, headers=tetes, content=contenu)

    async def aclose(self) -> None:
        await self.reseau.aclose()


class NavigateurReseau(Navigateur):
    """The tests' browser, on a portal that really runs."""

    def __init__(self, portail: PortailVivant, coupures: Coupures | None = None) -> None:
        self.portail = portail
        self.client = httpx.AsyncClient(
            transport=TransportCoupe(coupures),
            base_url=portail.url,
            headers={"Accept": "text/html", "Accept-Encoding": "identity"},
            follow_redirects=False,
            timeout=30,
        )

    async def connecter(self, email: str, passe: str) -> None:
        """Sign in, the second factor included. A token lost on its way: sign in again."""
        for _ in range(3):
            page = await self.get("/connexion")
            if page.chemin == "/connexion":
                page = await self.soumettre(
                    page, contenant="mot_de_passe", email=email, mot_de_passe=passe
                )
            if page.chemin.startswith("/connexion/confirmer"):
                code = await code_du_moment(self.portail, email)
                page = await self.soumettre(page, "/connexion/confirmer", code=code)
            if page.chemin.startswith("/accueil"):
                return
        raise AssertionError(page.texte)

    async def connecte(self) -> bool:
        """Whether the portal knows who this is."""
        return (await self.get("/accueil")).chemin.startswith("/accueil")


def fichier(nom: str, contenu: bytes, champ: str = "fichier") -> dict[str, Any]:
    """A file to send with a form."""
    return {champ: (nom, contenu, "application/pdf")}

"""Kills at chosen moments, and a browser that sends again what was cut off, as it was."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from portal.testing.navigateur import Navigateur
from tests.parcours.portail import PortailVivant

PENDANT = (0.0, 0.004, 0.008, 0.015, 0.03, 0.06, 0.12)
"""Seconds after a form is sent; zero kills before it leaves."""

MANIERES = ("serveur", "worker", "serveur", "enfant", "worker", "maitre", "serveur", "worker")
"""Who dies: the whole server, its one process that answers, its main process, the job worker."""


@dataclass(frozen=True)
class Point:
    """At the form of this rank, so long after it left, who is killed."""

    rang: int
    apres: float
    qui: str


def tirer(graine: int, nombre: int, envois: int) -> dict[int, Point]:
    """Points of a story of so many forms, told by the seed alone."""
    alea = random.Random(graine)
    rangs = sorted(alea.sample(range(envois), nombre))
    manieres = [MANIERES[n % len(MANIERES)] for n in range(nombre)]
    alea.shuffle(manieres)
    return {
        rang: Point(rang, alea.choice(PENDANT), qui)
        for rang, qui in zip(rangs, manieres, strict=True)
    }


@dataclass
class Coupures:
    """Kills that are planned for a portal, and what became of them."""

    portail: PortailVivant
    points: dict[int, Point] = field(default_factory=dict)
    envois: int = 0
    faites: list[Point] = field(default_factory=list)
    reprises: int = 0
    _en_cours: asyncio.Task[None] | None = None

    async def avant_envoi(self) -> None:
        """Count a form that leaves; kill now, or set the timer."""
        await self.fin()
        point = self.points.get(self.envois)
        self.envois += 1
        if point is None:
            return
        if point.apres:
            self._en_cours = asyncio.create_task(self._plus_tard(point))
        else:
            await self._couper(point)

    async def _plus_tard(self, point: Point) -> None:
        await asyncio.sleep(point.apres)
        await self._couper(point)

    async def _couper(self, point: Point) -> None:
        self.faites.append(point)
        if point.qui == "enfant":
            for pid in enfants(self.portail.processus["serve"].pid):
                os.kill(pid, signal.SIGKILL)
            return  # the main process starts another
        nom = "worker" if point.qui == "worker" else "serve"
        if point.qui == "maitre":
            await _tuer_le_maitre(self.portail)
        else:
            self.portail.tuer(nom)
        self.portail.lancer(nom)

    async def fin(self) -> None:
        """Until the kill under way is done."""
        if self._en_cours is not None:
            await self._en_cours
            self._en_cours = None


async def _tuer_le_maitre(portail: PortailVivant) -> None:
    """The main process alone: those it started must see it and leave the port."""
    groupe = portail.processus["serve"].pid
    os.kill(groupe, signal.SIGKILL)
    maitre = portail.processus.pop("serve")
    assert maitre.stdin is not None
    maitre.stdin.close()
    maitre.wait(10)
    limite = time.monotonic() + 10
    while _vivants(groupe):
        assert time.monotonic() < limite, "un serveur a survécu à son processus principal"
        await asyncio.sleep(0.05)


def enfants(pid: int) -> list[int]:
    """The processes that answer requests, started by granian's main one."""
    ids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(i) for i in ids if b"spawn_main" in Path(f"/proc/{i}/cmdline").read_bytes()]


def _vivants(groupe: int) -> list[int]:
    """Processes of a group, those already dead left out."""
    trouves = []
    for lieu in Path("/proc").glob("[0-9]*/stat"):
        try:
            champs = lieu.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if champs[2] == str(groupe) and champs[0] not in "ZX":
            trouves.append(int(lieu.parent.name))
    return trouves


class Renvoi(httpx.AsyncBaseTransport):
    """What got no whole answer is sent again, byte for byte, once the portal is back."""

    def __init__(self, coupures: Coupures, delai: float = 60.0) -> None:
        self.coupures = coupures
        self.delai = delai
        self.dessous = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        corps = await request.aread()
        limite = time.monotonic() + self.delai
        if request.method == "POST":
            await self.coupures.avant_envoi()
        while True:
            try:
                return await self._une_fois(request, corps)
            except httpx.TransportError:
                if time.monotonic() > limite:
                    raise
            self.coupures.reprises += 1
            await self.coupures.fin()
            await self._retour(limite)

    async def _une_fois(self, request: httpx.Request, corps: bytes) -> httpx.Response:
        copie = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=corps,
            extensions=request.extensions,
        )
        reponse = await self.dessous.handle_async_request(copie)
        tout = b"".join([morceau async for morceau in reponse.aiter_raw()])
        return httpx.Response(
            reponse.status_code, headers=reponse.headers, stream=httpx.ByteStream(tout)
        )

    async def _retour(self, limite: float) -> None:
        """Until the portal answers that it is ready."""
        pret = httpx.Request(
            "GET",
            f"{self.coupures.portail.url}/readyz",
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), 5.0)},
        )
        while time.monotonic() < limite:
            try:
                if (await self._une_fois(pret, b"")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)

    async def aclose(self) -> None:
        await self.dessous.aclose()


class Tenace(Navigateur):
    """A person whose browser sends again."""

    def __init__(self, coupures: Coupures) -> None:
        self.client = httpx.AsyncClient(
            transport=Renvoi(coupures),
            base_url=coupures.portail.url,
            headers={"Accept": "text/html"},
            follow_redirects=False,
            timeout=30,
        )

    async def telecharger(self, url: str) -> bytes:
        """A file, whole."""
        reponse = await self.client.get(url)
        assert reponse.status_code == 200, f"{url} : {reponse.status_code}"
        return reponse.content

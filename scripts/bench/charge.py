"""A load generator as light as can be: keep-alive sockets that ask, read, and note how long it took.

`python -m scripts.bench.charge PORT PATH COOKIE SECONDS CONNECTIONS` prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

TAILLE = b"content-length: "


class ReponseInattendue(Exception):
    """The server answered something else than a page."""


async def une_connexion(port: int, requete: bytes, fin: float, durees: list[float]) -> int:
    """Ask until the end; the size of one answer."""
    lecteur, plume = await asyncio.open_connection("127.0.0.1", port)
    taille = 0
    try:
        while (debut := time.perf_counter()) < fin:
            plume.write(requete)
            entete = (await lecteur.readuntil(b"\r\n\r\n")).lower()
            if not entete.startswith(b"http/1.1 200"):
                raise ReponseInattendue(entete[:200].decode(errors="replace"))
            position = entete.index(TAILLE) + len(TAILLE)
            taille = int(entete[position : entete.index(b"\r", position)])
            await lecteur.readexactly(taille)
            durees.append(time.perf_counter() - debut)
    finally:
        plume.close()
    return taille


async def charger(port: int, chemin: str, cookie: str, secondes: float, nombre: int) -> dict:
    durees: list[float] = []
    temoin = f"Cookie: {cookie}\r\n" if cookie else ""
    requete = f"GET {chemin} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{temoin}\r\n".encode()
    debut = time.perf_counter()
    tailles = await asyncio.gather(
        *(une_connexion(port, requete, debut + secondes, durees) for _ in range(nombre))
    )
    ecoule = time.perf_counter() - debut
    return {"durees": durees, "secondes": ecoule, "octets": tailles[0]}


if __name__ == "__main__":
    port, chemin, cookie, secondes, nombre = sys.argv[1:]
    resultat = asyncio.run(charger(int(port), chemin, cookie, float(secondes), int(nombre)))
    json.dump(resultat, sys.stdout)

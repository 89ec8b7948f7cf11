"""Take a file in: stream, limit, examine, keep."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import os
import secrets
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from portal.infra.files import examen, magasin
from portal.infra.files.examen import FichierRefuse
from portal.infra.files.noms import nom_sur
from portal.infra.money import nombre

Source = bytes | AsyncIterable[bytes] | Any


@dataclass(frozen=True)
class Fichier:
    """A file that was kept: its key in the store, and what is worth a row in the database."""

    cle: str
    nom_sur: str
    type_mime: str
    taille: int
    sha256: str


async def ranger(
    source: Source, nom: str, max_octets: int, *, types: Collection[str] | None = None
) -> Fichier:
    """Keep a file given as bytes, an async iterable, or anything with `read(size)`.

    Reading stops at the first byte beyond `max_octets`. `types` narrows what is taken, by
    extension (`{"pdf"}`). Raises `FichierRefuse`; then nothing is kept.
    """
    descripteur, nom_temporaire = tempfile.mkstemp(
        dir=magasin.dossier_temporaire(), prefix="depot-"
    )
    chemin = Path(nom_temporaire)
    try:
        with os.fdopen(descripteur, "wb") as flux:
            taille, empreinte = await _recevoir(source, flux, max_octets)
        type_ = await asyncio.to_thread(examen.reconnaitre, chemin, nom)
        if types is not None and type_.extension not in types:
            admis = ", ".join(sorted(examen.TYPES[t].nom for t in types))
            raise FichierRefuse(
                f"Ce fichier est de type {type_.nom}\u00a0; attendu\u00a0: {admis}."
            )
        await examen.analyser(chemin, type_)
        hasard = secrets.token_hex(16)
        cle = f"{hasard[:2]}/{hasard}"
        await magasin.deposer(cle, chemin)
    finally:
        chemin.unlink(missing_ok=True)
    return Fichier(cle, nom_sur(nom, type_.extension), type_.mime, taille, empreinte)


async def _recevoir(source: Source, flux: IO[bytes], max_octets: int) -> tuple[int, str]:
    taille, condense = 0, hashlib.sha256()
    async for tranche in _tranches(source):
        taille += len(tranche)
        if taille > max_octets:
            raise FichierRefuse(
                f"Le fichier dépasse {_en_mo(max_octets)}\u00a0Mo\u00a0: réduisez-le, ou"
                " partagez-le en plusieurs."
            )
        condense.update(tranche)
        flux.write(tranche)
    return taille, condense.hexdigest()


async def _tranches(source: Source) -> AsyncIterator[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        yield bytes(source)
    elif hasattr(source, "read"):
        while True:
            lu = source.read(magasin.TRANCHE)
            tranche = await lu if inspect.isawaitable(lu) else lu
            if not tranche:
                return
            yield tranche
    else:
        async for tranche in source:
            yield tranche


def _en_mo(octets: int) -> str:
    return nombre(Decimal(octets) / 1_000_000)

"""People whom the demonstration offers on its sign-in page; `portal.demo` fills the registry."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """One click signs in as this person."""

    role: str
    email: str
    mot_de_passe: str
    dit: str
    totp_secret: str | None = None


Fournir = Callable[[], Iterable[Persona] | Awaitable[Iterable[Persona]]]

PERSONAS: list[Fournir] = []


async def toutes() -> list[Persona]:
    """All personas, in the order of their providers."""
    trouvees: list[Persona] = []
    for fournir in PERSONAS:
        fournies = fournir()
        if inspect.isawaitable(fournies):
            fournies = await fournies
        trouvees += fournies
    return trouvees


async def a_un_code(email: str) -> bool:
    """Whether this is a made-up person who has an authenticator application."""
    return any(p.email == email and p.totp_secret for p in await toutes())

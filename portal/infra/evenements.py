"""Typed events inside one process: how a lower package speaks up without knowing who listens.

A package publishes an event from the operation that caused it; handlers registered by `app.py`
run one after the other, in the order of registration, in the same transaction. A handler that
raises undoes the whole change: nothing is half told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

E = TypeVar("E")
Handler = Callable[[Any], Awaitable[None]]

_abonnes: list[tuple[type, Handler]] = []


def sur(type_evt: type[E], handler: Callable[[E], Awaitable[None]]) -> None:
    """Register `handler` for events of `type_evt` and of its subclasses.

    Registering the same pair again changes nothing, so an application built twice in one
    process (as in tests) does not handle its events twice.
    """
    if (type_evt, handler) not in _abonnes:
        _abonnes.append((type_evt, handler))


async def publier(evt: object) -> None:
    """Await every handler of this event, in the order of registration."""
    for type_evt, handler in tuple(_abonnes):
        if isinstance(evt, type_evt):
            await handler(evt)


def abonnes(type_evt: type) -> list[Handler]:
    """Handlers that an event of this very type would reach (for `doctor` and tests)."""
    return [handler for type_, handler in _abonnes if issubclass(type_evt, type_)]


@contextmanager
def isolement(*, vide: bool = True) -> Iterator[None]:
    """Tests: start without handlers (or with today's) and find the former ones back after."""
    avant = list(_abonnes)
    if vide:
        _abonnes.clear()
    try:
        yield
    finally:
        _abonnes[:] = avant

"""Running processes: the web server and the job worker, ended with whoever started them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

from portal.infra import journalisation

DELAI_FIN = 11.0
"""Seconds left to end well, once the supervisor is gone."""


def servir(hote: str, port: int, processus: int, *, finir_avec_parent: bool = False) -> None:
    """granian with several workers; SIGTERM lets requests in flight end."""
    from granian import Granian
    from granian.constants import Interfaces

    if finir_avec_parent:
        _surveiller_parent()
    Granian(
        "portal.serveur:application",
        factory=True,
        address=hote,
        port=port,
        interface=Interfaces.ASGI,
        workers=processus,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def application() -> object:
    """What each server process builds. It ends when its parent is gone."""
    from portal.app import create_app

    threading.Thread(target=_suivre_parent, args=(os.getppid(),), daemon=True).start()
    app = create_app()
    journalisation.regler_processus()
    return app


def travailler(*, finir_avec_parent: bool = False) -> None:
    """The job worker."""
    from portal import chemins, loader
    from portal.app import create_litestar
    from portal.infra.jobs import lancer_worker
    from portal.settings import get_settings

    if finir_avec_parent:
        _surveiller_parent()
    settings = get_settings()
    create_litestar(settings, loader.charger(settings.plugins_dir or chemins.PLUGINS))
    journalisation.regler_processus()
    asyncio.run(lancer_worker())


def _surveiller_parent() -> None:
    """End this process when standard input closes: the supervisor holds its other end.

    What is under way may end; what waits for a database that ended too is cut off.
    """

    def attendre() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(DELAI_FIN)
        os._exit(1)

    threading.Thread(target=attendre, daemon=True).start()


def _suivre_parent(parent: int) -> None:
    """A server process outlives a killed parent: leave as soon as it has another one."""
    pause = threading.Event()
    while not pause.wait(0.5):
        if os.getppid() != parent:
            os._exit(0)

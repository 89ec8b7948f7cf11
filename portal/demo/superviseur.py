"""`make run`: PostgreSQL, one server, one worker, watched together; ending it ends them all."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.demo import adresse
from portal.infra.postgres import PostgresEmbarque, PostgresImpossible
from portal.loader import Plugins
from portal.settings import get_settings

Cabler = Callable[[Plugins], object]
RELANCES_MAX = 10
STABLE = 60.0
"""A child that held this many seconds is restarted without counting its earlier falls."""


class DemoImpossible(Exception):
    """Why the demonstration can't start, in one French sentence."""


def dossier_par_defaut() -> Path:
    return Path.cwd() / ".data"


def lancer(
    port: int, dossier: Path, echelle: int, cabler: Cabler, *, finir_avec_parent: bool = False
) -> int:
    """Run until interrupted. 0 at a normal end, 1 when it could not start. `cabler` wires the
    rooms, whose own operations make the data."""
    parent = os.getppid() if finir_avec_parent else None
    for nom in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, nom):
            signal.signal(getattr(signal, nom), _interrompre)
    try:
        _verifier(port, dossier)
        dossier, url = dossier.resolve(), f"http://127.0.0.1:{port}"
        with PostgresEmbarque(dossier) as postgres:
            try:
                adresse.regler(dossier, postgres.dsn, url)
                asyncio.run(_preparer(echelle, cabler))
                adresse.afficher(dossier, postgres.dsn, url)
                return _surveiller(port, os.environ | {"PORTAL_WORKERS": "1"}, postgres, parent)
            finally:
                adresse.retirer(dossier)
    except (DemoImpossible, PostgresImpossible) as erreur:
        print(f"La démonstration ne démarre pas. {erreur}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrompre(signal_: int, _cadre: Any) -> None:
    """Once: asking again while everything ends would leave something running."""
    signal.signal(signal_, signal.SIG_IGN)
    raise KeyboardInterrupt


def _verifier(port: int, dossier: Path) -> None:
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        essai = dossier / ".ecriture"
        essai.touch()
        essai.unlink()
    except OSError as erreur:
        raise DemoImpossible(
            f"Le dossier {dossier} n’accepte pas d’écriture. Choisissez-en un autre avec --data-dir."
        ) from erreur
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind(("127.0.0.1", port))
        except OSError as erreur:
            pris = erreur.errno == errno.EADDRINUSE
            raise DemoImpossible(
                f"Le port {port} {'est déjà pris' if pris else 'n’est pas permis'}. "
                "Choisissez-en un autre avec --port."
            ) from erreur


async def _preparer(echelle: int, cabler: Cabler) -> None:
    """Migrate, then fill. `cabler` wires the rooms: the data are made by their own operations."""
    from portal import chemins, loader
    from portal.apps import noms_des_apps
    from portal.branches.semis import semer_plugins
    from portal.demo.donnees import remplir
    from portal.infra import base
    from portal.infra.migrations import migrer

    plugins = loader.charger(get_settings().plugins_dir or chemins.PLUGINS)
    await base.ouvrir_pool(taille=4)
    try:
        bilan = await migrer(noms_des_apps(), plugins.tables())
        for nom, raison in bilan.echecs.items():
            print(f"Plugin {nom}\u00a0: {raison}", file=sys.stderr)
        await semer_plugins(plugins)
        cabler(plugins)
        await remplir(echelle, plugins)
    finally:
        await base.fermer_pool()


def _surveiller(
    port: int, environnement: dict[str, str], postgres: PostgresEmbarque, parent: int | None
) -> int:
    enfants = [
        Enfant("serveur", ["serve", "--port", str(port)], environnement),
        Enfant("tâches", ["worker"], environnement),
    ]
    annonce = False
    try:
        while parent is None or os.getppid() == parent:
            if postgres.processus is not None and postgres.processus.poll() is not None:
                postgres.redemarrer()
            for enfant in enfants:
                if not enfant.vit():
                    if enfant.nom == "serveur":
                        _attendre_port_libre(port)
                    enfant.lancer()
            if not annonce and _pret(port):
                print(f"ready http://127.0.0.1:{port}", flush=True)
                annonce = True
            time.sleep(0.2)
        return 0
    finally:
        for enfant in enfants:
            enfant.prier_de_finir()
        for enfant in enfants:
            enfant.attendre_fin()


class Enfant:
    """One watched process. It ends by itself when the pipe to its standard input closes."""

    def __init__(self, nom: str, mots: list[str], environnement: dict[str, str]) -> None:
        self.nom = nom
        self.commande = [sys.executable, "-m", "portal.cli", *mots, "--parent"]
        self.environnement = environnement
        self.processus: subprocess.Popen[bytes] | None = None
        self.depart = 0.0
        self.departs = 0

    def vit(self) -> bool:
        return self.processus is not None and self.processus.poll() is None

    def lancer(self) -> None:
        maintenant = time.monotonic()
        self.departs = 1 if maintenant - self.depart > STABLE else self.departs + 1
        if self.departs > RELANCES_MAX:
            raise DemoImpossible(f"Le processus « {self.nom} » s’arrête sans cesse.")
        self.depart = maintenant
        self.prier_de_finir()
        self.processus = subprocess.Popen(
            self.commande, stdin=subprocess.PIPE, env=self.environnement, start_new_session=True
        )

    def prier_de_finir(self) -> None:
        if self.processus is not None and self.processus.stdin is not None:
            self.processus.stdin.close()

    def attendre_fin(self) -> None:
        if self.processus is None:
            return
        try:
            self.processus.wait(12)
        except subprocess.TimeoutExpired:
            self.processus.kill()
            self.processus.wait()


def _attendre_port_libre(port: int) -> None:
    """Server processes of a killed parent leave within a second; wait for them."""
    limite = time.monotonic() + 5
    while time.monotonic() < limite:
        with socket.socket() as prise:
            prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                prise.bind(("127.0.0.1", port))
                return
            except OSError:
                time.sleep(0.1)


def _pret(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as reponse:
            return bool(reponse.status == 200)
    except (urllib.error.URLError, OSError):
        return False

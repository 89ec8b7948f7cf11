"""`make run`: PostgreSQL, one server, one worker, watched together; ending it ends them all."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal.infra.postgres import PostgresEmbarque, PostgresImpossible
from portal.settings import cle_de_demonstration, get_settings

RELANCES_MAX = 20


class DemoImpossible(Exception):
    """Why the demonstration can't start, in one French sentence."""


def dossier_par_defaut() -> Path:
    return Path.cwd() / ".data"


def lancer(port: int, dossier: Path, echelle: int) -> int:
    """Run until interrupted. 0 at a normal end, 1 when it could not start."""
    signal.signal(signal.SIGTERM, _interrompre)
    try:
        _verifier(port, dossier)
        with PostgresEmbarque(dossier.resolve()) as postgres:
            environnement = _environnement(port, dossier.resolve(), postgres.dsn)
            asyncio.run(_preparer(echelle))
            return _surveiller(port, environnement, postgres)
    except (DemoImpossible, PostgresImpossible) as erreur:
        print(f"La démonstration ne démarre pas. {erreur}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrompre(_signal: int, _cadre: Any) -> None:
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
            raise DemoImpossible(
                f"Le port {port} est déjà pris. Choisissez-en un autre avec --port."
            ) from erreur


def _environnement(port: int, dossier: Path, dsn: str) -> dict[str, str]:
    os.environ.update(
        PORTAL_DEMO="true",
        PORTAL_DATABASE_URL=dsn,
        PORTAL_DATA_DIR=str(dossier),
        PORTAL_URL=f"http://127.0.0.1:{port}",
        PORTAL_SECRET_KEY=cle_de_demonstration(dossier),
        PORTAL_WORKERS="1",
    )
    get_settings.cache_clear()
    return dict(os.environ)


async def _preparer(echelle: int) -> None:
    from portal import chemins, loader
    from portal.apps import noms_des_apps
    from portal.branches.semis import semer_plugins
    from portal.demo.donnees import remplir
    from portal.infra import base
    from portal.infra.migrations import migrer

    plugins = loader.charger(get_settings().plugins_dir or chemins.PLUGINS)
    await base.ouvrir_pool(taille=4)
    try:
        await migrer(noms_des_apps(), plugins.tables())
        await semer_plugins(plugins)
        await remplir(echelle, plugins)
    finally:
        await base.fermer_pool()


def _surveiller(port: int, environnement: dict[str, str], postgres: PostgresEmbarque) -> int:
    commandes = {
        "serveur": ["serve", "--port", str(port), "--parent"],
        "tâches": ["worker", "--parent"],
    }
    enfants: dict[str, subprocess.Popen[bytes]] = {}
    relances = 0
    annonce = False
    try:
        while True:
            for nom, mots in commandes.items():
                if nom in enfants and enfants[nom].poll() is None:
                    continue
                if nom in enfants:
                    relances += 1
                    if relances > RELANCES_MAX:
                        raise DemoImpossible(f"Le processus « {nom} » s’arrête sans cesse.")
                    _attendre_port_libre(port, nom)
                enfants[nom] = _enfant(mots, environnement)
            if postgres.processus is not None and postgres.processus.poll() is not None:
                postgres.redemarrer()
            if not annonce and _pret(port):
                print(f"ready http://127.0.0.1:{port}", flush=True)
                annonce = True
            time.sleep(0.2)
    finally:
        for enfant in enfants.values():
            if enfant.stdin:
                enfant.stdin.close()
        for enfant in enfants.values():
            try:
                enfant.wait(12)
            except subprocess.TimeoutExpired:
                enfant.kill()


def _enfant(mots: list[str], environnement: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.cli", *mots],
        stdin=subprocess.PIPE,
        env=environnement,
        start_new_session=True,
    )


def _attendre_port_libre(port: int, nom: str) -> None:
    """Server processes of a killed parent leave within a second; wait for them."""
    limite = time.monotonic() + 5
    while nom == "serveur" and time.monotonic() < limite:
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

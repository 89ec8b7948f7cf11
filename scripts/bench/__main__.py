"""Runs the bench: a PostgreSQL of its own with durable settings, one server process, 32 connections.

Each line of the output is JSON: name, figure, unit, ratio to the ceiling measured in the same run,
p50 and p99 in milliseconds. The exit code is 1 when the list misses its floor, or when rights on
5,000 establishments cost it more than a tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal.infra.postgres import PostgresEmbarque
from portal.settings import get_settings, nouvelle_cle
from scripts.bench import application, donnees

CONNEXIONS = 32
GRANIAN = (
    "--interface",
    "asgi",
    "--factory",
    "--workers",
    "1",
    "--no-access-log",
    "--log-level",
    "warning",
)
APPLICATION = "scripts.bench.application:application"
CHARGE = "scripts.bench.charge"
PLANCHER = 0.3
QUEUE = 4.0
COUT_PERIMETRE = 0.1
"""What rights on 5,000 establishments may add to the list, beside a right on the whole company."""
GABARIT, LISTE = "gabarit seul", "liste de 50 sur {n}"
ETABLIE = f"liste de 50 par {donnees.ETABLISSEMENTS:_} établissements".replace("_", " ")
MESURES = (
    ("corps constant", "/banc/constante", ""),
    (GABARIT, "/banc/gabarit", ""),
    (LISTE, "/dossiers", "jeton"),
    (ETABLIE, "/dossiers", "jeton_etabli"),
)
"""Name, path, and whose session (a field of `donnees.Pose`)."""


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--dossiers", type=int, default=100_000)
    options.add_argument("--secondes", type=float, default=5.0, help="par mesure et par tour")
    options.add_argument("--tours", type=int, default=3)
    choix = options.parse_args()
    dossier = Path(tempfile.mkdtemp(prefix="me-banc-"))
    dossier.chmod(0o755)
    try:
        with PostgresEmbarque(dossier / "pg") as postgres:
            port = _port_libre()
            _regler(postgres.dsn, dossier, port)
            pose = asyncio.run(donnees.poser(choix.dossiers))
            os.environ[application.COMPTE] = str(pose.compte_id)
            serveur = _servir(port)
            try:
                _attendre(port, serveur)
                return _mesurer(port, pose, choix)
            finally:
                serveur.terminate()
                serveur.wait(20)
    finally:
        shutil.rmtree(dossier, ignore_errors=True)


def _regler(dsn: str, dossier: Path, port: int) -> None:
    os.environ.update(
        PORTAL_DATABASE_URL=dsn,
        PORTAL_DATA_DIR=str(dossier),
        PORTAL_URL=f"http://127.0.0.1:{port}",
        PORTAL_SECRET_KEY=nouvelle_cle(),
    )
    get_settings.cache_clear()


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def _servir(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), APPLICATION]
    )


def _attendre(port: int, serveur: subprocess.Popen[bytes]) -> None:
    limite = time.monotonic() + 30
    while time.monotonic() < limite and serveur.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("Le serveur du banc d’essai n’a pas démarré.")


def _charger(port: int, chemin: str, temoin: str, secondes: float) -> dict[str, Any]:
    fait = subprocess.run(
        [
            sys.executable,
            "-m",
            CHARGE,
            *(str(port), chemin, temoin, str(secondes), str(CONNEXIONS)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if fait.returncode:
        raise SystemExit(f"{chemin} : {fait.stderr.strip().splitlines()[-1]}")
    resultat: dict[str, Any] = json.loads(fait.stdout)
    return resultat


def _mesurer(port: int, pose: donnees.Pose, choix: argparse.Namespace) -> int:
    """Rounds alternate between the measures: the machine's moods fall on all of them."""
    temoins = {qui: f"session={getattr(pose, qui)}" if qui else "" for _, _, qui in MESURES}
    durees: dict[str, list[float]] = {}
    secondes: dict[str, float] = {}
    for _, chemin, qui in MESURES:
        _charger(port, chemin, temoins[qui], min(1.0, choix.secondes))
    for _ in range(choix.tours):
        for nom, chemin, qui in MESURES:
            lu = _charger(port, chemin, temoins[qui], choix.secondes)
            durees.setdefault(nom, []).extend(lu["durees"])
            secondes[nom] = secondes.get(nom, 0.0) + lu["secondes"]
    debits = {nom: len(d) / secondes[nom] for nom, d in durees.items()}
    for nom, debit in debits.items():
        p50, p99 = _centiles(durees[nom])
        plafond = debits[LISTE if nom == ETABLIE else GABARIT]
        dit = nom.format(n=f"{choix.dossiers:_}".replace("_", " "))
        _dire(dit, debit, "pages/s", debit / plafond, p50, p99)
    _peser(port, temoins["jeton"])
    p50, p99 = _centiles(durees[LISTE])
    tenus = (
        debits[LISTE] >= PLANCHER * debits[GABARIT],
        p99 <= QUEUE * p50,
        debits[ETABLIE] >= (1 - COUT_PERIMETRE) * debits[LISTE],
    )
    return 0 if all(tenus) else 1


def _centiles(durees: list[float]) -> tuple[float, float]:
    triees = sorted(durees)
    return tuple(1000 * triees[int(len(triees) * part)] for part in (0.5, 0.99))  # type: ignore[return-value]


def _peser(port: int, temoin: str) -> None:
    """Compressed weight of some pages, and of what they all load."""
    lus: dict[str, bytes] = {}
    for chemin in ("/", "/connexion", "/accueil", "/dossiers"):
        lus[chemin] = _lire(port, chemin, temoin if chemin in ("/accueil", "/dossiers") else "")
        _dire(f"poids de {chemin}", len(gzip.compress(lus[chemin], 5)), "octets HTML (gzip)")
    page = lus["/"].decode()
    for genre, motif in (("CSS", r'href="(/static/[^"]+\.css[^"]*)"'), ("JS", r'src="(/[^"]+)"')):
        morceaux = [_lire(port, url, "") for url in re.findall(motif, page)]
        poids = sum(len(gzip.compress(m, 9)) for m in morceaux)
        _dire(f"poids commun {genre}", poids, f"octets {genre} (gzip)")


def _lire(port: int, chemin: str, temoin: str) -> bytes:
    requete = urllib.request.Request(f"http://127.0.0.1:{port}{chemin}", headers={"Cookie": temoin})
    with urllib.request.urlopen(requete, timeout=20) as reponse:
        octets: bytes = reponse.read()
    return octets


def _dire(
    nom: str,
    figure: float,
    unite: str,
    ratio: float | None = None,
    p50: float | None = None,
    p99: float | None = None,
) -> None:
    ligne = {
        "name": nom,
        "figure": round(figure, 1),
        "unit": unite,
        "ratio": None if ratio is None else round(ratio, 3),
        "p50": None if p50 is None else round(p50, 2),
        "p99": None if p99 is None else round(p99, 2),
    }
    print(json.dumps(ligne, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())

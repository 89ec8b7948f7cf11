"""The embedded PostgreSQL: starts anywhere, ends with its owner, survives what kills it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.infra.postgres import PostgresEmbarque, PostgresImpossible, lieux, parente

PROPRIETAIRE = """
import sys, time
from pathlib import Path
from portal.infra.postgres import PostgresEmbarque, parente
parente.PAR_LE_NOYAU = sys.argv[2] == "noyau" and parente.PAR_LE_NOYAU
pg = PostgresEmbarque(Path(sys.argv[1]), True).demarrer()
print(pg.processus.pid, flush=True)
time.sleep(60)
"""

SANS_PRIVILEGE = """
import fcntl, os, pwd, sys
from pathlib import Path
from portal.infra.postgres import PostgresEmbarque, lieux
personne, copie = pwd.getpwnam(lieux.SANS_PRIVILEGE), lieux.binaires()
lieux.binaires = lambda: copie
os.setgroups([])
os.setgid(personne.pw_gid)
os.setuid(personne.pw_uid)
with PostgresEmbarque(Path(sys.argv[1]), True) as pg:
    print(pg.psql("portal", "select 1"))
"""


@pytest.fixture
def racine() -> Iterator[Path]:
    """A folder that everybody may enter, below a path with a space and an accent."""
    haut = Path(tempfile.mkdtemp(prefix="me-pg-essai-"))
    haut.chmod(0o755)
    yield haut / "é à"
    shutil.rmtree(haut, ignore_errors=True)


@pytest.fixture(scope="module")
def modele() -> Iterator[Path]:
    """A data folder that was started once: copying it is quicker than making another."""
    haut = Path(tempfile.mkdtemp(prefix="me-pg-modele-"))
    haut.chmod(0o755)
    with PostgresEmbarque(haut / "modele", True):
        pass
    yield haut / "modele"
    shutil.rmtree(haut, ignore_errors=True)


@pytest.fixture
def dossier(racine: Path, modele: Path) -> Path:
    """A data folder of the test's own."""
    return copier(modele, racine)


def copier(modele: Path, vers: Path) -> Path:
    vers.parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", str(modele), str(vers)], check=True)
    return vers


@pytest.fixture
def commun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Root's common folder, moved to one of the test's own."""
    racine = Path(tempfile.mkdtemp(prefix="me-commun-"))
    racine.chmod(0o755)
    monkeypatch.setattr(lieux, "COMMUN", racine / "commun")
    yield racine / "commun"
    shutil.rmtree(racine, ignore_errors=True)


def vit(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    etat = Path(f"/proc/{pid}/stat")
    return not etat.exists() or etat.read_text().rpartition(")")[2].split()[0] != "Z"


def attendre_la_fin(pid: int, delai: float = 15) -> bool:
    limite = time.monotonic() + delai
    while vit(pid) and time.monotonic() < limite:
        time.sleep(0.05)
    return not vit(pid)


def test_starts_in_a_path_with_space_and_accent_keeps_its_rows_and_stops(racine: Path) -> None:
    with PostgresEmbarque(racine, True) as pg:
        assert pg.processus is not None
        pid, socket = pg.processus.pid, pg.socket
        assert pg.psql("portal", "show server_version").startswith("18")
        assert pg.psql("portal", "select 'É' < 'Ê' collate \"C\"") == "t"
        pg.psql("portal", "create table garde as select 7 as n")
    assert not vit(pid)
    assert socket is not None
    assert not socket.exists()
    with PostgresEmbarque(racine, True) as pg:
        assert pg.psql("portal", "select n from garde") == "7"


@pytest.mark.parametrize("par", ["noyau", "gardien"])
def test_a_killed_owner_takes_its_server_along(dossier: Path, par: str) -> None:
    proprietaire = subprocess.Popen(
        [sys.executable, "-c", PROPRIETAIRE, str(dossier), par], stdout=subprocess.PIPE, text=True
    )
    assert proprietaire.stdout is not None
    pid = int(proprietaire.stdout.readline())
    assert vit(pid)
    proprietaire.kill()
    proprietaire.communicate()
    assert attendre_la_fin(pid)


def test_a_server_killed_outright_starts_again_at_the_same_address(dossier: Path) -> None:
    with PostgresEmbarque(dossier) as pg:
        assert pg.processus is not None
        avant = pg.dsn
        pg.psql("portal", "create table garde as select 1 as n")
        pg.processus.kill()
        pg.processus.wait()
        assert (pg.donnees / "postmaster.pid").exists()
        pg.redemarrer()
        assert pg.dsn == avant
        assert pg.psql("portal", "select n from garde") == "1"


def test_a_stale_pid_file_that_names_another_program_is_forgotten(dossier: Path) -> None:
    with PostgresEmbarque(dossier, True) as pg:
        donnees = pg.donnees
    autre = subprocess.Popen(["sleep", "60"], **lieux.identite())  # type: ignore[call-overload]
    try:
        (donnees / "postmaster.pid").write_text(f"{autre.pid}\n{donnees}\n")
        lieux.donner(donnees / "postmaster.pid")
        with PostgresEmbarque(dossier, True) as pg:
            assert pg.psql("portal", "select 1") == "1"
        assert autre.poll() is None
    finally:
        autre.kill()
        autre.wait()


def test_a_survivor_on_the_folder_is_ended_a_neighbour_is_not(
    modele: Path, racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parente, "PAR_LE_NOYAU", False)
    monkeypatch.setattr(parente, "poster_gardien", lambda pid: None)
    racine.mkdir()
    copier(modele, racine / "a")
    copier(modele, racine / "b")
    survivant = PostgresEmbarque(racine / "a", True).demarrer()
    survivant._verrou.rendre()  # as when its owner was killed where nothing ends it
    with (
        PostgresEmbarque(racine / "b", True) as voisin,
        PostgresEmbarque(racine / "a", True) as pg,
    ):
        assert pg.psql("portal", "select 1") == "1"
        assert voisin.psql("portal", "select 1") == "1"
    assert survivant.processus is not None
    assert survivant.processus.wait(10) is not None


def test_a_folder_serves_one_portal_at_a_time(dossier: Path) -> None:
    with PostgresEmbarque(dossier, True) as pg:
        with pytest.raises(PostgresImpossible, match="sert déjà à un autre portail"):
            PostgresEmbarque(dossier, True).demarrer()
        assert pg.psql("portal", "select 1") == "1"


def test_half_made_files_are_made_again(racine: Path) -> None:
    reste = racine / "base" / "pg.neuf"
    reste.mkdir(parents=True)
    (reste / "PG_VERSION").write_text("18")
    with PostgresEmbarque(racine, True) as pg:
        assert pg.psql("portal", "select 1") == "1"


def test_without_sockets_it_listens_on_this_machine_behind_a_password(dossier: Path) -> None:
    with PostgresEmbarque(dossier, True, tcp=True) as pg:
        assert "@127.0.0.1:" in pg.dsn
        assert pg.psql("portal", "select 1") == "1"
        pg._secret = lambda: "autre"  # type: ignore[method-assign]
        with pytest.raises(PostgresImpossible, match="authentication"):
            pg.psql("portal", "select 1")


root = pytest.mark.skipif(not lieux.en_root(), reason="seul root a besoin d’un autre lieu")


@root
def test_root_in_a_closed_folder_keeps_its_data_where_the_server_can_enter(
    racine: Path, commun: Path
) -> None:
    racine.mkdir()
    racine.chmod(0o700)
    with PostgresEmbarque(racine / "donnees", True) as pg:
        assert pg.donnees.is_relative_to(commun)
        pg.psql("portal", "create table garde as select 1 as n")
    with PostgresEmbarque(racine / "donnees", True) as pg:
        assert pg.psql("portal", "select n from garde") == "1"
    shutil.rmtree(racine / "donnees")
    with PostgresEmbarque(racine / "donnees", True) as pg:
        assert pg.psql("portal", "select to_regclass('garde') is null") == "t"


@root
def test_a_database_kept_elsewhere_goes_away_after_its_folder(
    racine: Path, commun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lieux, "JEUNE", -1.0)
    racine.mkdir()
    racine.chmod(0o700)
    garde, perdu = (lieux.donnees_pour(racine / nom) for nom in ("garde", "perdu"))
    shutil.rmtree(racine / "perdu")
    neuf = lieux.donnees_pour(racine / "neuf")
    assert garde.parent.is_dir()
    assert neuf.parent.is_dir()
    assert not perdu.parent.exists()


@root
def test_root_copies_binaries_that_the_server_cannot_reach_once(
    modele: Path, racine: Path, commun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paquet = lieux._paquet()
    site = racine / "site"
    site.mkdir(parents=True)
    shutil.copytree(paquet, site / paquet.name, ignore=shutil.ignore_patterns("pginstall"))
    shutil.copytree(f"{paquet}.libs", site / f"{paquet.name}.libs")
    for chemin in (site / paquet.name).rglob("bin/*"):
        chemin.chmod(0o700)
    site.chmod(0o700)
    copier(modele, racine / "donnees")
    monkeypatch.setattr(lieux, "_paquet", lambda: site / paquet.name)
    for _ in range(2):
        with PostgresEmbarque(racine / "donnees", True) as pg:
            assert pg._bin.is_relative_to(commun)
            assert pg.psql("portal", "select 1") == "1"
    assert len(list(commun.glob("binaires-*"))) == 1


@root
def test_root_trusts_no_common_folder_of_somebody_else(racine: Path, commun: Path) -> None:
    commun.mkdir(parents=True)
    shutil.chown(commun, lieux.SANS_PRIVILEGE)
    racine.mkdir()
    racine.chmod(0o700)
    with pytest.raises(PostgresImpossible, match="n’appartient pas"):
        PostgresEmbarque(racine / "donnees", True)


@root
def test_an_unprivileged_owner_runs_it_directly(racine: Path) -> None:
    racine.mkdir()
    shutil.chown(racine, lieux.SANS_PRIVILEGE)
    fait = subprocess.run(
        [sys.executable, "-c", SANS_PRIVILEGE, str(racine / "donnees")],
        capture_output=True,
        text=True,
    )
    assert fait.returncode == 0, fait.stderr
    assert fait.stdout == "1\n"


def test_the_signal_that_ends_it_is_the_fast_one(dossier: Path) -> None:
    with PostgresEmbarque(dossier, True) as pg:
        client = subprocess.Popen(
            [pg._commande("psql"), "-h", str(pg.socket), "-U", "portal", "-d", "portal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert pg.processus is not None
        debut = time.monotonic()
        pg.processus.send_signal(signal.SIGINT)
        pg.processus.wait(10)
        assert time.monotonic() - debut < 8
        client.communicate()

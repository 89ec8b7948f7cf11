"""The first mailing (C03): each company once, whatever is killed, run again or run at once."""

from __future__ import annotations

import asyncio
import csv
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.core.rattachements import lots, premier_envoi
from portal.core.rattachements.annonces import annoncer
from portal.core.rattachements.envois import envoyer
from portal.core.rattachements.file_courriers import mettre_en_file
from portal.infra.base import executer, sql, valeur
from tests.core.rattachements_aides import imprimer, lettres_de, poser_code, societe

# How many the long proof takes: companies queued, letters set (Typst takes most of the time).
ENTREPRISES = int(os.environ.get("PREUVE_ENTREPRISES", "400000"))
LETTRES = int(os.environ.get("PREUVE_LETTRES", "6000"))
PLAFOND_MO = 600


@pytest.fixture
async def seule(base_neuve: str) -> None:
    """A queue of its own: the mailing goes to every company."""


async def peupler(nombre: int) -> None:
    """So many companies with a head office, by SQL; one in fifty is known under both profiles."""
    await executer(
        "insert into entreprise (siren, denomination, cle_tri, recherche, idcc, est_adherent,"
        " est_prestataire, siege, maj_le)"
        " select lpad(n::text, 9, '0'), 'Société ' || n, 'societe ' || n, 'societe', '1516', true,"
        " n % 50 = 0, lpad(n::text, 9, '0') || '00017', now()"
        f" from generate_series(1, {nombre}) n"
    )
    await executer(
        "insert into etablissement (siret, siren, adresse_ligne1, code_postal, commune)"
        " select siege, siren, '1 quai des Essais', '44000', 'Nantes' from entreprise"
    )


async def lettres() -> dict[tuple[str, str], str]:
    """The letter of each SIREN × profile; one that had two would show here."""
    lignes = await sql("select siren, profil, genre, etat from courrier order by id")
    trouvees = {(x["siren"], x["profil"]): x["etat"] for x in lignes}
    assert len(trouvees) == len(lignes)
    return trouvees


def imprimees(racine: Path) -> list[tuple[str, str]]:
    """SIREN and profile of every letter in a batch that bears its manifest."""
    trouvees = []
    for manifeste in racine.glob(f"lot-*/{lots.MANIFESTE}"):
        with (manifeste.parent / lots.ADRESSES).open() as flux:
            trouvees += [(x["siren"], x["profil"]) for x in csv.DictReader(flux, delimiter=";")]
    return trouvees


async def test_c03_each_company_and_profile_gets_one_letter_in_slices(
    seule: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(premier_envoi, "PAR_TRANCHE", 7)
    await peupler(50)
    await executer(
        "update entreprise set fermee_le = $1 where siren = '000000003'", date(2020, 1, 1)
    )
    await executer("update entreprise set a_verifier = true where siren = '000000004'")
    vus: list[int] = []
    assert await premier_envoi.premier_envoi(progres=vus.append) == 49
    assert vus == sorted(vus)
    assert len(vus) == 7
    assert ("000000003", "adherent") not in await lettres()
    assert ("000000004", "adherent") not in await lettres()
    assert await premier_envoi.premier_envoi() == 0


async def test_c03_mailing_cut_and_run_twice_at_once_doubles_nothing(
    seule: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(premier_envoi, "PAR_TRANCHE", 5)
    await peupler(30)

    def couper(fait: int) -> None:
        if fait >= 10:
            raise OSError("coupure")

    with pytest.raises(OSError):
        await premier_envoi.premier_envoi(progres=couper)
    await imprimer(tmp_path, maximum=6, par_fichier=4)
    ajoutes = await asyncio.gather(*(premier_envoi.premier_envoi() for _ in range(3)))
    assert sum(ajoutes) == 20
    await imprimer(tmp_path, par_lot=8)
    assert set((await lettres()).values()) == {"produit"}
    assert len(imprimees(tmp_path)) == len(set(imprimees(tmp_path))) == 30
    vivants = await valeur("select count(*) from code_activation where etat = 'actif'")
    assert vivants == 30


async def test_c03_company_that_names_its_administrators_meanwhile_gets_their_list(
    seule: None, tmp_path: Path
) -> None:
    s, servie = await societe(), await societe()
    await poser_code(servie)
    assert await premier_envoi.premier_envoi() == 1
    await annoncer(None, s.siren, s.profil, email="lea@exemple.fr", nom="Roux", prenom="Léa")
    resultat = await imprimer(tmp_path)
    assert (resultat.codes, resultat.listes, resultat.annules) == (0, 1, 0)
    assert "Léa Roux" in lettres_de(tmp_path, s.siren)[0]
    assert lettres_de(tmp_path, servie.siren) == []


async def test_c02_what_was_typed_by_hand_is_no_address(seule: None, tmp_path: Path) -> None:
    s = await societe()
    await executer("update etablissement set a_verifier = true where siren = $1", s.siren)
    await mettre_en_file(s.siren, s.profil, "demande", None)
    resultat = await imprimer(tmp_path)
    assert (resultat.lots, resultat.sans_adresse) == ([], 1)
    await executer("update etablissement set a_verifier = false where siren = $1", s.siren)
    assert (await imprimer(tmp_path)).codes == 1


async def test_c03_the_command_tells_its_progress(
    seule: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.rattachements.envois.RYTHME", 0.0)
    await peupler(4)
    dit: list[str] = []
    fin = await envoyer(tmp_path, premier=True, maximum=3, dire=dit.append)
    assert "4 courriers ajoutés à la file" in fin
    assert "3 courriers produits" in fin
    assert any(re.match(r"3 sur 3 courriers \(100 %\)", x) for x in dit)


MESURE = """
import resource, sys
from portal.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
finally:
    print("pic", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def commande(racine: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MESURE, "letters", "--data-dir", str(racine), *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def finir(processus: subprocess.Popen[str]) -> tuple[str, int]:
    dit, _ = processus.communicate()
    assert processus.returncode == 0, dit
    trouve = re.search(r"pic (\d+)", dit)
    assert trouve is not None
    return dit, int(trouve[1])


@pytest.mark.preuve
async def test_c03_four_hundred_thousand_companies_in_bounded_memory_killed_and_resumed(
    base_neuve: str, tmp_path: Path
) -> None:
    """Queueing all of them, then setting thousands of letters, with a kill -9 in the middle."""
    await peupler(ENTREPRISES)
    await executer("analyze entreprise, etablissement")
    attendus = ENTREPRISES + ENTREPRISES // 50
    debut = time.monotonic()
    assert await premier_envoi.premier_envoi() == attendus
    file = attendus / (time.monotonic() - debut)
    coupee = await asyncio.to_thread(commande, tmp_path, "--max", str(LETTRES))
    dossier = tmp_path / "courriers"
    while not list(dossier.glob("lot-*/codes-010.pdf")):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    os.kill(coupee.pid, signal.SIGKILL)
    coupee.communicate()
    assert imprimees(dossier) == []
    debut = time.monotonic()
    _, pic = await asyncio.to_thread(finir, commande(tmp_path, "--max", str(LETTRES)))
    vitesse = LETTRES / (time.monotonic() - debut)
    _, apres = await asyncio.to_thread(finir, commande(tmp_path, "--max", "200"))
    print(
        f"\npremier envoi : {attendus} courriers en file à {file:.0f}/s ; "
        f"{vitesse:.0f} lettres/s, {pic} Mo au plus"
    )
    faites = imprimees(dossier)
    assert len(faites) == len(set(faites)) == LETTRES + 200
    vivants: Any = await valeur("select count(*) from code_activation where etat = 'actif'")
    assert vivants == LETTRES + 200
    assert len(await lettres()) == attendus
    assert max(pic, apres) < PLAFOND_MO
    assert file > 1000

"""Server, worker and database taken away at the worst moments: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import signal
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal import chemins, loader
from portal.core.journal.sceaux import verifier
from portal.demo import entreprises as e
from portal.demo.donnees import remplir
from portal.grandlivre.queries import ecarts
from portal.infra import base, files
from portal.infra.postgres import PostgresEmbarque
from portal.testing import postgres
from tests.parcours import coupures as c
from tests.parcours.portail import PortailVivant, portail_sur_clone
from tests.parcours.recit import ENTREPRISE, ENVOIS, IBAN, Recit

pytestmark = pytest.mark.usefixtures("litestar")
POINTS = 20

UNIQUES = (
    "dossier", "demande", "proforma", "facture", "facture_ligne", "lot_paiement", "paiement",
    "paiement_facture", "retour_banque", "complement", "decision", "rib", "engagement",
)  # fmt: skip
"""Tables where the story leaves one row."""


@asynccontextmanager
async def portail() -> AsyncIterator[PortailVivant]:
    """The demonstration's people, no dossier yet; served."""
    nom = f"coupures_{uuid.uuid4().hex[:8]}"
    vivant = await portail_sur_clone(nom)
    try:
        async with vivant.dedans():
            await remplir(0, loader.charger(chemins.PLUGINS, points_entree=False))
        await vivant.demarrer()
        yield vivant
    finally:
        vivant.arreter()
        shutil.rmtree(vivant.dossier, ignore_errors=True)
        await postgres.supprimer(nom)


async def raconter(graine: int) -> c.Coupures:
    """A story cut at the points of this seed, then examined."""
    async with portail() as vivant:
        coupures = c.Coupures(vivant, c.tirer(graine, POINTS, ENVOIS))
        try:
            await Recit(coupures).raconter()
            await vivant.repos(40)
            await examiner(vivant)
        except AssertionError as ecart:
            raise AssertionError(f"{ecart}\n{coupures.faites}\n{vivant.journal}") from ecart
    assert coupures.envois == ENVOIS
    assert len(coupures.faites) == POINTS
    return coupures


async def examiner(vivant: PortailVivant) -> None:
    """Everything once, and whole."""
    async with vivant.dedans():
        for table in UNIQUES:
            assert await base.valeur(f"select count(*) from {table}") == 1, table
        dossier = await base.sql1("select numero, etat from dossier")
        assert dossier is not None
        assert (dossier["numero"][-6:], dossier["etat"]) == ("000001", "solde")
        for table in ("facture", "demande"):
            assert await base.valeur(f"select etat from {table}") == "payee"
        assert await base.valeur("select etat from paiement") == "execute"
        await examiner_livre()
        await examiner_papiers()
        await examiner_annonces()
        assert await verifier() == []


async def examiner_livre() -> None:
    genres = await base.sql("select genre, montant_centimes as n from mouvement order by id")
    assert [g["genre"] for g in genres] == [
        "engagement", "facture", "paiement_ordonne", "paiement_execute",
    ]  # fmt: skip
    assert len({g["n"] for g in genres}) == 1
    assert await ecarts() == []


async def examiner_papiers() -> None:
    """Each letter and document once, its file readable and the one that was sent."""
    lettres = await base.sql("select genre, fichier from lettre")
    assert Counter(li["genre"] for li in lettres) == {"accuse": 1, "relance": 1, "accord": 1}
    for lettre in lettres:
        assert (await files.octets(lettre["fichier"])).startswith(b"%PDF")
    documents = await base.sql("select piece, sha256, cle_fichier from document")
    assert Counter(d["piece"] for d in documents) == {
        "convention": 2, "programme": 1, "certificat": 1,
    }  # fmt: skip
    for document in documents:
        contenu = await files.octets(document["cle_fichier"])
        assert hashlib.sha256(contenu).hexdigest() == document["sha256"]


async def examiner_annonces() -> None:
    """People are told once, in the bell and by mail; no job is given up."""
    evenements = await base.sql("select genre from dossier_evenement where genre <> 'debut'")
    doubles = {g: n for g, n in Counter(li["genre"] for li in evenements).items() if n > 1}
    assert doubles == {"document": 2}  # the answer's and the certificate
    dits = await base.sql("select compte, genre, titre, url from notification")
    assert {g for g, n in Counter(tuple(d.values()) for d in dits).items() if n > 1} == set()
    courriels = await base.sql("select a, sujet, texte, etat from courriel")
    assert {li["etat"] for li in courriels} == {"envoye"}
    lettres = Counter((li["a"], li["sujet"], li["texte"]) for li in courriels)
    assert {cle for cle, n in lettres.items() if n > 1} == set()
    rates = await base.sql("select task_name from procrastinate_jobs where status = 'failed'")
    assert rates == []


async def test_une_histoire_coupee_vingt_fois() -> None:
    """Twenty kills in one story, during its requests and between them."""
    coupures = await raconter(20261)
    assert coupures.reprises >= 5, "les coupures tombent à côté des demandes"


@pytest.mark.preuve
@pytest.mark.parametrize("graine", range(10))
async def test_dix_histoires_coupees_vingt_fois(graine: int) -> None:
    """Two hundred points, all told."""
    await raconter(graine)


@asynccontextmanager
async def portail_sur_base_a_part() -> AsyncIterator[tuple[PortailVivant, PostgresEmbarque]]:
    """A portal over a PostgreSQL of its own, that may be stopped."""
    racine = Path(tempfile.mkdtemp(prefix="me-absente-"))
    racine.chmod(0o755)
    pg = PostgresEmbarque(racine / "pg", rapide=True)
    try:
        pg.demarrer()
        vivant = PortailVivant(pg.dsn)
        try:
            await vivant.commande("migrate")
            async with vivant.dedans():
                await remplir(0, loader.charger(chemins.PLUGINS, points_entree=False))
            await vivant.demarrer()
            yield vivant, pg
        finally:
            vivant.arreter()
            shutil.rmtree(vivant.dossier, ignore_errors=True)
    finally:
        pg.arreter()
        shutil.rmtree(racine, ignore_errors=True)


def eteindre(pg: PostgresEmbarque, fin: int) -> None:
    """The server process ends as a machine that fails, or that is stopped, would end it."""
    assert pg.processus is not None
    pg.processus.send_signal(fin)
    pg.processus.wait(15)


async def absente(secondes: float, fin: int) -> None:
    """Pages say it while it lasts; what was posted is kept by the browser and saved once, after."""
    async with portail_sur_base_a_part() as (vivant, pg):
        recit = Recit(c.Coupures(vivant))
        nav = await recit.entrer(ENTREPRISE)
        rib = f"/rib/{e.GROS.siren}/adherent"
        try:
            page = await nav.get(rib)
            poste = dict(page.formulaire(rib).form_values()) | {"iban": IBAN, "certifie": "oui"}
            avant = c.enfants(vivant.processus["serve"].pid)
            eteindre(pg, fin)
            retour = time.monotonic() + secondes
            while time.monotonic() < retour:
                await indisponible(nav.client, rib, poste)
                await sondes(vivant.url)
                await asyncio.sleep(0.2)
            pg.redemarrer()  # from this thread: the server lives as long as it
            await vivant.attendre(15)
            for _ in range(2):
                reponse = await nav.post(rib, poste)
                assert (reponse.statut, reponse.chemin) == (200, "/rib"), reponse.texte
            await vivant.repos(20)
            assert (await vivant.sql("select count(*) from rib"))[0][0] == 1
            assert c.enfants(vivant.processus["serve"].pid) == avant
            assert vivant.processus["worker"].poll() is None
        finally:
            await nav.fermer()


async def indisponible(client: httpx.AsyncClient, chemin: str, poste: dict[str, Any]) -> None:
    """Reading and posting both get the page that says so, soon."""
    meme = {"Sec-Fetch-Site": "same-origin"}
    for reponse in (
        await client.get("/accueil"),
        await client.post(chemin, data=poste, headers=meme),
    ):
        assert reponse.status_code == 503, (reponse.status_code, reponse.text)
        assert int(reponse.headers["retry-after"]) > 0
        assert "text/html" in reponse.headers["content-type"]
        assert "momentanément inaccessibles" in reponse.text
        assert reponse.elapsed.total_seconds() < 5


async def sondes(url: str) -> None:
    """What a supervisor asks: the process lives, it isn't ready."""
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_la_base_disparait_trois_secondes() -> None:
    await absente(3, signal.SIGINT)


@pytest.mark.preuve
@pytest.mark.parametrize("fin", [signal.SIGINT, signal.SIGQUIT], ids=["arret", "panne"])
async def test_la_base_disparait_dix_secondes(fin: int) -> None:
    await absente(10, fin)

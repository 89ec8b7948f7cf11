"""N01: a folder alone adds a dispositif, with its pages, table, job, target and navigation."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.app import create_litestar, habiller
from portal.apps import noms_des_apps
from portal.branches import operations as branches
from portal.chemins import PLUGINS
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.factures.registre import CIBLES
from portal.infra import clock, jobs
from portal.infra.base import sql, sql1, valeur
from portal.infra.migrations import migrer
from portal.loader import charger
from portal.settings import get_settings
from portal.testing.conformite import fautes
from portal.testing.navigateur import Navigateur
from tests.core.comptes_aides import connecter, personne
from tests.core.numeros import siren_neuf, siret_de

ESSAI = Path(__file__).parent / "dossier_essai"
IDCC = "0158"


@pytest.fixture
async def application_essai(litestar: Any) -> Any:
    """An application whose plugins are those of a folder; the usual one is wired again after."""
    plugins = charger(ESSAI, points_entree=False)
    assert plugins.casses == []
    bilan = await migrer(noms_des_apps(), plugins.tables())
    assert bilan.echecs == {}
    yield habiller(create_litestar(get_settings(), plugins), get_settings())
    create_litestar(get_settings(), charger(PLUGINS, points_entree=False))


async def administratrice(nav: Navigateur) -> tuple[str, Any]:
    siren = siren_neuf()
    await enregistrer(
        FicheSaisie(
            siren=siren,
            denomination=f"Cycles {siren}",
            etablissements=(EtablissementSaisi(siret_de(siren, 1), code_postal="59000"),),
            idcc=IDCC,
            effectif=5,
        )
    )
    qui = await personne()
    await sql(
        "insert into rattachement (compte, siren, profil, etat, administrateur, demande_le,"
        " demande_jour) values ($1, $2, 'adherent', 'actif', true, now(), current_date) returning id",
        qui.id,
        siren,
    )
    await connecter(nav, qui.email)
    return siren, qui


async def test_n01_un_dossier_suffit_a_ajouter_un_dispositif(application_essai: Any) -> None:
    jour = await clock.aujourd_hui()
    if not await sql("select 1 from ouverture where idcc = $1 and dispositif = 'velo'", IDCC):
        await branches.ouvrir(IDCC, "velo", date(2026, 1, 1), acteur=None)
    nav = Navigateur(application_essai)
    try:
        siren, _ = await administratrice(nav)
        choix = await nav.get("/dossiers/nouveau")
        assert "Atelier vélo" in choix.texte
        page = await nav.post(
            "/dossiers/nouveau",
            {"choix": "velo", "lieu": f"{siret_de(siren, 1)}|adherent", "_cle": "n01"},
        )
        assert page.h1 == "Projet"
        page = await nav.soumettre(
            page,
            page.chemin.split("#")[0],
            intitule="Réparer un vélo",
            debut=f"{jour + timedelta(days=40):%d/%m/%Y}",
            cout="300",
        )
        dossier = await sql1("select * from dossier where siren = $1", siren)
        assert dossier is not None
        page = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
        assert "150,00" in page.texte
        page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/transmettre")
        transmis = await sql1("select numero, cible from dossier where id = $1", dossier["id"])
        assert transmis is not None
        assert "-VE-" in transmis["numero"]
        assert transmis["cible"] == "fonds_essai"
        assert CIBLES["fonds_essai"].nom == "Fonds d’essai"
    finally:
        await nav.fermer()


async def test_n01_les_pages_taches_et_tables_d_un_plugin_vivent(application_essai: Any) -> None:
    nav = Navigateur(application_essai)
    try:
        _, qui = await administratrice(nav)
        accueil = await nav.get("/accueil")
        assert "/p/essai/bonjour" in accueil.liens("Page d’essai")
        page = await nav.get("/p/essai/bonjour")
        assert page.h1 == "Page d’essai"
        await nav.post("/p/essai/compter/41", {"_cle": "n01-compte"})
        await jobs.vider(200, lever=False)
        assert await valeur("select count(*) from essai_compte where dossier = 41") == 1
        ligne = await sql1(
            "select acteur from journal where action = 'essai.compte' and acteur_id = $1", qui.id
        )
        assert ligne is not None, "l’acte d’une personne est noté à son nom"
    finally:
        await nav.fermer()


def test_n01_le_dispositif_d_essai_est_conforme() -> None:
    dispositifs = charger(ESSAI, points_entree=False).dispositifs()
    assert {c: fautes(d) for c, d in dispositifs.items()} == {"velo": []}

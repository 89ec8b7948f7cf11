"""« Mes entreprises » (C10): hundreds of companies, found, paged, with what waits in each."""

from __future__ import annotations

from datetime import timedelta

from portal.core.rattachements import portefeuille
from portal.core.rattachements.mandats.operations import Offre, donner
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.core.rattachements.modeles import octroi
from portal.core.rattachements.operations import accepter, supprimer
from portal.infra import clock
from portal.infra.base import executer, valeur
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    en_attente,
    personne,
    societe,
)  # fmt: skip
from tests.core.test_rattachements_pages import Ouvrir, ouvrir

__all__ = ["ouvrir"]


async def test_c10_four_hundred_companies_searched_and_paged_without_javascript(
    ouvrir: Ouvrir,
) -> None:
    comptable = await personne("Paul", "Cabinet")
    propre = await societe("Zinguerie Éternelle")
    chef = await administrateur(propre)
    await accepter(chef, await en_attente(comptable, propre), octroi("comptable"))
    # Three hundred and ninety-nine more, by the same hand as the register.
    await executer(
        "insert into entreprise (siren, denomination, cle_tri, recherche, est_adherent, maj_le)"
        " select lpad((870000000 + g)::text, 9, '0'), 'Client ' || lpad(g::text, 3, '0'),"
        " 'client ' || lpad(g::text, 3, '0'), 'client ' || lpad(g::text, 3, '0'), true, current_timestamp"
        " from generate_series(1, 399) g on conflict do nothing"
    )
    await executer(
        "with r as (insert into rattachement (compte, siren, profil, etat, demande_le, demande_jour,"
        " decide_le) select $1, siren, 'adherent', 'actif', current_timestamp, current_date,"
        " current_timestamp from entreprise where siren like '870%' and denomination like 'Client %'"
        " returning id) insert into habilitation (rattachement, droit)"
        " select id, 'dossiers.consulter' from r",
        comptable.compte_id,
    )
    nav = await ouvrir(comptable)
    page = await nav.get("/mes-entreprises")
    assert "400 entreprises" in page.texte
    assert len(page.html.xpath("//tbody/tr")) == portefeuille.TAILLE
    assert len(page.reponse.content) < 80_000
    vus, suite = 0, page
    while True:
        vus += len(suite.html.xpath("//tbody/tr"))
        if not (liens := suite.html.xpath("//a[@rel='next']/@href")):
            break
        suite = await nav.get(liens[0])
    assert vus == 400
    for q in ("zinguerie eternelle", propre.siren, f"{propre.siren[:3]} {propre.siren[3:]}"):
        page = await nav.get(f"/mes-entreprises?q={q}")
        assert page.html.xpath("count(//tbody/tr)") == 1, q
    assert f"/factures?vue=toutes&siren={propre.siren}" in page.liens("Factures")
    assert (await nav.get("/mes-entreprises?q=<>&liste=rib&apres=xx")).statut == 200
    page = await nav.get("/mes-entreprises?liste=dossiers&q=client+007")
    assert set(page.liens("Client 007")) == {"/dossiers?siren=870000007"}
    for liste in ("/dossiers?siren=870000007", "/factures?vue=toutes&siren=870000007"):
        page = await nav.get(liste)
        assert "870000007" in page.texte
        assert page.html.xpath("//form[@role='search']//input[@name='siren']/@value") == [
            "870000007"
        ]
        assert page.liens("Choisir une entreprise")


async def test_c10_only_what_each_administrator_gave_and_mandates_said_as_such(
    ouvrir: Ouvrir,
) -> None:
    un, deux, mandant = await societe("Un"), await societe("Deux"), await societe("Mandant")
    corps = Societe((await societe("Corps", est_prestataire=True)).siren, "prestataire")
    moi = await administrateur(corps)
    chef1, chef2, chef3 = [await administrateur(s) for s in (un, deux, mandant)]
    premiere = await en_attente(moi, un)
    await accepter(chef1, premiere, octroi("comptable"))
    await en_attente(moi, deux)
    demandeur = await personne()
    await en_attente(demandeur, corps)
    ACCEPTES["plan_essai"] = "Plan"
    try:
        jour = await clock.aujourd_hui()
        offre = Offre(corps.siren, ("plan_essai",), jour, jour + timedelta(days=3))
        await donner(chef3, mandant.siren, offre)
    finally:
        ACCEPTES.pop("plan_essai")
    page = await portefeuille.lister(moi)
    assert [(e.denomination, e.par_mandat, e.administrateur, e.demandes) for e in page.lignes] == [
        ("Corps", False, True, 1),
        ("Mandant", True, False, 0),
        ("Un", False, False, 0),
    ]
    assert page.total == await portefeuille.combien(moi) == 3
    vue = await (await ouvrir(moi)).get("/mes-entreprises")
    assert "Par mandat de gestion" in vue.texte
    assert "Demandes d’accès : 1" in vue.texte
    await supprimer(chef1, premiere)
    assert [e.denomination for e in (await portefeuille.lister(moi)).lignes] == ["Corps", "Mandant"]
    assert await valeur("select count(*) from rattachement where siren = $1", deux.siren) == 2

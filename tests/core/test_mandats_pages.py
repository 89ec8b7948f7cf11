"""Mandats de gestion on screen (C11), from the request to its end, and its text as PDF."""

from __future__ import annotations

from datetime import timedelta

from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.infra import clock
from portal.infra.papers import texte_du_pdf
from tests.core.test_mandats import PLAN, _accepte, parties, voit
from tests.core.test_rattachements_pages import Ouvrir, ouvrir

__all__ = ["_accepte", "ouvrir"]


async def test_c11_pages_from_the_request_to_its_end(ouvrir: Ouvrir) -> None:
    s, chef, o, autre = await parties()
    de_chef, de_autre = await ouvrir(chef), await ouvrir(autre)
    reception = f"/entreprise/{o.siren}/prestataire/mandats"
    page = await de_autre.get(reception)
    page = await de_autre.get(page.liens("Demander un mandat")[0])
    page = await de_autre.soumettre(page, f"{reception}/nouveau", numero=s.siren, au="32/13/2026")
    assert page.statut == 422
    assert "au moins un dispositif" in page.texte
    assert page.erreur("au")
    fin = await clock.aujourd_hui() + timedelta(days=40)
    page = await de_autre.soumettre(
        page, f"{reception}/nouveau", dispositifs=PLAN, au=f"{fin:%d/%m/%Y}", message="Bonjour"
    )
    assert "En attente" in page.texte
    uid = page.chemin.rpartition("/")[2]
    accueil = await de_chef.get("/accueil")
    assert "Répondre à la demande de mandat de Centre Avenir" in accueil.texte
    ici = f"/entreprise/{s.siren}/adherent/mandats/{uid}"
    page = await de_chef.get(ici)
    assert "Bonjour" in page.texte
    page = await de_chef.soumettre(page, f"{ici}/refuser", motif="")
    assert page.statut == 422
    page = await de_chef.soumettre(page, f"{ici}/accepter")
    assert "Actif" in page.texte
    for nav, url in ((de_chef, ici), (de_autre, f"{reception}/{uid}")):
        papier = await nav.get(f"{url}/papier")
        texte = texte_du_pdf(papier.reponse.content)
        assert "Menuiserie Le Dantec" in texte
        assert "le mandataire ne voit ni ne change le RIB" in " ".join(texte.split())
        assert f"{fin.year}" in texte
    assert "Centre Avenir" in (await de_chef.get(ici.rpartition("/")[0])).texte
    assert (await de_autre.get(ici)).statut == 404
    page = await de_autre.soumettre(
        await de_autre.get(f"{reception}/{uid}"), f"{reception}/{uid}/terminer", motif="Fermeture"
    )
    assert "Renoncé" in page.texte
    page = await de_chef.get(ici)
    assert "Fermeture" in page.texte
    assert not page.html.xpath("//form[contains(@action, 'terminer')]")


async def test_c11_a_company_gives_from_its_page(ouvrir: Ouvrir) -> None:
    s, chef, o, autre = await parties()
    nav, url = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/mandats/nouveau"
    fin = await clock.aujourd_hui() + timedelta(days=40)
    page = await nav.soumettre(
        await nav.get(url), url, numero=s.siret(), dispositifs=PLAN, au=f"{fin:%d/%m/%Y}"
    )
    assert "votre propre SIREN" in page.erreur("numero")
    page = await nav.soumettre(page, url, numero=o.siret(2))
    assert "Le mandat est donné" in page.texte
    assert "Établissement du mandataire" in page.texte
    page = await nav.soumettre(page, page.chemin + "/terminer")
    assert "Révoqué" in page.texte
    assert not await voit(autre, "dossiers.saisir", s)
    ACCEPTES.clear()
    assert "Aucun dispositif n’accepte de mandat" in (await nav.get(url)).texte
    assert (await nav.get(f"/entreprise/{s.siren}/inconnu/mandats")).statut == 404

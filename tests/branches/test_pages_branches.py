"""K01, K02, K03: the branch team's screens, with and without the right to see them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from portal.branches import operations, queries
from portal.infra import clock
from portal.infra.money import date_courte, date_longue
from tests.branches.aides import interne
from tests.core.comptes_aides import connecter, personne


@pytest.fixture
def code(litestar) -> str:
    """A dispositif that a built-in plugin brings."""
    return min(litestar.state.plugins.dispositifs())


async def test_k01_ouvrir_vaut_aussitot_puis_fermer(navigateur, code) -> None:
    nav = await interne(navigateur, "branche")
    jour = await clock.aujourd_hui()
    chemin = f"/branches/3219/dispositifs/{code}"
    page = await nav.get(chemin)
    assert "Fermé" in page.texte
    page = await nav.soumettre(page, f"{chemin}/ouvrir", du=date_courte(jour), dernier="")
    assert page.statut == 200
    assert "ouverture enregistrée" in page.texte
    assert code in await queries.ouverts("3219", jour)
    public = await navigateur().get(f"/dispositifs/{code}")
    assert "IDCC 3219" in public.texte
    page = await nav.soumettre(page, f"{chemin}/fermer", fermeture=date_courte(jour))
    assert f"jusqu’au {date_longue(jour)} inclus" in page.texte
    assert code not in await queries.ouverts("3219", jour + timedelta(days=1))


async def test_k01_erreurs_en_francais_a_cote_du_champ(navigateur, code) -> None:
    nav = await interne(navigateur, "administrateur")
    chemin = f"/branches/3218/dispositifs/{code}"
    page = await nav.get(chemin)
    page = await nav.soumettre(page, f"{chemin}/ouvrir", du="31/02/2026", dernier="01/01/2026")
    assert page.statut == 422
    assert "Cette date n’existe pas" in page.erreur("du")
    page = await nav.soumettre(page, f"{chemin}/ouvrir", du="01/03/2026", dernier="01/02/2026")
    assert "Le dernier jour précède le premier" in page.texte
    assert page.html.xpath("//title")[0].text.startswith("Erreur")
    assert not await queries.ouvertures("3218", code)


async def test_k01_annuler_une_ouverture_a_venir(navigateur, code) -> None:
    nav = await interne(navigateur, "branche")
    jour = await clock.aujourd_hui()
    uid = await operations.ouvrir("2101", code, jour + timedelta(days=30), acteur=None)
    chemin = f"/branches/2101/dispositifs/{code}"
    page = await nav.soumettre(await nav.get(chemin), f"{chemin}/ouvertures/{uid}/annuler")
    assert "Ouverture annulée." in page.texte
    assert await queries.ouvertures("2101", code) == []


async def test_k02_poser_une_valeur_et_lire_l_historique(navigateur) -> None:
    nav = await interne(navigateur, "branche", "2149")
    chemin = "/branches/2149/parametres/dossier.personnes_max"
    page = await nav.get(chemin)
    assert "Foire aux questions Mon Espace" in page.texte
    page = await nav.soumettre(page, chemin, valeur="douze", du="01/03/2026", source="")
    assert page.statut == 422
    assert "Saisissez un nombre" in page.erreur("valeur")
    assert "Renseignez « Source »" in page.erreur("source").replace("\u00a0", " ")
    page = await nav.soumettre(
        page, chemin, valeur="12", du="01/03/2026", source="Accord du 2 février 2026"
    )
    assert "elle s’applique sans délai" in page.texte
    assert "12 personnes" in page.texte
    lus = await queries.parametres("2149", date(2026, 3, 1))
    assert lus.lire("dossier.personnes_max").valeur == "12"
    ailleurs = await queries.parametres("2691", date(2026, 3, 1))
    assert ailleurs.lire("dossier.personnes_max").valeur == "30"


async def test_k02_valeur_avec_criteres_et_mot(navigateur, litestar) -> None:
    declare = next(p for p in litestar.state.plugins.parametres() if p.mots and p.choix)
    nav = await interne(navigateur, "branche")
    chemin = f"/branches/2583/parametres/{declare.cle}"
    critere = declare.criteres[0]
    valeur = declare.choix[critere][0][0]
    page = await nav.soumettre(
        await nav.get(chemin), chemin, valeur=declare.mots[0], du="01/03/2026",
        source="Accord", **{f"critere_{critere}": valeur},
    )  # fmt: skip
    assert page.statut == 200
    lus = await queries.parametres("2583", date(2026, 3, 1))
    assert lus.lire(declare.cle, **{critere: valeur}).valeur == declare.mots[0]
    page = await nav.get("/branches/2583")
    assert dict(declare.choix[critere])[valeur] in page.texte


async def test_k03_perimetre_de_la_branche(navigateur) -> None:
    nav = await interne(navigateur, "branche", "1979")
    page = await nav.get("/branches")
    assert page.liens("Hôtels, cafés, restaurants") == ["/branches/1979"]
    assert "1 branche" in page.texte
    assert "/branches/toutes" not in page.liens()
    assert (await nav.get("/branches/1979")).statut == 200
    for chemin in ("/branches/1516", "/branches/toutes", "/branches/0000"):
        assert (await nav.get(chemin)).statut == 404
    cle = uuid.uuid4().hex
    ailleurs = await nav.post(
        "/branches/1516/parametres/dossier.personnes_max",
        {"_cle": cle, "valeur": "1", "du": "01/01/2026", "source": "x"},
    )
    assert ailleurs.statut == 404


async def test_k03_sans_le_role_interdit_ou_introuvable(navigateur) -> None:
    gestionnaire = await interne(navigateur, "gestionnaire")
    assert (await gestionnaire.get("/branches")).statut == 403
    assert (await gestionnaire.get("/installation")).statut == 403
    compte = await personne()
    nav = navigateur()
    await connecter(nav, compte.email)
    assert (await nav.get("/branches")).statut == 404
    assert (await nav.get("/branches/1516")).statut == 404


async def test_k01_chercher_une_branche(navigateur) -> None:
    nav = await interne(navigateur, "administrateur")
    page = await nav.get("/branches?q=hotels")
    assert "1979" in page.texte
    assert "1516" not in page.texte
    fragment = await nav.client.get("/branches?q=hotels", headers={"HX-Request": "true"})
    assert fragment.text.strip() in page.reponse.text
    assert "Aucune branche ne correspond" in (await nav.get("/branches?q=zzz")).texte


async def test_k02_parametres_de_toutes_les_branches(navigateur) -> None:
    nav = await interne(navigateur, "administrateur")
    page = await nav.get("/branches/toutes")
    assert page.h1 == "Toutes les branches"
    assert "30 personnes" in page.texte
    assert (await nav.get("/branches/toutes/dispositifs/x")).statut == 404
    assert (await nav.get("/branches/toutes/parametres/inconnu.x")).statut == 404

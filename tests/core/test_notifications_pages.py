"""J01: the bell on each page, its list, marking, opening; each leads to its object."""

from __future__ import annotations

import uuid

from portal.core.notifications import operations, queries
from tests.core.comptes_aides import connecter, personne


async def _connecte(navigateur, nombre: int = 0):
    compte = await personne()
    for n in range(nombre):
        await operations.notifier([compte.id], "essai", f"Nouvelle {n}", "/compte", f"Détail {n}")
    nav = navigateur()
    await connecter(nav, compte.email)
    return compte, nav


async def test_j01_cloche_sur_chaque_page(navigateur) -> None:
    _, nav = await _connecte(navigateur, 2)
    for chemin in ("/notifications", "/accueil", "/compte"):
        page = await nav.get(chemin)
        assert page.statut == 200
        assert "Mes notifications : 2 non lues" in page.texte
    fragment = await nav.get("/notifications/cloche")
    assert "2 non lues" in fragment.texte


async def test_j01_ouvrir_marque_et_mene_a_l_objet(navigateur) -> None:
    compte, nav = await _connecte(navigateur, 2)
    page = await nav.get("/notifications")
    (derniere, _) = (await queries.lister(compte.id)).lignes
    ouverte = await nav.soumettre(page, f"/notifications/{derniere.uid}/ouvrir")
    assert ouverte.chemin == "/compte"
    assert await queries.compter_non_lues(compte.id) == 1


async def test_j01_filtrer_marquer_lue_tout_marquer(navigateur) -> None:
    compte, nav = await _connecte(navigateur, 3)
    page = await nav.get("/notifications?filtre=non_lues")
    (derniere, *_) = (await queries.lister(compte.id)).lignes
    page = await nav.soumettre(page, f"/notifications/{derniere.uid}/lire")
    assert page.chemin == "/notifications?filtre=non_lues"
    assert "Nouvelle 2" not in page.texte
    assert "Nouvelle 1" in page.texte
    page = await nav.soumettre(page, "/notifications/tout-lire")
    assert "Aucune notification non lue" in page.texte
    toutes = await nav.get("/notifications")
    assert "Nouvelle 2" in toutes.texte
    assert "Tout est lu" in toutes.texte


async def test_j01_notification_d_un_autre_introuvable(navigateur) -> None:
    autre, _ = await _connecte(navigateur, 1)
    _, nav = await _connecte(navigateur)
    (sienne,) = (await queries.lister(autre.id)).lignes
    for action in ("ouvrir", "lire"):
        page = await nav.post(f"/notifications/{sienne.uid}/{action}", {"_cle": uuid.uuid4().hex})
        assert page.statut == 404
    assert await queries.compter_non_lues(autre.id) == 1


async def test_j01_retour_vers_la_liste_seulement(navigateur) -> None:
    compte, nav = await _connecte(navigateur, 1)
    page = await nav.post(
        "/notifications/tout-lire",
        {"_cle": uuid.uuid4().hex, "_retour": "//ailleurs.example/notifications"},
        suivre=False,
    )
    assert page.reponse.headers["location"] == "/notifications"
    assert await queries.compter_non_lues(compte.id) == 0


async def test_j01_fragment_egal_a_la_page(navigateur) -> None:
    _, nav = await _connecte(navigateur, 0)
    entiere = await nav.get("/notifications")
    reponse = await nav.client.get("/notifications", headers={"HX-Request": "true"})
    assert reponse.headers["vary"] == "HX-Request"
    assert reponse.text.strip() in entiere.reponse.text


async def test_j01_sans_session_on_se_connecte(navigateur) -> None:
    page = await navigateur().get("/notifications")
    assert page.chemin.startswith("/connexion")

"""The pages of payments, as a browser without JavaScript sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.factures.registre import CIBLES
from portal.infra import coffre
from portal.infra.money import euros
from portal.kit import OPCO
from portal.reglements import accueil, preparation
from portal.testing.navigateur import Navigateur
from tests.dossiers.aides import ouvrir_session, quelqu_un, societe
from tests.reglements.fabrique import (
    DROITS,
    comptable,
    dossier,
    facture,
    iban_neuf,
    paiement_de,
    preparer_et_valider,
    repondre,
    une_facture,
)

Ouvrir = Callable[..., Navigateur]


async def test_h05_toute_la_route_par_les_pages(navigateur: Ouvrir) -> None:
    f = await une_facture(60_000)
    premier, second = await comptable(), await comptable()
    un = await ouvrir_session(navigateur, premier.email)
    deux = await ouvrir_session(navigateur, second.email)
    page = await un.get("/reglements/lots")
    assert page.h1 == "Règlements"
    page = await un.soumettre(page, "/reglements/lots/preparer")
    paiement = await paiement_de(f)
    lot = f"/reglements/lots/{paiement['lot_uid']}"
    assert page.chemin == lot
    assert "seconde signature" in page.texte
    assert f"{lot}/valider" not in [x.get("action") for x in page.html.xpath("//form")]
    refus = await un.post(f"{lot}/valider", {"_cle": "moi-meme"})
    assert refus.statut == 403
    accueil = await deux.get("/accueil")
    assert f"Valider le règlement {paiement['lot_numero']}" in accueil.texte
    page = await deux.get(lot)
    page = await deux.soumettre(page, f"{lot}/valider")
    assert "validé" in page.texte
    fichier = await deux.get(f"{lot}/fichier")
    assert fichier.reponse.headers["content-type"].startswith("application/xml")
    assert b"pain.001.001.09" in fichier.reponse.content
    page = await deux.soumettre(await deux.get(lot), f"{lot}/transmettre")
    assert "Transmis" in page.texte
    rendu = await deux.get(f"{lot}/retour-simule")
    page = await deux.soumettre(
        await deux.get("/reglements/lots"),
        "/reglements/retours",
        fichiers={"fichier": ("retour.xml", rendu.reponse.content, "application/xml")},
    )
    assert page.chemin == lot
    assert "exécuté" in page.texte
    assert await f.etat() == "payee"


async def test_h05_a_mettre_en_paiement_est_ce_que_le_reglement_prendrait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An invoice that the next run leaves out is not counted as one that it takes."""
    moi = await comptable()
    await une_facture()
    attente = await preparation.en_attente()
    (chiffre,) = await accueil.chiffres(moi)
    assert attente.nombre
    assert (chiffre.valeur, chiffre.detail) == (
        attente.nombre,
        euros(sum(attente.totaux.values())),
    )
    monkeypatch.setitem(CIBLES, OPCO, replace(CIBLES[OPCO], iban_debiteur=""))
    (chiffre,) = await accueil.chiffres(moi)
    assert chiffre.valeur == 0


async def test_h05_un_retour_qui_n_en_est_pas_un_se_dit_au_champ(navigateur: Ouvrir) -> None:
    nav = await ouvrir_session(navigateur, (await comptable()).email)
    page = await nav.get("/reglements/lots")
    for contenu in (b"<?xml version='1.0'?><a/>", b"rien", b" "):
        reponse = await nav.soumettre(
            page,
            "/reglements/retours",
            fichiers={"fichier": ("r.xml", contenu, "application/xml")},
        )
        assert reponse.statut == 422
        assert reponse.erreur("fichier")
        page = reponse
    sans = await nav.soumettre(page, "/reglements/retours", fichiers=None)
    assert sans.statut == 422


async def test_h05_annuler_par_la_page(navigateur: Ouvrir) -> None:
    f = await une_facture()
    moi = await comptable()
    await preparation.preparer(moi)
    lot = f"/reglements/lots/{(await paiement_de(f))['lot_uid']}"
    nav = await ouvrir_session(navigateur, moi.email)
    page = await nav.soumettre(await nav.get(lot), f"{lot}/annuler")
    assert "annulé" in page.texte
    assert await f.etat() == "acceptee"


async def test_h06_l_entreprise_lit_son_avis(navigateur: Ouvrir) -> None:
    dos = await dossier()
    f = await facture((dos, 10_000))
    _, adresse = await quelqu_un(dos.chez, droits=DROITS)
    nav = await ouvrir_session(navigateur, adresse)
    assert "Aucun virement" in (await nav.get("/reglements")).texte
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    paiement = await paiement_de(f)
    liste = await nav.get("/reglements")
    assert paiement["reference"] in liste.texte
    assert "100,00 €" in liste.texte
    fragment = await nav.get("/reglements", headers={"HX-Request": "true"})
    assert "<html" not in fragment.reponse.text
    page = await nav.get(f"/reglements/avis/{paiement['uid']}")
    assert f.numero in page.texte
    assert dos.numero in page.texte
    vide = await nav.get("/reglements?q=rien-de-tel&etat=execute")
    assert "Aucun virement ne correspond" in vide.texte


async def test_h06_pages_fermees_aux_autres(navigateur: Ouvrir) -> None:
    f = await une_facture()
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    paiement = await paiement_de(f)
    _, etranger = await quelqu_un(await societe(), droits=DROITS)
    _, sans_droit = await quelqu_un(await societe(), droits=("dossiers.consulter",))
    _, gestionnaire = await quelqu_un(role="gestionnaire")
    avis, lot = f"/reglements/avis/{paiement['uid']}", f"/reglements/lots/{paiement['lot_uid']}"
    nav = await ouvrir_session(navigateur, etranger)
    assert (await nav.get(avis)).statut == 404
    assert (await nav.get(lot)).statut == 404
    nav = await ouvrir_session(navigateur, sans_droit)
    assert (await nav.get("/reglements")).statut == 403
    nav = await ouvrir_session(navigateur, gestionnaire)
    assert (await nav.get(lot)).statut == 403
    assert (await nav.get(f"{lot}/fichier")).statut == 403
    dehors = navigateur()
    assert (await dehors.get(lot, suivre=False)).statut == 303


async def test_h08_enregistrer_puis_changer_de_compte(navigateur: Ouvrir) -> None:
    chez = await societe()
    _, adresse = await quelqu_un(chez, administrateur=True)
    nav = await ouvrir_session(navigateur, adresse)
    entreprise = await nav.get("/rattachements")
    assert f"/rib#c-{chez.siren}-adherent" in entreprise.liens()
    page = await nav.get("/rib")
    assert page.h1 == "RIB"
    assert "Aucun compte enregistré" in page.texte
    ici = f"/rib/{chez.siren}/adherent"
    assert ici in page.liens()
    premier, second = iban_neuf(), iban_neuf()
    page = await nav.get(ici)
    mauvais = await nav.soumettre(page, ici, iban="FR14 2004 1010 0505 0001 3M02 607")
    assert mauvais.statut == 422
    assert "IBAN" in mauvais.erreur("iban")
    assert "Confirmez" in mauvais.texte
    for iban in (premier, second):
        page = await nav.soumettre(await nav.get(ici), ici, iban=iban, certifie="oui")
        assert page.chemin == "/rib"
    assert coffre.masquer("iban", second) in page.texte
    assert coffre.masquer("iban", premier) in page.texte
    assert premier not in page.reponse.text.replace(" ", "")
    encore = await nav.soumettre(await nav.get(ici), ici, iban=second, certifie="oui")
    assert "déjà celui" in encore.erreur("iban")


async def test_h08_hors_de_portee(navigateur: Ouvrir) -> None:
    chez = await societe()
    _, adresse = await quelqu_un(await societe(), droits=DROITS)
    nav: Any = await ouvrir_session(navigateur, adresse)
    assert (await nav.get(f"/rib/{chez.siren}/adherent")).statut == 404
    assert (await nav.get(f"/rib/{chez.siren}/autre")).statut == 404

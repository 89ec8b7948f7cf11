"""Other people's ids where one's own are expected: in fields of forms, in the rest of a path."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from portal.core.rattachements.demandes import demander
from portal.infra.base import sql1
from portal.testing.navigateur import Navigateur
from tests.securite import fabrique as f
from tests.securite.base_figee import compter, defait, differences, empreintes
from tests.securite.monde import Monde

MEME = {"Sec-Fetch-Site": "same-origin"}
PIECE = {"fichier": ("a.pdf", f.PDF, "application/pdf")}


@pytest.fixture
async def nav(application: Any, monde: Monde) -> AsyncIterator[Navigateur]:
    """Administrator of B, in whose forms A's ids are slipped."""
    nav = monde["voisin"].navigateur(application)
    yield nav
    await nav.fermer()


async def _poster(nav: Navigateur, chemin: str, fichiers: Any = None, **champs: Any) -> Any:
    donnees = {"_cle": uuid.uuid4().hex, "_version": "1", **champs}
    return await nav.client.post(chemin, data=donnees, files=fichiers, headers=MEME)


async def test_les_identifiants_d_autrui_dans_un_formulaire_ne_servent_a_rien(
    monde: Monde, nav: Navigateur
) -> None:
    o, a, b = monde.objets, monde.a, monde.b
    moi = await monde["voisin"].personne()
    mien = await f.brouillon(moi, b)
    attente = await demander(await monde["retire"].personne(), b.siren, "adherent")
    chez_b, du = f"/entreprise/{b.siren}/adherent", uuid.UUID(o["facturable"]).hex
    facture = {f"repartition.{du}.montant": "10", "ttc": "10", "numero": "F1", "cible": "opco"}
    etablissements = {"modele": "consultation", "portee": "etablissements", "sirets": a.siret}
    documents = f"/dossiers/{mien['uid']}/documents"
    essais: tuple[tuple[str, Any, dict[str, str]], ...] = (
        ("/dossiers/nouveau", None, {"choix": f.CODE, "lieu": f"{a.siret}|adherent"}),
        ("/dossiers/nouveau", None, {"choix": f"{f.CODE}|{a.siret}|adherent"}),
        ("/factures/proforma", None, {"demande": o["facturable"]}),
        ("/factures/deposer", PIECE, {"emetteur": f"{a.siren}-adherent", **facture}),
        ("/factures/deposer", PIECE, {"proforma": o["proforma"], **facture}),
        ("/factures/deposer", PIECE, {"emetteur": f"{b.siren}-adherent", **facture}),
        (documents, PIECE, {"piece": "convention", "remplace": o["piece"]}),
        (f"{chez_b}/demandes/{attente.uid}/accepter", None, etablissements),
        (f"{chez_b}/demandes/{o['demande_acces']}/accepter", None, {"modele": "consultation"}),
        (f"{chez_b}/utilisateurs/{o['acces']}/supprimer", None, {}),
        (f"{chez_b}/utilisateurs/{o['acces']}/habiliter", None, {"modele": "consultation"}),
    )
    avant = await empreintes()
    for chemin, fichiers, champs in essais:
        reponse = await _poster(nav, chemin, fichiers, **champs)
        assert reponse.status_code in (403, 404, 422), f"{chemin} {champs} {reponse.status_code}"
        assert a.marque not in reponse.text, chemin
    assert differences(avant, await empreintes()) == []


async def test_les_champs_que_la_page_n_a_pas_sont_ignores(monde: Monde, nav: Navigateur) -> None:
    """Nobody grants a dossier to herself, moves it to another company, or becomes staff."""
    mien = await f.brouillon(await monde["voisin"].personne(), monde.b)
    en_plus = {
        "etat": "accorde", "siren": monde.a.siren, "siret": monde.a.siret, "cree_par": "1",
        "accorde_centimes": "999999", "numero": "2026-AF-999999", "gestionnaire": "1",
    }  # fmt: skip
    etape = f"/dossiers/{mien['uid']}/etapes/couts"
    page = await nav.get(etape)
    vues = {
        n: page.html.xpath(f"string(//input[@name='{n}']/@value)") for n in ("_version", "_page")
    }
    async with defait():
        reponse = await _poster(nav, etape, **{**vues, "prix": "500", **en_plus})
        assert reponse.status_code in (303, 422), reponse.status_code
        apres = await sql1("select * from dossier where id = $1", mien["id"])
        assert apres is not None
        assert apres["donnees"]["couts"]["prix"] == "500"
        for colonne in ("etat", "siren", "siret", "cree_par", "accorde_centimes", "numero",
                        "gestionnaire"):  # fmt: skip
            assert apres[colonne] == mien[colonne], colonne
        profil = {"civilite": "Mme", "nom": "Roy", "prenom": "Lise", "courriels": "jamais"}
        roles = await compter("role_interne")
        compte = await _poster(nav, "/compte", **profil, role="administrateur", email="x@y.fr")
        assert compte.status_code == 303
        assert await compter("role_interne") == roles
        (email,) = (
            await sql1("select email from compte where id = $1", monde["voisin"].compte)
        ).values()  # type: ignore[union-attr]
        assert email == monde["voisin"].email

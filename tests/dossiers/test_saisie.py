"""Drafts: kept as typed, valid or not; two pages never overwrite each other; secrets stay out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.dossiers.lecture import en_mots
from portal.dossiers.saisie import brouillons, operations
from portal.dossiers.saisie.contenu import lire_contenu, secrets_de
from portal.infra.base import sql, valeur
from portal.kit.formulaire import ChampVu
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from tests.dossiers.aides import ouvrir_dispositif, quelqu_un, relire, rempli, societe, transmis
from tests.dossiers.dispositif_essai import CODE, ESSAI, a_plat, nir, personne, postes


async def lire(dossier: dict[str, Any], etape: str) -> Any:
    frais = await relire(dossier)
    return (await lire_contenu(ESSAI, frais["donnees"])).donnees[etape]


async def brouillon() -> tuple[Any, Any, dict[str, Any]]:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    return moi, chez, await operations.creer(moi, CODE, chez.siret, "adherent")


async def test_d01_dispositif_ferme_a_la_branche_refuse() -> None:
    chez = await societe(idcc="0731")
    moi, _ = await quelqu_un(chez)
    await valeur("delete from ouverture where idcc = '0731' and dispositif = $1 returning 1", CODE)
    with pytest.raises(Refus) as refus:
        await operations.creer(moi, CODE, chez.siret, "adherent")
    assert "pas ouvert" in refus.value.message
    await ouvrir_dispositif("0731")
    assert (await operations.creer(moi, CODE, chez.siret, "adherent"))["etat"] == "brouillon"


async def test_d02_saisie_invalide_et_incomplete_gardee_telle_quelle() -> None:
    moi, _, dossier = await brouillon()
    poste = {"intitule": "x" * 300, "debut": "32/13/2026", "lieu": "nulle part", "fin": ""}
    await operations.enregistrer_etape(moi, dossier["uid"], "projet", poste, 0)
    saisie = await lire(dossier, "projet")
    assert saisie.brut["intitule"] == "x" * 300
    assert saisie.brut["debut"] == "32/13/2026"
    assert set(saisie.erreurs) == {"intitule", "debut", "lieu"}
    assert "fin" in saisie.manquants


async def test_d02_champ_a_champ_sans_perdre_les_autres() -> None:
    moi, _, dossier = await brouillon()
    for nom, saisi in (
        ("intitule", "Atelier"),
        ("debut", "pas une date"),
        ("intitule", "Atelier 2"),
    ):
        await operations.enregistrer_champ(moi, dossier["uid"], "projet", nom, saisi, None)
    saisie = await lire(dossier, "projet")
    assert (saisie.brut["intitule"], saisie.brut["debut"]) == ("Atelier 2", "pas une date")
    assert (await relire(dossier))["intitule"] == "Atelier 2"


async def test_d02_champ_inconnu_refuse() -> None:
    moi, _, dossier = await brouillon()
    for nom in ("", "inconnu", "intitule.x.y", "inscrits.a.nom", "__class__"):
        with pytest.raises(Refus):
            await operations.enregistrer_champ(moi, dossier["uid"], "projet", nom, "x", None)


async def test_d02_champ_qui_n_est_pas_montre_n_est_pas_perdu() -> None:
    """A field that depends on another goes away from the page and comes back as it was."""
    moi, _, dossier = await brouillon()
    enregistrer = operations.enregistrer_etape
    await enregistrer(
        moi, dossier["uid"], "projet", {"avec_detail": "oui", "detail": "Gardé"}, None
    )
    await enregistrer(moi, dossier["uid"], "projet", {"avec_detail": "non"}, None)
    assert "detail" not in (await lire(dossier, "projet")).valides
    await enregistrer(moi, dossier["uid"], "projet", {"avec_detail": "oui"}, None)
    assert (await lire(dossier, "projet")).valides["detail"] == "Gardé"


async def test_d02_case_decochee_se_vide() -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_etape(
        moi, dossier["uid"], "couts", {"prix": "1", "exact": "oui"}, None
    )
    assert (await lire(dossier, "couts")).valides["exact"] is True
    await operations.enregistrer_etape(moi, dossier["uid"], "couts", {"prix": "1"}, None)
    assert "exact" in (await lire(dossier, "couts")).manquants


async def test_d02_ajouter_et_retirer_une_ligne() -> None:
    moi, _, dossier = await brouillon()
    poste = a_plat("inscrits", [personne(0), personne(1)])
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", {**poste, "_ajouter": "inscrits"}, None
    )
    assert len((await lire(dossier, "personnes")).brut["inscrits"]) == 3
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", {**poste, "_retirer": personne(0)["cle"]}, None
    )
    (reste,) = (await lire(dossier, "personnes")).brut["inscrits"]
    assert reste["nom"] == "Garnier1"


async def test_d02_page_perimee_refusee_rien_n_est_ecrase() -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_etape(moi, dossier["uid"], "projet", {"intitule": "Premier"}, 0)
    with pytest.raises(Conflit):
        await operations.enregistrer_etape(moi, dossier["uid"], "projet", {"intitule": "Second"}, 0)
    assert (await lire(dossier, "projet")).brut["intitule"] == "Premier"


async def test_d02_deux_onglets_sur_deux_etapes_ne_se_genent_pas() -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_champ(moi, dossier["uid"], "projet", "intitule", "Un", 0)
    await operations.enregistrer_etape(moi, dossier["uid"], "couts", {"prix": "5"}, 0)
    assert (await lire(dossier, "projet")).brut["intitule"] == "Un"
    assert (await lire(dossier, "couts")).brut["prix"] == "5"


async def test_d02_saisie_automatique_d_un_autre_onglet_n_est_pas_ecrasee() -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_champ(moi, dossier["uid"], "projet", "intitule", "Onglet A", 0)
    with pytest.raises(Conflit):
        await operations.enregistrer_etape(
            moi, dossier["uid"], "projet", {"intitule": "Onglet B"}, 0
        )


async def test_d02_une_page_ne_se_contredit_pas_elle_meme() -> None:
    """Its autosaves move the count on; its own button is not stale for that."""
    moi, _, dossier = await brouillon()
    uid = dossier["uid"]
    await operations.enregistrer_champ(moi, uid, "projet", "intitule", "Un", 0, "page-a")
    await operations.enregistrer_champ(moi, uid, "projet", "intitule", "Un deux", 0, "page-a")
    await operations.enregistrer_etape(
        moi, uid, "projet", {"intitule": "Un deux trois"}, 0, "page-a"
    )
    with pytest.raises(Conflit):
        await operations.enregistrer_champ(moi, uid, "projet", "intitule", "B", 0, "page-b")
    await operations.enregistrer_champ(moi, uid, "projet", "intitule", "B", 3, "page-b")
    with pytest.raises(Conflit):
        await operations.enregistrer_etape(moi, uid, "projet", {"intitule": "A"}, 0, "page-a")
    assert (await lire(dossier, "projet")).brut["intitule"] == "B"


async def test_d02_une_frappe_arrivee_apres_le_bouton_ne_l_ecrase_pas() -> None:
    """An autosave that was on its way while the step was sent: too late, and nobody else's change."""
    moi, _, dossier = await brouillon()
    uid = dossier["uid"]
    await operations.enregistrer_etape(moi, uid, "projet", {"intitule": "80"}, 0, "page-a")
    with pytest.raises(Conflit):
        await operations.enregistrer_champ(moi, uid, "projet", "intitule", "8", 0, "page-a")
    await operations.enregistrer_etape(moi, uid, "projet", {"intitule": "80"}, 0, "page-a")
    await operations.enregistrer_champ(moi, uid, "projet", "intitule", "800", 2, "page-b")
    assert (await lire(dossier, "projet")).brut["intitule"] == "800"


async def test_d02_dossier_d_une_autre_entreprise_introuvable() -> None:
    _, _, dossier = await brouillon()
    intrus, _ = await quelqu_un(await societe())
    with pytest.raises(Introuvable):
        await operations.enregistrer_etape(
            intrus, dossier["uid"], "projet", {"intitule": "x"}, None
        )


@pytest.mark.parametrize("droits", [("dossiers.consulter",), ("factures.consulter",)])
async def test_c09_sans_le_droit_de_saisir_interdit(droits: tuple[str, ...]) -> None:
    _, chez, dossier = await brouillon()
    lecteur, _ = await quelqu_un(chez, droits=droits)
    attendu = Interdit if "dossiers.consulter" in droits else (Interdit, Introuvable)
    with pytest.raises(attendu):
        await operations.enregistrer_etape(
            lecteur, dossier["uid"], "projet", {"intitule": "x"}, None
        )


async def test_d04_nir_jamais_dans_les_donnees() -> None:
    """Valid, invalid or replaced, a NIR is in no column of the dossier, nor in journal or events."""
    moi, chez, dossier = await brouillon()
    faux = "290037512345678"
    lignes = [personne(0), personne(1, nir=faux)]
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", lignes), None
    )
    await operations.enregistrer_champ(
        moi, dossier["uid"], "personnes", f"inscrits.{personne(1)['cle']}.nir", nir(7), None
    )
    await operations.enregistrer_etape(
        moi, dossier["uid"], "organisme", {"iban": "FR1420041010050500013M02606"}, None
    )
    ligne = json.dumps(await relire(dossier), default=str)
    traces = json.dumps(
        await sql("select * from dossier_evenement where dossier = $1", dossier["id"])
        + await sql("select * from journal where objet_uid = $1", dossier["uid"]),
        default=str,
    )
    for secret in (nir(0), nir(7), faux, "20041010050500013M02606"):
        assert secret not in ligne
        assert secret not in traces
    assert "$secret" in ligne


async def test_d04_masque_poste_laisse_le_secret_intact() -> None:
    moi, _, dossier = await brouillon()
    lignes = [personne(0), personne(1)]
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", lignes), None
    )
    avant = secrets_de((await relire(dossier))["donnees"])
    saisie = await lire(dossier, "personnes")
    masques = [
        {**li, "nir": saisie.masques[f"inscrits.{li['cle']}.nir"], "prenom": "Zoé"} for li in lignes
    ]
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", masques), None
    )
    assert secrets_de((await relire(dossier))["donnees"]) == avant
    saisie = await lire(dossier, "personnes")
    assert [p["nir"] for p in saisie.valides["inscrits"]] == [nir(0), nir(1)]
    assert all("*" in m for m in saisie.masques.values())


async def test_d04_secret_vide_ou_remplace_est_detruit() -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", [personne(0)]), None
    )
    (premier,) = secrets_de((await relire(dossier))["donnees"])
    cle = personne(0)["cle"]
    await operations.enregistrer_champ(
        moi, dossier["uid"], "personnes", f"inscrits.{cle}.nir", "", None
    )
    assert secrets_de((await relire(dossier))["donnees"]) == set()
    assert await valeur("select count(*) from secret where id = $1", premier) == 0


async def test_d04_secret_d_un_autre_dossier_ne_se_prend_pas() -> None:
    """A posted reference is text like any other: it opens nobody's safe."""
    moi, _, dossier = await brouillon()
    await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", [personne(0)]), None
    )
    (id_,) = secrets_de((await relire(dossier))["donnees"])
    autre_moi, _, autre = await brouillon()
    for forge in (f'{{"$secret": {id_}}}', {"$secret": id_}):
        poste: dict[str, Any] = {f"inscrits.{personne(0)['cle']}.nir": forge}
        await operations.enregistrer_etape(autre_moi, autre["uid"], "personnes", poste, None)
        assert id_ not in secrets_de((await relire(autre))["donnees"])
        assert nir(0) not in str((await lire(autre, "personnes")).valides)


TEXTES_HOSTILES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://mal.example")',
    "'; drop table dossier; --",
    "\u202eelgna'd\u202c 👩🏽‍🚒 نص",
    "{{ 7*7 }} {% raw %}",
    "x" * 5000,
    "nul\x00dedans",
    "\ud800 seul",
)


@pytest.mark.parametrize("texte", TEXTES_HOSTILES, ids=range(len(TEXTES_HOSTILES)))
async def test_d02_texte_hostile_reste_du_texte(texte: str) -> None:
    moi, _, dossier = await brouillon()
    await operations.enregistrer_champ(moi, dossier["uid"], "projet", "objectif", texte, None)
    await operations.enregistrer_etape(
        moi,
        dossier["uid"],
        "personnes",
        a_plat("inscrits", [personne(0, nom=texte, nir=texte)]),
        None,
    )
    gardee = (await lire(dossier, "projet")).brut["objectif"]
    assert gardee == texte.replace("\x00", "").replace("\ud800", "\ufffd")
    assert await valeur("select count(*) from dossier where id = $1", dossier["id"]) == 1


async def test_d06_dupliquer_reprend_sans_les_dates() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    source = await transmis(moi, chez)
    copie = await brouillons.dupliquer(moi, source["uid"])
    assert copie["etat"] == "brouillon"
    projet = await lire(copie, "projet")
    assert projet.brut["intitule"] == "Atelier d’écriture"
    assert not projet.brut["debut"]
    assert not projet.brut["fin"]
    personnes = await lire(copie, "personnes")
    assert [p["nir"] for p in personnes.valides["inscrits"]] == [nir(0), nir(1)]
    assert personnes.valides["inscrits"][0]["date_naissance"].year == 1990
    assert not (await lire(copie, "couts")).brut.get("exact"), "une attestation ne se reprend pas"
    frais = await relire(source)
    assert not secrets_de(frais["donnees"]) & secrets_de((await relire(copie))["donnees"])
    assert (await relire(copie))["intitule"] == "Atelier d’écriture"


async def test_d02_brouillon_supprime_ne_laisse_ni_secret_ni_nom() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    ids = secrets_de(dossier["donnees"])
    assert len(ids) == 2
    await brouillons.supprimer(moi, dossier["uid"])
    assert await valeur("select count(*) from secret where id = any($1)", list(ids)) == 0
    reste = await sql("select * from dossier where id = $1", dossier["id"])
    assert "Garnier" not in json.dumps(reste, default=str)
    with pytest.raises((Introuvable, Conflit)):
        await operations.enregistrer_etape(moi, dossier["uid"], "projet", postes()["projet"], None)


async def test_d02_supprimer_demande_le_droit() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    saisie_seule, _ = await quelqu_un(chez, droits=("dossiers.consulter", "dossiers.saisir"))
    with pytest.raises(Interdit):
        await brouillons.supprimer(saisie_seule, dossier["uid"])


@pytest.mark.parametrize(
    ("widget", "saisi", "lu"),
    [
        ("montant", "1400", "1\u202f400,00\u00a0€"),
        ("montant", "cher", "cher €"),
        ("siret", "73282932000074", "732\u202f829\u202f320\u202f00074"),
        ("decimal", "14", "14 €"),
        ("montant", "", ""),
    ],
)
def test_d08_une_reponse_se_relit_mise_en_forme(widget: str, saisi: str, lu: str) -> None:
    vu = ChampVu("x", "X", widget, saisi, None, True, suffixe="€")
    assert en_mots(vu) == lu

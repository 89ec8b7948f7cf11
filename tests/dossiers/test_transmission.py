"""From draft to transmitted: what is missing is said, once is once, the parameters are kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from portal.branches.dates import ParametresDates
from portal.dossiers import transitions
from portal.dossiers.saisie import brouillons, operations
from portal.dossiers.saisie.verification import examiner
from portal.infra import clock, jobs
from portal.infra.base import executer, sql, valeur
from portal.infra.files import octets
from portal.infra.papers import texte_du_pdf
from portal.web.erreurs import Conflit, Refus
from tests.dossiers.aides import quelqu_un, relire, rempli, societe, transmis
from tests.dossiers.dispositif_essai import CODE, a_plat, nir, personne


async def chez_nous() -> tuple[Any, Any]:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    return moi, chez


async def test_d03_tout_ce_qui_manque_est_dit_avec_son_lien() -> None:
    moi, chez = await chez_nous()
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    examen = await examiner(dossier)
    assert not examen.transmissible
    urls = [p.url for p in examen.manques]
    assert f"/dossiers/{dossier['uid']}/etapes/projet" in urls[0]
    assert any(u.endswith("/etapes/personnes#c-inscrits") or "#c-inscrits" in u for u in urls)
    assert [p.code for p in examen.pieces_manquantes] == ["convention"]
    libelles = [p.libelle for p in examen.manques]
    assert libelles[:2] == ["Intitulé du projet", "Date de début"]
    apres, _ = await operations.transmettre(moi, dossier["uid"], None)
    assert apres["etat"] == "brouillon"


async def test_d03_champs_facultatifs_et_pieces_facultatives_ne_bloquent_pas() -> None:
    moi, chez = await chez_nous()
    examen = await examiner(await rempli(moi, chez, en_plus={"projet": {"objectif": ""}}))
    assert examen.transmissible


async def test_d03_erreur_de_nir_bloque_et_mene_au_champ() -> None:
    moi, chez = await chez_nous()
    lignes = a_plat("inscrits", [personne(0, sexe="M"), personne(1, nir=nir(1)[:-2] + "00")])
    examen = await examiner(await rempli(moi, chez, en_plus={"personnes": lignes}))
    assert not examen.transmissible
    assert any(f"#c-inscrits-{personne(0)['cle']}-nir" in p.url for p in examen.bloquants)
    assert any(f"#c-inscrits-{personne(1)['cle']}-nir" in p.url for p in examen.manques)


async def test_d04_nir_provisoire_accepte() -> None:
    from portal.kit.identifiants import cle_nir

    moi, chez = await chez_nous()
    treize = "7900375123456"
    ligne = personne(0, nir=f"{treize}{cle_nir(treize):02d}", sexe="M")
    dossier = await rempli(moi, chez, personnes=0)
    dossier, _ = await operations.enregistrer_etape(
        moi, dossier["uid"], "personnes", a_plat("inscrits", [ligne]), None
    )
    assert (await examiner(dossier)).transmissible


async def test_d05_30_passent_31e_refuse() -> None:
    moi, chez = await chez_nous()
    dossier = await rempli(moi, chez, personnes=31)
    examen = await examiner(dossier)
    (trop,) = [r for r in examen.resultats if r.controle.code == "personnes-max"]
    assert trop.etat == "Bloquant"
    assert "30 personnes au plus" in trop.points[0].message
    assert "31" in trop.points[0].message
    apres, _ = await operations.transmettre(moi, dossier["uid"], None)
    assert apres["etat"] == "brouillon"


async def test_d05_scinder_en_un_clic() -> None:
    moi, chez = await chez_nous()
    dossier = await rempli(moi, chez, personnes=33)
    second = await brouillons.scinder(moi, dossier["uid"])
    premier = await relire(dossier)
    second = await relire(second)
    assert (premier["nb_personnes"], second["nb_personnes"]) == (30, 3)
    assert second["debut"] == premier["debut"]
    assert second["intitule"] == premier["intitule"]
    assert (await examiner(premier)).transmissible
    (nirs,) = {
        tuple(
            p["nir"] for p in (await examiner(second)).contenu.donnees.lignes("personnes.inscrits")
        )
    }
    assert nirs == (nir(30), nir(31), nir(32))
    with pytest.raises(Refus):
        await brouillons.scinder(moi, dossier["uid"])


async def test_d05_scinder_emmene_les_documents() -> None:
    moi, chez = await chez_nous()
    dossier = await rempli(moi, chez, personnes=31)
    second = await brouillons.scinder(moi, dossier["uid"])
    assert (await examiner(await relire(second))).transmissible


async def test_d09_transmettre_numero_colonnes_evenement_parametres() -> None:
    moi, chez = await chez_nous()
    apres = await transmis(moi, chez)
    annee = (await clock.aujourd_hui()).year
    assert apres["numero"].startswith(f"{annee}-ES-")
    assert len(apres["numero"]) == len("2026-ES-000123")
    assert apres["transmis_jour"] == await clock.aujourd_hui()
    assert apres["demande_centimes"] == 125_050
    assert apres["intitule"] == "Atelier d’écriture"
    assert apres["nb_personnes"] == 2
    assert apres["organisme_siret"] == "73282932000074"
    garde = ParametresDates.depuis_json(apres["parametres"])
    limite = garde.lire("dossier.personnes_max")
    assert limite is not None
    assert limite.valeur == "30"
    evenements = await sql(
        "select genre, de, vers, acteur from dossier_evenement where dossier = $1 order by id",
        apres["id"],
    )
    assert evenements[-1] == {
        "genre": "transmission", "de": "brouillon", "vers": "transmis", "acteur": "Claire Durand",
    }  # fmt: skip
    actions = await sql("select action from journal where objet_uid = $1 order by id", apres["uid"])
    assert actions[-1]["action"] == "dossier.transmission"


async def test_d09_transmis_deux_fois_une_seule_transmission() -> None:
    moi, chez = await chez_nous()
    dossier = await rempli(moi, chez)
    resultats = await asyncio.gather(
        *(operations.transmettre(moi, dossier["uid"], dossier["version"]) for _ in range(4))
    )
    assert len({d["numero"] for d, _ in resultats}) == 1
    nombre = await valeur(
        "select count(*) from dossier_evenement where dossier = $1 and genre = 'transmission'",
        dossier["id"],
    )
    assert nombre == 1
    assert await valeur("select count(*) from lettre where dossier = $1", dossier["id"]) == 1


async def test_d09_numeros_distincts_sous_concurrence() -> None:
    moi, chez = await chez_nous()
    dossiers = [await rempli(moi, chez) for _ in range(4)]
    resultats = await asyncio.gather(
        *(operations.transmettre(moi, d["uid"], None) for d in dossiers)
    )
    assert len({d["numero"] for d, _ in resultats}) == 4


async def test_d09_transmettre_une_page_perimee_refuse() -> None:
    """What is sent is what was shown: a field saved meanwhile asks for another look."""
    moi, chez = await chez_nous()
    dossier = await rempli(moi, chez)
    await operations.enregistrer_champ(moi, dossier["uid"], "couts", "prix", "9 999", None)
    with pytest.raises(Conflit):
        await operations.transmettre(moi, dossier["uid"], dossier["version"])
    assert (await relire(dossier))["etat"] == "brouillon"


async def test_d01_dispositif_ferme_entre_temps_garde_le_brouillon() -> None:
    chez = await societe(idcc="2149")
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    await executer(
        "update ouverture set periode = daterange('2020-01-01', '2020-02-01')"
        " where idcc = '2149' and dispositif = $1",
        CODE,
    )
    with pytest.raises(Refus) as refus:
        await operations.transmettre(moi, dossier["uid"], None)
    assert "brouillon est conservé" in refus.value.message
    assert (await relire(dossier))["etat"] == "brouillon"


async def test_d09_transmis_ne_se_modifie_plus() -> None:
    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez)
    with pytest.raises(Conflit):
        await operations.enregistrer_champ(moi, dossier["uid"], "couts", "prix", "1", None)
    with pytest.raises(Conflit):
        await brouillons.supprimer(moi, dossier["uid"])


async def test_d09_hors_de_la_table_rien_ne_passe() -> None:
    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez)
    for vers in ("accorde", "solde", "brouillon", "a_completer", "transmis", "n_importe_quoi"):
        with pytest.raises(Conflit):
            await transitions.transiter(dossier["id"], vers, moi)
    assert (await relire(dossier))["etat"] == "transmis"


async def test_d09_l_histoire_ne_s_efface_pas() -> None:
    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez)
    for ordre in (
        "update dossier_evenement set texte = '' where dossier = $1",
        "delete from dossier_evenement where dossier = $1",
    ):
        with pytest.raises(Exception, match="ajout seulement"):
            await executer(ordre, dossier["id"])


async def test_d09_accuse_de_reception_en_pdf() -> None:
    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez)
    await jobs.vider(lever=False)
    fichier = await valeur("select fichier from lettre where dossier = $1", dossier["id"])
    assert fichier, "l’accusé n’est pas produit"
    texte = texte_du_pdf(await octets(fichier))
    assert dossier["numero"] in texte
    assert chez.denomination in texte
    assert "1 250,50 €" in texte
    assert nir(0) not in texte.replace(" ", "")


async def test_d09_juge_par_les_parametres_du_jour_de_transmission() -> None:
    """A limit lowered afterwards does not judge what was sent before."""
    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez, personnes=3)
    garde = dict(dossier["parametres"])
    garde["valeurs"] = [
        {**v, "valeur": "2"} if v["cle"] == "dossier.personnes_max" else v for v in garde["valeurs"]
    ]
    await executer("update dossier set parametres = $2 where id = $1", dossier["id"], garde)
    examen = await examiner(await relire(dossier))
    assert any(r.controle.code == "personnes-max" and r.points for r in examen.resultats)


async def test_f02_deja_engage_par_annee_de_debut() -> None:
    from decimal import Decimal

    moi, chez = await chez_nous()
    dossier = await transmis(moi, chez)
    await executer(
        "update dossier set etat = 'accorde', accorde_centimes = 62525 where id = $1", dossier["id"]
    )
    autre = await rempli(moi, chez)
    examen = await examiner(autre)
    assert examen.cadre.deja_engage == {autre["debut"].year: Decimal("625.25")}

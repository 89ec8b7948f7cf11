"""Documents: by type, several a type, versions kept, read by whom it concerns, never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.dossiers.documents import operations
from portal.infra import files, jobs
from portal.infra.base import sql, valeur
from portal.infra.files import FichierRefuse
from portal.settings import get_settings
from portal.web.erreurs import Conflit, Introuvable, Refus
from tests.dossiers.aides import (
    PDF,
    FauxFichier,
    ouvrir_session,
    quelqu_un,
    rempli,
    societe,
    transmis,
)

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc```\x00\x00\x00\x04\x00\x01\xf6\x178U\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def chez_nous(navigateur: Any, **options: Any) -> Any:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    dossier = await rempli(moi, chez, piece=False, **options)
    return await ouvrir_session(navigateur, email), moi, chez, dossier


async def deposer(
    nav: Any, dossier: Any, piece: str, *fichiers: tuple[str, bytes], **champs: str
) -> Any:
    page = await nav.get(f"/dossiers/{dossier['uid']}/documents")
    formulaire = page.formulaire(contenant="piece")
    cle = dict(formulaire.form_values())["_cle"]
    return await nav.post(
        f"/dossiers/{dossier['uid']}/documents",
        {"_cle": cle, "piece": piece, **champs},
        fichiers=[("fichier", (nom, contenu)) for nom, contenu in fichiers],
    )


async def test_d08_plusieurs_fichiers_par_type(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await deposer(nav, dossier, "convention", ("a.pdf", PDF), ("b.png", PNG))
    assert page.statut == 200
    assert "a.pdf" in page.texte
    assert "b.png" in page.texte
    types = await valeur(
        "select array_agg(type_mime order by id) from document where dossier = $1", dossier["id"]
    )
    assert types == ["application/pdf", "image/png"]


@pytest.mark.parametrize(
    ("nom", "contenu", "dit"),
    [
        ("virus.pdf", b"MZ\x90\x00 pas un pdf", "n’est pas un PDF"),
        ("vide.pdf", b"", "vide"),
        ("page.html", b"<html><script>alert(1)</script></html>", "n’est pas accepté"),
        ("dessin.xml", b"<?xml version='1.0'?><a/>", "attendu"),
        ("coupe.pdf", PDF[:200], "incomplet"),
    ],
)
async def test_d08_refus_en_francais_sur_le_champ(
    navigateur: Any, nom: str, contenu: bytes, dit: str
) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await deposer(nav, dossier, "convention", (nom, contenu))
    assert page.statut == 422
    (erreur,) = page.html.xpath("//*[@id='erreur-fichier-convention']")
    assert dit in erreur.text_content()
    assert nom in erreur.text_content()
    assert not await sql("select 1 from document where dossier = $1", dossier["id"])


async def test_d08_un_bon_et_un_mauvais_le_bon_est_garde(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await deposer(nav, dossier, "convention", ("bon.pdf", PDF), ("mauvais.pdf", b"non"))
    assert page.statut == 422
    assert "bon.pdf" in page.texte
    assert "mauvais.pdf" in page.texte


async def test_d08_sans_fichier(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await nav.get(f"/dossiers/{dossier['uid']}/documents")
    page = await nav.soumettre(page, contenant="piece")
    assert page.statut == 422
    assert "Choisissez un fichier" in page.texte


async def test_d08_trop_gros_refuse() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez, piece=False)
    gros = FauxFichier(PDF + b"\x00" * get_settings().max_upload)
    with pytest.raises(FichierRefuse, match="20 Mo|20\u00a0Mo"):
        await operations.ajouter(moi, dossier["uid"], "convention", gros)  # type: ignore[arg-type]


async def test_d08_nom_avec_chemin_rendu_sur() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez, piece=False)
    fichier = FauxFichier(nom="../../etc/pa\u202esswd\r\nX: y.pdf")
    document = await operations.ajouter(moi, dossier["uid"], "convention", fichier)  # type: ignore[arg-type]
    assert "/" not in document["nom"]
    assert "\r" not in document["nom"]
    assert document["nom"].endswith(".pdf")


async def test_d08_type_inconnu_refuse() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez, piece=False)
    for piece in ("inconnu", operations.LIBRE, ""):
        with pytest.raises(Refus):
            await operations.ajouter(moi, dossier["uid"], piece, FauxFichier())  # type: ignore[arg-type]


async def test_d08_remplacer_garde_l_ancienne_version(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    await deposer(nav, dossier, "convention", ("v1.pdf", PDF))
    premiere = await valeur("select uid from document where dossier = $1", dossier["id"])
    page = await deposer(nav, dossier, "convention", ("v2.pdf", PDF), remplace=str(premiere))
    assert "v2.pdf" in page.texte
    assert "v1.pdf" not in page.texte
    lignes = await sql(
        "select nom, courant, remplace is not null as apres from document where dossier = $1 order by id",
        dossier["id"],
    )
    assert lignes == [
        {"nom": "v1.pdf", "courant": False, "apres": False},
        {"nom": "v2.pdf", "courant": True, "apres": True},
    ]
    assert (await nav.get(f"/documents/{premiere}")).statut == 200
    page = await deposer(nav, dossier, "convention", ("v3.pdf", PDF), remplace="n’importe quoi")
    assert page.statut == 404


async def test_d08_servi_en_piece_jointe_jamais_execute(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    await deposer(nav, dossier, "convention", ("Pièce « é ».pdf", PDF))
    uid = await valeur("select uid from document where dossier = $1", dossier["id"])
    reponse = (await nav.get(f"/documents/{uid}")).reponse
    assert reponse.content == PDF
    assert reponse.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in reponse.headers["content-security-policy"]
    assert reponse.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in reponse.headers["cache-control"]


async def test_d08_qui_peut_lire_un_document(navigateur: Any) -> None:
    """The company, the body that a transmitted dossier names, staff; nobody else."""
    chez = await societe()
    organisme = await societe(prestataire=True)
    moi, _ = await quelqu_un(chez)
    en_plus = {"organisme": {"siret": organisme.siret, "denomination": organisme.denomination}}
    dossier = await rempli(moi, chez, en_plus=en_plus)
    uid = await valeur("select uid from document where dossier = $1", dossier["id"])
    _, du_lecteur = await quelqu_un(chez, droits=("dossiers.consulter",))
    _, de_l_organisme = await quelqu_un(organisme, profil="prestataire")
    _, de_l_intrus = await quelqu_un(await societe())
    _, du_gestionnaire = await quelqu_un(role="gestionnaire")
    emails = (du_lecteur, de_l_organisme, de_l_intrus, du_gestionnaire)
    navs = [await ouvrir_session(navigateur, email) for email in emails]
    assert [(await nav.get(f"/documents/{uid}")).statut for nav in navs] == [200, 404, 404, 404]
    from portal.dossiers.saisie.operations import transmettre

    await transmettre(moi, dossier["uid"], None)
    assert [(await nav.get(f"/documents/{uid}")).statut for nav in navs] == [200, 200, 404, 200]
    page = await navs[1].get(f"/dossiers/{dossier['uid']}")
    assert page.statut == 200
    assert not page.html.xpath("//form[contains(@action, 'dupliquer')]")


async def test_d08_retirer_d_un_brouillon_efface_le_fichier(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await deposer(nav, dossier, "convention", ("a.pdf", PDF))
    ligne = (await sql("select uid, cle_fichier from document where dossier = $1", dossier["id"]))[
        0
    ]
    page = await nav.soumettre(page, f"/documents/{ligne['uid']}/retirer")
    assert "a.pdf" not in page.texte
    actions = await sql(
        "select action from journal where objet_uid = $1 order by id", dossier["uid"]
    )
    assert [a["action"] for a in actions][-2:] == ["dossier.document", "dossier.document_retire"]
    assert (await nav.get(f"/documents/{ligne['uid']}")).statut == 404
    await jobs.vider(lever=False)
    with pytest.raises(files.FichierAbsent):
        await files.octets(ligne["cle_fichier"])


async def test_d05_un_fichier_partage_survit_a_la_suppression_de_l_autre() -> None:
    from portal.dossiers.saisie import brouillons

    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez, personnes=31)
    second = await brouillons.scinder(moi, dossier["uid"])
    cle = await valeur("select cle_fichier from document where dossier = $1", second["id"])
    await brouillons.supprimer(moi, dossier["uid"])
    await jobs.vider(lever=False)
    assert await files.octets(cle) == PDF
    await brouillons.supprimer(moi, second["uid"])
    await jobs.vider(lever=False)
    with pytest.raises(files.FichierAbsent):
        await files.octets(cle)


async def test_d08_apres_transmission_on_ajoute_sans_retirer(navigateur: Any) -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    dossier = await transmis(moi, chez)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/dossiers/{dossier['uid']}/documents")
    assert page.h1 == "Documents associés"
    page = await deposer(nav, dossier, "certificat", ("certificat.pdf", PDF))
    assert "certificat.pdf" in page.texte
    page = await deposer(nav, dossier, operations.LIBRE, ("lettre.pdf", PDF))
    assert "lettre.pdf" in page.texte
    assert not page.html.xpath("//form[contains(@action, '/retirer')]")
    uid = await valeur("select max(uid::text) from document where dossier = $1", dossier["id"])
    with pytest.raises(Conflit):
        await operations.retirer(moi, uid)
    histoire = await nav.get(f"/dossiers/{dossier['uid']}")
    assert "Document ajouté : certificat.pdf" in histoire.texte


async def test_d08_document_d_un_autre_dossier_ne_se_remplace_pas() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    mien = await rempli(moi, chez)
    autre = await rempli(moi, await _autre_societe(moi))
    uid = await valeur("select uid from document where dossier = $1", autre["id"])
    with pytest.raises(Introuvable):
        await operations.ajouter(
            moi,
            mien["uid"],
            "convention",
            FauxFichier(),
            remplace=uid,  # type: ignore[arg-type]
        )
    assert await valeur("select courant from document where uid = $1", uid)


async def _autre_societe(moi: Any) -> Any:
    from portal.infra.base import executer

    chez = await societe()
    await executer(
        "insert into rattachement (compte, siren, profil, etat, administrateur, demande_le,"
        " demande_jour) values ($1, $2, 'adherent', 'actif', true, current_timestamp, current_date)",
        moi.compte_id,
        chez.siren,
    )
    return chez


async def test_d08_depot_annonce_les_pieces(navigateur: Any) -> None:
    nav, _, _, dossier = await chez_nous(navigateur)
    page = await nav.get(f"/dossiers/{dossier['uid']}/documents")
    assert "Signée par les deux parties." in page.texte
    assert "20 Mo au plus" in page.texte
    assert "Certificat de réalisation" not in page.texte, "demandé plus tard"
    assert Path(get_settings().data_dir).is_dir()

"""After transmission: requests for more, answers, cancellation, who is told, what is to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.dossiers import accueil, suites, transitions
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.instruction import operations as instruction
from portal.dossiers.saisie import operations as saisie
from portal.infra import clock, files, jobs
from portal.infra.base import sql, valeur
from portal.infra.papers import texte_du_pdf
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from tests.dossiers.aides import (
    FauxFichier,
    ouvrir_session,
    quelqu_un,
    relire,
    rempli,
    societe,
    transmis,
)
from tests.dossiers.dispositif_essai import CODE, nir


async def a_completer(**options: Any) -> tuple[Any, str, Any, Any, dict[str, Any]]:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    gestionnaire, _ = await quelqu_un(role="gestionnaire")
    dossier = await transmis(moi, chez)
    dossier = await instruction.prendre_en_charge(gestionnaire, dossier["uid"], None)
    echeance = await clock.aujourd_hui() + timedelta(days=15)
    await instruction.demander_complement(
        gestionnaire, dossier["uid"], None, "La convention n’est pas signée.",
        options.get("pieces", ["convention"]), echeance,
    )  # fmt: skip
    return moi, email, gestionnaire, chez, await relire(dossier)


async def accorde() -> tuple[Any, Any, Any, dict[str, Any]]:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    gestionnaire, _ = await quelqu_un(role="gestionnaire")
    dossier = await transmis(moi, chez)
    await instruction.prendre_en_charge(gestionnaire, dossier["uid"], None)
    return (
        moi,
        gestionnaire,
        chez,
        await instruction.accorder(gestionnaire, dossier["uid"], None, {}, {}, ""),
    )


async def test_d09_complement_demande_puis_repondu(navigateur: Any) -> None:
    moi, email, gestionnaire, _, dossier = await a_completer()
    assert dossier["etat"] == "a_completer"
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    assert "La convention n’est pas signée." in page.texte
    lieu = page.liens("Déposer un document")[0]
    assert lieu.endswith("/documents#piece-convention")
    pieces = await nav.get(lieu.partition("#")[0])
    assert "La convention n’est pas signée." in pieces.texte
    assert pieces.liens("Répondre à la demande")
    await ajouter(moi, dossier["uid"], "convention", FauxFichier(nom="signee.pdf"))  # type: ignore[arg-type]
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/repondre", message="La voici.")
    assert page.statut == 200
    apres = await relire(dossier)
    assert apres["etat"] == "en_instruction"
    assert await valeur("select repondu_le from complement where dossier = $1", dossier["id"])
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    assert "La voici." in page.texte
    recues = await sql(
        "select titre, url from notification where compte = $1", gestionnaire.compte_id
    )
    assert any(r["url"] == f"/instruction/{dossier['uid']}" for r in recues)


async def test_d09_repondre_sans_le_document_ni_mot_refuse() -> None:
    moi, _, _, _, dossier = await a_completer()
    with pytest.raises(Refus) as refus:
        await suites.repondre(moi, dossier["uid"], "  ")
    assert "Convention" in refus.value.message
    assert (await relire(dossier))["etat"] == "a_completer"
    await suites.repondre(moi, dossier["uid"], "L’organisme\x00 a fermé.")
    assert (await relire(dossier))["etat"] == "en_instruction"


async def test_d09_repondre_deux_fois_une_reponse() -> None:
    moi, _, _, _, dossier = await a_completer(pieces=[])
    await suites.repondre(moi, dossier["uid"], "Voilà")
    with pytest.raises(Conflit):
        await suites.repondre(moi, dossier["uid"], "Voilà")
    nombre = await valeur(
        "select count(*) from dossier_evenement where dossier = $1 and genre = 'reponse'",
        dossier["id"],
    )
    assert nombre == 1


async def test_d12_taches_brouillon_et_complement() -> None:
    moi, _, _, chez, dossier = await a_completer()
    brouillon = await saisie.creer(moi, CODE, chez.siret, "adherent")
    taches = {t.url: t for t in await accueil.taches(moi)}
    complement = taches[f"/dossiers/{dossier['uid']}"]
    assert dossier["numero"] in complement.titre
    assert complement.echeance is not None
    assert f"/dossiers/{brouillon['uid']}" in taches
    intrus, _ = await quelqu_un(await societe())
    assert await accueil.taches(intrus) == []
    lecteur, _ = await quelqu_un(chez, droits=("dossiers.consulter",))
    assert await accueil.taches(lecteur) == []


async def test_d09_qui_est_prevenu() -> None:
    moi, _, _, chez, dossier = await a_completer()
    collegue, _ = await quelqu_un(chez, droits=("dossiers.consulter",))
    autre, _ = await quelqu_un(chez, droits=("factures.consulter",))
    await suites.annuler(moi, dossier["uid"])
    for compte, attendu in ((collegue, 1), (autre, 0), (moi, 0)):
        nombre = await valeur(
            "select count(*) from notification where compte = $1 and genre = 'dossier.annulation'",
            compte.compte_id,
        )
        assert nombre == attendu
    relances = await sql(
        "select titre from notification where compte = $1 and genre = 'dossier.relance'",
        moi.compte_id,
    )
    assert len(relances) == 1
    assert dossier["numero"] in relances[0]["titre"]


async def test_d10_lettres_en_pdf_avec_le_contact(navigateur: Any) -> None:
    moi, gestionnaire, chez, dossier = await accorde()
    await jobs.vider(lever=False)
    lettres = await sql("select uid, genre, fichier from lettre where dossier = $1", dossier["id"])
    assert {li["genre"] for li in lettres} == {"accuse", "accord"}
    accord = next(li for li in lettres if li["genre"] == "accord")
    texte = texte_du_pdf(await files.octets(accord["fichier"]))
    assert gestionnaire.email in texte
    assert "625,25 €" in texte
    assert "la moitié du prix" in texte
    assert nir(0) not in texte.replace(" ", "")
    _, email = await quelqu_un(chez, droits=("dossiers.consulter",))
    nav = await ouvrir_session(navigateur, email)
    reponse = (await nav.get(f"/lettres/{accord['uid']}")).reponse
    assert reponse.content.startswith(b"%PDF")
    assert reponse.headers["content-disposition"].startswith("attachment")
    _, intrus = await quelqu_un(await societe())
    nav = await ouvrir_session(navigateur, intrus)
    assert (await nav.get(f"/lettres/{accord['uid']}")).statut == 404


async def test_d09_annuler_un_accord_libere_l_engagement(navigateur: Any) -> None:
    moi, _, chez, dossier = await accorde()
    _, email = await quelqu_un(chez)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/dossiers/{dossier['uid']}/annuler")
    assert "625,25" in page.texte
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/annuler")
    assert page.chemin == f"/dossiers/{dossier['uid']}"
    assert (await relire(dossier))["etat"] == "annule"
    reste = await valeur(
        "select engage_centimes from engagement where dossier_uid = $1", dossier["uid"]
    )
    assert reste == 0
    with pytest.raises(Conflit):
        await suites.annuler(moi, dossier["uid"])


async def test_d09_annuler_demande_le_droit_de_supprimer() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await transmis(moi, chez)
    sans, _ = await quelqu_un(chez, droits=("dossiers.consulter", "dossiers.saisir"))
    with pytest.raises(Interdit):
        await suites.annuler(sans, dossier["uid"])
    intrus, _ = await quelqu_un(await societe())
    with pytest.raises(Introuvable):
        await suites.annuler(intrus, dossier["uid"])


async def test_d09_solde_ne_s_annule_plus() -> None:
    moi, _, _, dossier = await accorde()
    await transitions.transiter(dossier["id"], "solde", None)
    with pytest.raises(Conflit):
        await suites.annuler(moi, dossier["uid"])


async def test_d09_un_brouillon_ne_s_annule_pas() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    with pytest.raises(Conflit):
        await suites.annuler(moi, dossier["uid"])


async def test_d16_la_page_dit_ce_qui_suit(navigateur: Any) -> None:
    _, email, _, _, dossier = await a_completer()
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    assert "À vous de répondre" in page.texte
    titres = [t.text_content() for t in page.html.xpath("//p[@class='fait-titre']")]
    assert [t.split("\u00a0")[0] for t in titres] == [
        "Complément demandé", "Dossier pris en charge", "Dossier transmis", "Brouillon créé",
    ]  # fmt: skip

"""H01, H03, H10, H11 in the browser: from the request to the invoice and its path."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from portal.factures import consultation, fournisseurs, operations
from portal.infra.base import sql, sql1
from portal.infra.money import de_cents
from portal.testing.navigateur import Navigateur
from tests.dossiers.aides import PDF, ouvrir_session, quelqu_un, societe
from tests.factures import fabrique
from tests.factures.fabrique import accorde, deposer, du_de, numero_neuf, pdf_facture, validee


async def _demande(dossier: fabrique.Accorde) -> dict[str, Any]:
    ligne = await sql1("select * from demande where dossier = $1 order by id desc", dossier.id)
    assert ligne is not None
    return ligne


async def test_h10_demander_un_remboursement(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    nav = await ouvrir_session(navigateur, dossier.email)
    url = f"/dossiers/{dossier.uid}/remboursement"
    page = await nav.get(url)
    assert page.h1 == "Demander un remboursement"
    assert page.html.xpath("string(//input[@name='ligne_pedagogie']/@value)") == "600,00"
    refusee = await nav.soumettre(
        page, url, bouton=("_action", "transmettre"), ligne_pedagogie="700"
    )
    assert refusee.statut == 422
    assert "Au plus 600,00" in refusee.erreur("ligne_pedagogie")
    assert "Joignez la pièce" in refusee.erreur("piece_certificat")
    page = await nav.soumettre(
        refusee,
        url,
        fichiers={"piece_certificat": ("certificat.pdf", PDF, "application/pdf")},
        ligne_pedagogie="450,50",
    )
    assert "Demande enregistrée." in page.texte
    assert "certificat.pdf" in page.texte
    fin = await nav.soumettre(page, url, bouton=("_action", "transmettre"))
    assert fin.statut == 200
    demande = await _demande(dossier)
    assert (demande["etat"], demande["montant_centimes"]) == ("transmise", 45_050)
    assert demande["numero"] in fin.texte


async def test_h10_une_piece_jointe_se_retire(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    nav = await ouvrir_session(navigateur, dossier.email)
    url = f"/dossiers/{dossier.uid}/remboursement"
    page = await nav.soumettre(
        await nav.get(url),
        url,
        fichiers={"piece_certificat": ("faux.pdf", b"pas un pdf", "application/pdf")},
    )
    assert page.statut == 422
    assert "faux.pdf" in page.erreur("piece_certificat")
    page = await nav.soumettre(
        page, url, fichiers={"piece_certificat": ("bon.pdf", PDF, "application/pdf")}
    )
    document = page.html.xpath("string(//button[@name='_retirer_document']/@value)")
    page = await nav.soumettre(page, url, bouton=("_retirer_document", document))
    assert not page.html.xpath("//button[@name='_retirer_document']")


async def test_h10_le_gestionnaire_juge(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    envoyee = await fabrique.transmise(dossier)
    _, email = await quelqu_un(role="gestionnaire")
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/remboursements/{envoyee['uid']}")
    assert "certificat.pdf" in page.texte
    sans_motif = await nav.soumettre(page, f"/remboursements/{envoyee['uid']}/refuser")
    assert sans_motif.statut == 422
    assert "Motif du refus" in sans_motif.erreur("motif")
    page = await nav.soumettre(sans_motif, f"/remboursements/{envoyee['uid']}/valider")
    assert page.h1 == "Demandes de remboursement"
    assert (await _demande(dossier))["etat"] == "validee"
    assert (await nav.get("/remboursements?etat=validee")).statut == 200


async def test_h01_h03_de_la_proforma_a_la_facture(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    nav = await ouvrir_session(navigateur, dossier.email)
    page = await nav.get("/factures")
    assert dossier.numero in page.texte
    page = await nav.soumettre(await nav.get("/factures/proforma"), "/factures/proforma")
    assert page.h1.startswith("Facture proforma PF-")
    assert "sans valeur légale ni comptable" in page.texte
    pdf = await nav.get(f"{page.chemin}/fichier")
    assert pdf.reponse.content.startswith(b"%PDF-")
    exemple = await nav.get(f"{page.chemin}/exemple")
    numero = exemple.reponse.headers["content-disposition"].rpartition("''")[2].removesuffix(".pdf")
    depot = await nav.get(page.liens("Déposer une facture")[0])
    champs = {"numero": "FAUX", "date_facture": "hier", "assujetti": "net", "iban": fabrique.IBAN}
    refuse = await nav.soumettre(
        depot,
        "/factures/deposer",
        fichiers={"fichier": ("facture.pdf", exemple.reponse.content, "application/pdf")},
        **champs,
    )
    assert refuse.statut == 422
    assert refuse.erreur("date_facture")
    assert refuse.html.xpath("string(//input[@name='numero']/@value)") == "FAUX"
    assert "Déjà déposé : facture.pdf" in refuse.texte
    jour = depot.html.xpath("string(//input[@name='cible' and @checked]/@value)")
    assert jour == "opco"
    from portal.infra import clock

    aujourd_hui = f"{await clock.aujourd_hui():%d/%m/%Y}"
    encore = await nav.soumettre(refuse, "/factures/deposer", date_facture=aujourd_hui)
    assert encore.statut == 422
    assert "FAUX" in encore.erreur("numero")
    fin = await nav.soumettre(encore, "/factures/deposer", numero=numero)
    assert fin.statut == 200
    assert fin.h1 == f"Facture {numero}"
    assert "Acceptée" in fin.texte
    assert dossier.numero in fin.texte
    assert await sql("select 1 from depot_en_cours where compte = $1", dossier.moi.compte_id) == []
    epuisee = await nav.get(page.chemin)
    assert f"Facturée par {numero}" in epuisee.texte
    assert epuisee.liens("Déposer une facture") == []
    assert "À partir d’une proforma" not in (await nav.get("/factures/deposer")).texte
    encore = await nav.get(f"/factures/deposer?proforma={page.chemin.rpartition('/')[2]}")
    assert "déjà facturée" in encore.texte
    facture = await nav.get(f"{fin.chemin}/fichier")
    assert facture.reponse.content == exemple.reponse.content
    for vue in ("deposees", "toutes"):
        assert numero in (await nav.get(f"/factures?vue={vue}")).texte
    assert numero not in (await nav.get("/factures?vue=payees")).texte
    assert numero in (await nav.get(f"/factures?vue=toutes&q={dossier.numero}")).texte
    assert numero not in (await nav.get("/factures?vue=toutes&q=introuvable&du=01/01/2020")).texte


async def test_h04_la_meme_page_envoyee_deux_fois_fait_une_facture(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    nav = await ouvrir_session(navigateur, dossier.email)
    page = await nav.get(
        f"/factures/deposer?emetteur={du.emetteur_siren}-adherent-opco-x-permanent"
    )
    pdf = await pdf_facture([(du, 10_000)], numero)
    champs = {
        **await fabrique.poste([(du, 10_000)], numero),
        "_cle": page.html.xpath(
            "string(//form[@action='/factures/deposer']//input[@name='_cle']/@value)"
        ),
        "emetteur": f"{du.emetteur_siren}-adherent",
    }

    async def envoyer() -> int:
        fichiers = {"fichier": ("facture.pdf", pdf, "application/pdf")}
        return (await nav.post("/factures/deposer", champs, fichiers=fichiers)).statut

    assert await asyncio.gather(envoyer(), envoyer()) == [200, 200]
    assert len(await sql("select 1 from facture where cle_numero = $1", numero)) == 1


async def test_h04_la_personne_refuse_et_l_emetteur_corrige(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    facture, _, _ = await deposer(dossier.moi, [(du, 60_000)], numero=numero, pdf=fabrique.scan())
    assert facture is not None
    url = f"/factures/{facture['uid']}"
    _, email = await quelqu_un(role="gestionnaire")
    interne = await ouvrir_session(navigateur, email)
    page = await interne.get(url)
    assert "Le PDF est une image" in page.texte
    sans = await interne.soumettre(page, f"{url}/refuser", attendu="")
    assert sans.statut == 422
    assert "Cochez au moins un point" in sans.texte
    refus = await interne.soumettre(
        sans, f"{url}/refuser", point=["lisible", "total"], attendu="Un PDF avec du texte."
    )
    assert refus.statut == 200
    nav = await ouvrir_session(navigateur, dossier.email)
    assert numero in (await nav.get("/factures?vue=refusees")).texte
    page = await nav.get(url)
    assert "Un PDF avec du texte." in page.texte
    correction = await nav.get(page.liens("Corriger et déposer")[0])
    assert correction.html.xpath("string(//input[@name='numero']/@value)") == numero
    fin = await nav.soumettre(
        correction,
        "/factures/deposer",
        fichiers={
            "fichier": ("f.pdf", await pdf_facture([(du, 60_000)], numero), "application/pdf")
        },
        iban=fabrique.IBAN,
    )
    assert fin.statut == 200, fin.texte
    assert "Voir la facture corrigée" in (await nav.get(url)).texte


async def test_h11_f05_une_entreprise_ne_voit_que_sa_part(navigateur: Any) -> None:
    organisme = await societe(prestataire=True)
    un = await accorde(60_000, organisme=organisme)
    deux = await accorde(40_000, organisme=organisme, moi=(un.moi, un.email))
    await validee(un), await validee(deux)
    facture, erreurs, _ = await deposer(
        un.moi, [(await du_de(un), 60_000), (await du_de(deux), 40_000)]
    )
    assert facture is not None, erreurs
    url = f"/factures/{facture['uid']}"
    _, email = await quelqu_un(un.chez, droits=fabrique.DROITS)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(url)
    assert un.numero in page.texte
    assert deux.numero not in page.texte
    assert "1 000,00" not in page.texte
    assert (await nav.get(f"{url}/fichier")).statut == 404
    liste = await nav.get("/factures?vue=deposees")
    assert "600,00" in liste.texte
    assert "1 000,00" not in liste.texte
    lui = await ouvrir_session(navigateur, un.email)
    assert "1 000,00" in (await lui.get(url)).texte
    _, comptable = await quelqu_un(role="comptable")
    assert deux.numero in (await (await ouvrir_session(navigateur, comptable)).get(url)).texte


async def test_h11_hors_de_portee_404_sans_droit_403(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    facture, _, _ = await deposer(dossier.moi, [(await du_de(dossier), 60_000)])
    assert facture is not None
    _, email = await quelqu_un(await societe(), droits=fabrique.DROITS)
    ailleurs = await ouvrir_session(navigateur, email)
    for url in (f"/factures/{facture['uid']}", f"/dossiers/{dossier.uid}/remboursement"):
        assert (await ailleurs.get(url)).statut == 404
    siren = dossier.chez.siren
    page = await ailleurs.get(f"/factures/deposer?emetteur={siren}-adherent")
    assert page.chemin == "/factures"
    _, email = await quelqu_un(dossier.chez, droits=("dossiers.consulter",))
    sans = await ouvrir_session(navigateur, email)
    assert (await sans.get("/factures")).statut == 403
    assert (await sans.get(f"/dossiers/{dossier.uid}/remboursement")).statut == 403
    assert (await navigateur().get("/factures", suivre=False)).statut == 303


async def test_h11_pages_suivantes() -> None:
    dossier = await accorde(100_00)
    await validee(dossier)
    for _ in range(5):
        await deposer(dossier.moi, [(await du_de(dossier), 10_00)])
    vues, curseur = [], None
    while True:
        page = await consultation.lister(dossier.moi, consultation.Filtres(), curseur, taille=2)
        vues += [ligne["id"] for ligne in page.lignes]
        curseur = page.suivant
        if curseur is None:
            break
    assert len(vues) == len(set(vues)) == 5
    assert vues == sorted(vues, reverse=True)


async def test_d12_taches_chiffres_et_volet(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    titres = [t.titre for t in await fournisseurs.taches(dossier.moi)]
    assert titres == [f"Demander le remboursement du dossier {dossier.numero}"]
    await validee(dossier)
    titres = [t.titre for t in await fournisseurs.taches(dossier.moi)]
    assert titres == ["Facturer une demande validée"]
    (chiffre,) = await fournisseurs.chiffres(dossier.moi)
    assert chiffre.valeur == "600,00\u00a0€"
    du, numero = await du_de(dossier), numero_neuf()
    facture, _, _ = await deposer(dossier.moi, [(du, 60_000)], numero=numero, pdf=fabrique.scan())
    assert facture is not None
    moi = await fabrique.gestionnaire()
    assert any("Vérifier" in t.titre for t in await fournisseurs.taches(moi))
    await operations.refuser(moi, facture["uid"], facture["version"], ["total"], "Mieux.")
    titres = [t.titre for t in await fournisseurs.taches(dossier.moi)]
    assert titres == ["Facturer une demande validée", f"Corriger la facture {numero}"]
    volet = await fournisseurs.volet(dossier.moi, await dossier.lire())
    assert volet is not None
    assert volet.valeurs["factures"][0]["etat_mot"] == "Refusée"
    assert not volet.valeurs["peut_demander"]


async def test_d15_export_dans_le_perimetre() -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    facture, _, _ = await deposer(dossier.moi, [(await du_de(dossier), 60_000)])
    assert facture is not None
    lignes = [ligne async for ligne in consultation.lignes_export(dossier.moi)]
    assert [(li["numero"], li["dossier"], li["montant_centimes"]) for li in lignes] == [
        (facture["numero"], dossier.numero, 60_000)
    ]
    autre, _ = await quelqu_un(await societe(), droits=fabrique.DROITS)
    assert [ligne async for ligne in consultation.lignes_export(autre)] == []


@pytest.mark.parametrize("vue", ["a_verifier", "deposees", "toutes"])
async def test_h11_la_liste_de_l_opco(navigateur: Any, vue: str) -> None:
    _, email = await quelqu_un(role="comptable")
    nav: Navigateur = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/factures?vue={vue}")
    assert page.h1 == "Factures"
    fragment = await nav.get(f"/factures?vue={vue}", headers={"HX-Request": "true"})
    assert "<html" not in fragment.reponse.text
    assert de_cents(1)

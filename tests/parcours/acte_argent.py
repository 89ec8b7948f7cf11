"""Acts six to eight: the training is over; reimbursement, invoices, payment, workbooks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from portal.infra import banque
from tests.parcours import papiers
from tests.parcours.histoire import COMPTABLE, COMPTABLE_2, GESTIONNAIRE, Histoire, fr, proteger
from tests.parcours.visiteur import Visiteur

IBAN = "FR7630006000011234567890189"
OPCO = "OPCO Démo"
TOTAL = 1204_00
PREMIERE, SECONDE = 1000_00, 204_00


async def se_faire_rembourser(h: Histoire, v: Visiteur) -> None:
    """The whole of the money."""
    await enregistrer_rib(h, v)
    await avancer(h)
    await demander(h, v)
    await valider_demande(h)
    await facturer(h, v)
    await payer(h)
    await lire_l_avis(h, v)
    await exporter(h, v)
    await revenir(h)


async def enregistrer_rib(h: Histoire, v: Visiteur) -> None:
    """« RIB »: shown masked afterwards."""
    await v.aller("/rib")
    await v.suivre(re.compile("Enregistrer un compte"))
    await proteger(v)
    await v.remplir({"IBAN": "FR7630006000011234567890188"})
    await v.champ("Ce compte est bien celui de l’entreprise").check()
    await v.appuyer("Enregistrer ce compte")
    await v.dit("à corriger")
    await v.remplir({"IBAN": IBAN})
    await v.champ("Ce compte est bien celui de l’entreprise").check()
    await v.appuyer("Enregistrer ce compte")
    assert IBAN not in await v.page.content()
    await v.dit("189")


async def avancer(h: Histoire) -> None:
    """/demo/horloge: the day after the training."""
    lecteur = await h.arriver("courrier")
    await lecteur.aller("/demo/horloge")
    await lecteur.remplir({"Date": fr(lendemain(h)), "Heure": "10:00"})
    await lecteur.appuyer("Déplacer l’horloge")
    await lecteur.dit("Nous sommes maintenant le")


async def revenir(h: Histoire) -> None:
    """The clock as it was, for who comes next."""
    lecteur = await h.arriver("courrier")
    await lecteur.aller("/demo/horloge")
    await lecteur.appuyer("Remettre à l’heure")
    await lecteur.dit("suit de nouveau l’heure réelle")


def lendemain(h: Histoire) -> date:
    return h.fin + timedelta(days=1)


async def demander(h: Histoire, v: Visiteur) -> None:
    """« Demander un remboursement »: refused without its evidence, then sent."""
    await v.aller(h.dossier)
    await v.suivre("Demander un remboursement", dans=v.page.locator("main"))
    await v.appuyer("Transmettre la demande")
    await v.dit("à corriger", "Certificat de réalisation")
    await v.joindre(
        v.page.locator("#c-piece-certificat"), "certificat.pdf", papiers.papier("Certificat")
    )
    await envoyer(v, "Transmettre la demande")
    await v.dit("Demande de remboursement", "transmise", "Transmise")


async def envoyer(v: Visiteur, bouton: str) -> None:
    """Send a form that holds files: with JavaScript it goes with its progress in words."""
    if not v.js:
        await v.appuyer(bouton)
        return
    titre = await v.page.query_selector("h1")
    assert titre is not None
    await v.page.get_by_role("button", name=bouton, exact=True).click()
    await titre.wait_for_element_state("hidden")
    await v.regarder()


async def valider_demande(h: Histoire) -> None:
    g = await h.interne(GESTIONNAIRE)
    await g.aller("/accueil")
    await g.aller("/remboursements")
    ligne = g.page.get_by_role("row", name=re.compile(h.numero))
    await g.suivre(ligne.get_by_role("link").first)
    await g.dit("1 204,00")
    await g.appuyer("Valider la demande")
    await g.dit("validée")


async def proforma(h: Histoire, v: Visiteur) -> None:
    """Marked as without legal value; depositing it is refused."""
    await v.aller("/accueil")
    await v.dit("Facturer une demande validée")
    await v.aller("/factures")
    await v.suivre("Facture proforma")
    await v.appuyer("Créer la facture proforma")
    await v.dit("sans valeur")
    pdf = await v.telecharger("Télécharger (PDF)")
    lu = papiers.texte(pdf)
    assert "1 204,00" in lu, lu
    assert "sans valeur légale ni comptable" in lu, lu
    await v.suivre("Déposer une facture", dans=v.page.locator("main"))
    await remplir_facture(v, h, "PF-1", TOTAL, pdf)
    await envoyer(v, "Déposer la facture")
    await v.dit("proforma", "pas de valeur légale")


async def facturer(h: Histoire, v: Visiteur) -> None:
    """Proforma, what is refused, two invoices that make the total."""
    await proforma(h, v)
    await refuser_les_fautes(h, v)
    await deposer(h, v, "FA-1", PREMIERE)
    await doublon(h, v)
    await deposer(h, v, "FA-2", SECONDE)


async def remplir_facture(
    v: Visiteur, h: Histoire, numero: str, centimes: int, contenu: bytes | None
) -> None:
    """Type what the invoice says."""
    if contenu is not None:
        await v.joindre(v.page.locator("#c-fichier"), f"{numero}.pdf", contenu)
    await v.cocher("À l’ordre de", OPCO)
    montant = v.page.locator("input[name^='repartition.']:not([type=hidden])").first
    await montant.fill(_euros(centimes))
    await v.remplir({"Numéro de votre facture": numero, "Date de la facture": fr(lendemain(h))})
    await v.cocher("TVA", "La facture est nette de taxes")
    await v.remplir({"Montant TTC, ou net de taxes": _euros(centimes)})


def _euros(centimes: int) -> str:
    return f"{centimes // 100},{centimes % 100:02d}"


def pdf_facture(h: Histoire, numero: str, centimes: int, **options: Any) -> bytes:
    return papiers.facture(
        **{
            "numero": numero,
            "jour": lendemain(h),
            "emetteur": [h.societe.nom, f"SIREN {h.societe.siren}", "3 quai de l’Essai, Nantes"],
            "destinataire": OPCO,
            "dossier": h.numero,
            "centimes": centimes,
            "iban": IBAN,
            **options,
        }
    )


async def refuser_les_fautes(h: Histoire, v: Visiteur) -> None:
    """Wrong target, too much, missing content: each is refused with what was expected."""
    for contenu, centimes, attendu in (
        (pdf_facture(h, "FA-1", PREMIERE, destinataire="Autre financeur"), PREMIERE, OPCO),
        (pdf_facture(h, "FA-1", TOTAL + 1), TOTAL + 1, "Attendu au plus"),
        (pdf_facture(h, "FA-1", PREMIERE, complete=False), PREMIERE, h.numero),
    ):
        await v.aller("/factures/deposer")
        await v.suivre(re.compile("^Déposer"), dans=v.page.locator("table"))
        await remplir_facture(v, h, "FA-1", centimes, contenu)
        await envoyer(v, "Déposer la facture")
        await v.dit("La facture n’est pas acceptée", attendu)


async def deposer(h: Histoire, v: Visiteur, numero: str, centimes: int) -> None:
    await v.aller("/factures/deposer")
    await v.suivre(re.compile("^Déposer"), dans=v.page.locator("table"))
    await remplir_facture(v, h, numero, centimes, pdf_facture(h, numero, centimes))
    await envoyer(v, "Déposer la facture")
    await v.dit("contrôlée et acceptée", "Acceptée")
    h.facture = v.page.url.removeprefix(h.portail.url)


async def doublon(h: Histoire, v: Visiteur) -> None:
    """The same number again is refused."""
    await v.aller("/factures/deposer")
    await v.suivre(re.compile("^Déposer"), dans=v.page.locator("table"))
    await remplir_facture(v, h, "FA-1", SECONDE, pdf_facture(h, "FA-1", SECONDE))
    await envoyer(v, "Déposer la facture")
    await v.dit("Une facture de ce numéro a déjà été déposée")


async def payer(h: Histoire) -> None:
    """One prepares, another approves; the file is valid; the bank's return marks it paid."""
    un, autre = await h.interne(COMPTABLE), await h.interne(COMPTABLE_2)
    await un.aller("/reglements/lots")
    await un.appuyer("Préparer un règlement")
    await un.dit("préparé", "En attente d’une seconde signature")
    assert not await un.page.get_by_role("button", name="Valider le règlement").count()
    lot = un.page.url
    await autre.aller(lot)
    await autre.appuyer("Valider le règlement")
    await autre.dit("validé")
    fichier = await autre.telecharger("Télécharger le fichier de virements")
    banque.valider(fichier)
    assert IBAN.encode() in fichier
    await autre.appuyer("Fichier transmis à la banque")
    retour = await autre.telecharger("Télécharger un retour simulé")
    await autre.aller("/reglements/lots")
    await autre.joindre(autre.page.locator("#c-fichier"), "retour.xml", retour, "application/xml")
    await envoyer(autre, "Lire le compte rendu")
    await autre.dit("exécuté")


async def lire_l_avis(h: Histoire, v: Visiteur) -> None:
    """In the bell, and there only."""
    await h.portail.repos()
    await v.aller("/notifications")
    await v.dit("virement")
    lettres = await h.portail.sql(
        "select sujet from courriel where a = $1 and sujet ilike '%virement%'", h.adresse("lucie")
    )
    assert not lettres, lettres
    await v.aller("/reglements")
    await v.dit("1 204,00")
    await v.suivre(v.page.locator("#liste th a").first)
    await v.dit("FA-1", "FA-2", h.numero)
    await v.aller(h.facture)
    await v.dit("Payée")
    await v.aller(h.dossier)
    await v.dit("Soldé")


async def exporter(h: Histoire, v: Visiteur) -> None:
    """« Exporter vers Excel » on dossiers and on invoices."""
    await v.aller("/dossiers")
    dossiers = lire_classeur(await v.telecharger("Exporter vers Excel"), "Dossiers")
    assert any(h.numero in ligne for ligne in dossiers), dossiers
    await v.aller("/factures?vue=payees")
    factures = lire_classeur(await v.telecharger("Exporter vers Excel"), "Factures")
    assert {"FA-1", "FA-2"} <= {str(c) for ligne in factures for c in ligne}, factures


def lire_classeur(contenu: bytes, feuille: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(contenu)).get_sheet_by_name(feuille).to_python()

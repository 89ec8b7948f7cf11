"""Acts one to three: accounts, the company, its administrator, a colleague."""

from __future__ import annotations

import re

from tests.parcours.histoire import BRANCHE, PASSE, Histoire, code_de
from tests.parcours.papiers import texte
from tests.parcours.visiteur import Visiteur

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


async def creer_compte(h: Histoire, prenom: str, nom: str) -> Visiteur:
    """« Créer mon compte »: address, code by mail, password and identity."""
    v = await h.arriver(prenom.lower())
    await v.aller("/")
    await v.suivre("Créer mon compte")
    email = h.adresse(prenom.lower())
    await v.remplir({"Adresse e-mail": email})
    await v.appuyer("Recevoir un code")
    await v.remplir({"Code de vérification": "000000"})
    await v.appuyer("Continuer")
    await v.dit("Ce code n’est pas le bon")
    await v.remplir({"Code de vérification": code_de(await h.courriel(email))})
    await v.appuyer("Continuer")
    await v.cocher("Civilité", "Madame")
    await v.remplir({"Nom": nom, "Prénom": prenom, "Mot de passe": "trop-court"})
    await v.remplir({"Confirmer le mot de passe": "trop-court"})
    await v.appuyer("Créer mon compte")
    await v.dit("à corriger")
    await v.remplir({"Mot de passe": PASSE, "Confirmer le mot de passe": PASSE})
    await v.appuyer("Créer mon compte")
    await v.dit("Votre compte est créé")
    return v


async def demander_rattachement(h: Histoire, v: Visiteur, message: str = "") -> None:
    """By SIREN; an unknown one is refused in plain words."""
    await v.aller("/rattachements")
    await v.suivre("Demander un rattachement")
    await v.remplir({"SIREN ou SIRET": "12345678"})
    await v.cocher("Profil", "Adhérent")
    await v.appuyer("Envoyer la demande")
    await v.dit("à corriger")
    await v.remplir({"SIREN ou SIRET": h.societe.siren})
    if v.js:
        await v.page.locator("#entreprise-trouvee").get_by_text(h.societe.nom).wait_for()
    else:
        await v.appuyer("Vérifier l’entreprise")
        await v.dit(h.societe.nom)
    await v.cocher("Profil", "Adhérent")
    if message:
        await v.remplir({"Message à l’administrateur (facultatif)": message})
    await v.appuyer("Envoyer la demande")
    await v.dit("Votre demande", h.societe.nom)


async def code_du_courrier(h: Histoire) -> str:
    """`portal letters`, and the code read off the sheet."""
    await h.portail.commande("letters")
    for pdf in sorted((h.portail.dossier / "courriers").rglob("*.pdf")):
        page = texte(pdf)
        if h.societe.siren in page.replace(" ", ""):
            trouve = CODE.search(page)
            assert trouve, page
            return trouve[0]
    raise AssertionError("aucune lettre pour cette entreprise")


async def activer(h: Histoire, v: Visiteur) -> None:
    """« J'ai un code d'activation »: a wrong one, then the right one."""
    code = await code_du_courrier(h)
    await v.aller("/rattachements")
    await v.suivre("J’ai un code d’activation")
    faux = ("0000-" if not code.startswith("0000") else "1111-") + code[5:]
    for essai in (faux, code):
        await v.remplir({"SIREN": h.societe.siren})
        await v.cocher("Profil", "Adhérent")
        await v.remplir({"Code d’activation (code administrateur)": essai})
        await v.appuyer("Devenir administrateur")
        if essai == faux:
            await v.dit("à corriger")
    await v.dit("Vous êtes administrateur", "Utilisateurs")


async def accueillir_collegue(h: Histoire, admin: Visiteur) -> Visiteur:
    """A colleague asks; the administrator finds it in the bell and in « Mes tâches », accepts."""
    collegue = await creer_compte(h, "Nadia", "Berger")
    await demander_rattachement(h, collegue, "Je m’occupe des formations à Nantes.")
    await collegue.aller("/rattachements")
    await collegue.dit("En attente")
    await admin.aller("/accueil")
    cloche = await admin.page.locator("[data-cloche]").inner_text()
    assert "aucune" not in cloche, cloche
    await admin.dit("Nadia Berger")
    await admin.suivre(admin.page.locator("[data-cloche]"))
    await admin.dit("Nadia Berger")
    await admin.aller("/accueil")
    await admin.suivre(re.compile("Nadia Berger"), dans=admin.page.locator("main"))
    if "/demandes/" not in admin.page.url:
        await admin.suivre(re.compile("Choisir les droits"))
    await admin.cocher("Modèle de droits", "RH d’un établissement")
    await admin.appuyer("Accepter")
    await admin.dit("Nadia Berger a maintenant accès")
    await collegue.aller("/accueil")
    assert await collegue.page.get_by_role("link", name="Mes dossiers").count()
    return collegue


async def ouvrir_dispositif(h: Histoire) -> None:
    """The branch team opens the dispositif to the company's branch, from its screen."""
    v = await h.interne(BRANCHE)
    await v.aller("/branches")
    await v.aller(f"/branches/{h.idcc}")
    await v.suivre("Action de formation")
    await v.remplir({"Ouvert à partir du": "01/01/2026"})
    await v.appuyer("Ouvrir")
    await v.dit("ouverture enregistrée")

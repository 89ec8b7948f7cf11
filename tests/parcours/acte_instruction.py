"""Act five: the gestionnaire examines, asks for more, grants; the company is told."""

from __future__ import annotations

import re

from playwright.async_api import Locator

from tests.parcours.acte_dossier import deposer
from tests.parcours.histoire import GESTIONNAIRE, Histoire
from tests.parcours.papiers import papier, texte
from tests.parcours.visiteur import Visiteur

DEMANDE = "La signature de l’organisme manque sur la convention."


async def instruire(h: Histoire, v: Visiteur) -> None:
    """From the queue to the letter."""
    g = await h.interne(GESTIONNAIRE)
    await prendre(h, g)
    await demander_complement(h, g)
    await repondre(h, v)
    await accorder(h, g)
    await lire_l_accord(h, v)


async def prendre(h: Histoire, g: Visiteur) -> None:
    await g.aller("/instruction?etat=transmis")
    while not await g.page.get_by_role("link", name=h.numero).count():
        await g.suivre(g.page.get_by_role("link", name=re.compile("suivant", re.I)).last)
    await g.suivre(h.numero)
    await g.dit("Contrôles")
    await g.appuyer("Prendre en charge")
    await g.dit("Vous suivez ce dossier", "En instruction")


async def demander_complement(h: Histoire, g: Visiteur) -> None:
    """Without a message it is refused, beside the field; what was ticked is kept."""
    lieu = decision(g, "Demander un complément")
    await lieu.locator("summary").click()
    await lieu.get_by_label("Convention de formation").check()
    await g.appuyer("Demander un complément", dans=lieu)
    await g.dit("à corriger")
    assert await lieu.get_by_label("Convention de formation").is_checked()
    await lieu.get_by_label(re.compile("^Ce qu’il manque")).fill(DEMANDE)
    await g.appuyer("Demander un complément", dans=lieu)
    await g.dit("Le complément est demandé", "À compléter")


def decision(g: Visiteur, titre: str) -> Locator:
    """One of the folds under « Décider »."""
    return g.page.locator("details", has=g.page.locator("summary", has_text=titre))


async def repondre(h: Histoire, v: Visiteur) -> None:
    """The bell, « Mes tâches » and the mail say it; the document is deposited, the answer sent."""
    await v.aller("/accueil")
    await v.dit(f"Compléter le dossier {h.numero}", DEMANDE)
    await v.aller("/notifications")
    await v.dit(h.numero)
    await h.portail.repos()
    assert h.numero in await h.courriel(h.adresse("lucie"))
    await v.aller(h.dossier)
    await v.dit(DEMANDE)
    await v.suivre("Déposer un document")
    await deposer(
        v, "Convention de formation", "convention-signee.pdf", papier("Convention signée")
    )
    await v.aller(h.dossier)
    await v.remplir({"Message au gestionnaire (facultatif)": "Voici la convention signée."})
    await v.appuyer("Envoyer ma réponse")
    await v.dit("Votre réponse est envoyée", "En instruction")


async def accorder(h: Histoire, g: Visiteur) -> None:
    await g.page.reload()
    await g.regarder()
    await g.dit("convention-signee.pdf", "Accorder")
    await g.appuyer("Accorder", dans=decision(g, "Accorder"))
    await g.dit("La prise en charge est accordée", "Accordé")


async def lire_l_accord(h: Histoire, v: Visiteur) -> None:
    """The company reads it in the bell, and on a letter that names the gestionnaire."""
    await h.portail.repos()
    await v.aller("/notifications")
    await v.dit(h.numero)
    await v.aller(h.dossier)
    await v.dit("Prise en charge accordée", "Marc Tessier")
    lettre = texte(await v.telecharger("Accord de prise en charge (PDF)"))
    assert h.numero in lettre, lettre
    assert "Marc Tessier" in lettre, lettre

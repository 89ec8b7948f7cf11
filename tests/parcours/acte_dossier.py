"""Act four: a dossier entered in any order, left, resumed, checked, transmitted."""

from __future__ import annotations

import re

from playwright.async_api import Locator

from portal.core.entreprises.fiche import espacer
from tests.parcours.histoire import PASSE, Histoire, connecter, fr
from tests.parcours.papiers import illisible, papier, texte
from tests.parcours.visiteur import Visiteur
from tests.plugins.formation.essais import personne

PRIX = "1400"
ENREGISTRE = re.compile(r"Enregistré à \d\d:\d\d")


async def commencer(h: Histoire, v: Visiteur) -> None:
    """« Nouveau dossier », for one of the two establishments."""
    await v.aller("/dossiers")
    await v.suivre("Nouveau dossier")
    lieu = v.page.locator("section", has=v.page.get_by_text(espacer(h.societe.siret())))
    await v.appuyer(re.compile("^Commencer.*Action de formation"), dans=lieu)
    assert "/etapes/" in v.page.url
    h.dossier = "/" + "/".join(v.page.url.removeprefix(h.portail.url + "/").split("/")[:2])


async def decrire_formation(h: Histoire, v: Visiteur) -> None:
    """The third step first; reversed dates are refused beside the field and in the summary."""
    await v.aller(f"{h.dossier}/etapes/formation")
    await v.remplir({"Intitulé de la formation": f"Accueil du public {h.marque}"})
    if v.js:
        await v.champ("Intitulé de la formation").blur()
        await v.page.get_by_text(ENREGISTRE).first.wait_for()
    await v.remplir({"Objectif": "Accueillir, orienter et renseigner le public."})
    await v.cocher("Organisation", "Inter-entreprises")
    await v.cocher("Lieu", "En présentiel")
    await v.remplir({"Date de début": fr(h.fin), "Date de fin": fr(h.debut)})
    await v.remplir({"Durée par stagiaire": "14", "Nombre de jours": "2"})
    await v.appuyer("Enregistrer")
    assert v.page.url.endswith(h.dossier), v.page.url


async def reprendre(h: Histoire, v: Visiteur) -> None:
    """Signed out, then in again: the draft waits in « Mes tâches » with what was typed."""
    await v.page.context.clear_cookies()
    await connecter(v, h.adresse("lucie"), PASSE)
    await v.suivre(re.compile(f"Accueil du public {h.marque}"))
    await v.suivre(re.compile("^Formation"), dans=v.page.locator("ol.etapes-liste"))
    assert await v.champ("Durée par stagiaire").input_value() in ("14", "14,00")
    await v.remplir({"Date de début": fr(h.debut), "Date de fin": fr(h.fin)})
    await v.appuyer("Enregistrer et continuer")
    assert v.page.url.endswith("/etapes/stagiaires"), v.page.url


async def ajouter_stagiaires(h: Histoire, v: Visiteur) -> None:
    """Two trainees; a NIR whose key is wrong is refused beside the field."""
    for rang in range(2):
        await v.appuyer("Ajouter un stagiaire")
        ligne = v.page.locator("fieldset.ligne").nth(rang)
        await _une_personne(ligne, v, rang)
    await v.appuyer("Enregistrer et continuer")
    await v.dit("La clé")
    nir = v.page.locator("fieldset.ligne").nth(1).get_by_label(re.compile("^NIR"))
    await nir.fill(personne("1")["nir"])
    await v.appuyer("Enregistrer et continuer")
    assert v.page.url.endswith("/etapes/couts"), v.page.url


async def _une_personne(ligne: Locator, v: Visiteur, rang: int) -> None:
    lui = personne(str(rang), nom=("Garnier", "Lopez")[rang])
    nir = lui["nir"] if rang == 0 else lui["nir"][:13] + f"{(int(lui['nir'][13:]) % 97) + 1:02d}"
    await v.remplir({"Nom": lui["nom"], "Prénom": lui["prenom"]}, dans=ligne)
    await ligne.get_by_label("Femme").check()
    await v.remplir({"Date de naissance": lui["date_naissance"]}, dans=ligne)
    await ligne.get_by_label(re.compile("^NIR")).fill(nir)
    await ligne.get_by_label(re.compile("^Nom et prénom sont écrits")).check()


async def chiffrer(h: Histoire, v: Visiteur) -> None:
    """Costs; the amount is explained line by line."""
    await v.remplir({"Coût pédagogique HT": "-5"})
    await v.cocher("Je demande la prise en charge des salaires", "Oui")
    await v.cocher("Je demande la prise en charge de repas", "Non")
    await v.cocher("Qui paie l’organisme", "Mon entreprise paie")
    await v.appuyer("Enregistrer et continuer")
    await v.dit("à corriger")
    await v.remplir({"Coût pédagogique HT": PRIX})
    await v.appuyer("Enregistrer et continuer")
    assert v.page.url.endswith("/documents"), v.page.url


async def verifier_trop_tot(h: Histoire, v: Visiteur) -> None:
    """Everything that misses is listed with its link; the first link leads there."""
    await v.aller(f"{h.dossier}/verifier")
    await v.appuyer("Transmettre")
    await v.dit("Avant de transmettre", "Convention de formation", "SIRET de l’organisme")
    siret = v.page.locator(".resume-liste a").filter(has_text="SIRET de l’organisme")
    await v.suivre(siret.first)
    assert "/etapes/organisme" in v.page.url, v.page.url


async def finir_les_etapes(h: Histoire, v: Visiteur) -> None:
    """Another contact than the one proposed, then the training body, whose name is known."""
    await v.aller(f"{h.dossier}/etapes/entreprise")
    assert await v.champ("Adresse e-mail du contact").input_value(), "le contact est proposé"
    await v.remplir({"Nom du contact": "Lucie Marchand", "Effectif de l’entreprise": "9"})
    await v.remplir({"Adresse e-mail du contact": h.adresse("lucie")})
    await v.appuyer("Enregistrer et continuer")
    assert v.page.url.endswith("/etapes/organisme"), v.page.url
    await v.remplir({"SIRET de l’organisme de formation": h.organisme.siret()})
    if v.js:
        await v.champ("SIRET de l’organisme de formation").blur()
        await v.page.wait_for_function(
            "nom => document.getElementById('c-denomination').value === nom", arg=h.organisme.nom
        )
    else:
        await v.appuyer("Enregistrer et continuer")
        await v.aller(f"{h.dossier}/etapes/organisme")
        assert await v.champ("Nom de l’organisme").input_value() == h.organisme.nom
    await v.cocher("L’organisme est certifié Qualiopi", "Oui")
    await v.appuyer("Enregistrer et continuer")


async def joindre_les_pieces(h: Histoire, v: Visiteur) -> None:
    """What is not a PDF is refused in words, a path in a name is dropped."""
    await v.aller(f"{h.dossier}/documents")
    await deposer(v, "Convention de formation", "convention.pdf", illisible())
    await v.dit("PDF")
    assert not await v.page.get_by_role("link", name="convention.pdf").count()
    for titre, nom in (
        ("Convention de formation", "../../etc/convention.pdf"),
        ("Programme de la formation", "programme.pdf"),
    ):
        await deposer(v, titre, nom, papier(titre, f"{titre} de {h.societe.nom}."))
        await v.dit("Document déposé", nom.split("/")[-1])
    assert "etc" not in await v.texte()


async def deposer(v: Visiteur, section: str, nom: str, contenu: bytes) -> None:
    """Choose a file under a heading and send it."""
    lieu = v.page.get_by_role("region", name=re.compile(f"^{section}"))
    await v.joindre(lieu.locator("input[type=file]").last, nom, contenu)
    bouton = lieu.get_by_role("button", name="Déposer").last
    if not v.js:
        await v.appuyer(bouton)
        return
    titre = await v.page.query_selector("h1")
    assert titre is not None
    await bouton.click()
    await titre.wait_for_element_state("hidden")  # sent with its progress; the page is replaced
    await v.regarder()


async def transmettre(h: Histoire, v: Visiteur) -> None:
    """Read again, then sent: a number, and the receipt as a PDF."""
    await v.suivre("Vérifier et transmettre", dans=v.page.locator("main"))
    await v.dit("Tout est rempli", "Prise en charge")
    await v.appuyer("Transmettre")
    trouve = re.search(r"\d{4}-AF-\d{6}", await v.texte())
    assert trouve, await v.texte()
    h.numero = trouve[0]
    await h.portail.repos()
    await v.aller(h.dossier)
    await v.dit("Transmis", h.numero)
    recu = texte(await v.telecharger("Accusé de réception (PDF)"))
    assert h.numero in recu, recu
    assert h.societe.nom in recu, recu


async def deposer_dossier(h: Histoire, v: Visiteur) -> None:
    """The whole act."""
    await commencer(h, v)
    await decrire_formation(h, v)
    await reprendre(h, v)
    await ajouter_stagiaires(h, v)
    await chiffrer(h, v)
    await verifier_trop_tot(h, v)
    await finir_les_etapes(h, v)
    await joindre_les_pieces(h, v)
    await transmettre(h, v)

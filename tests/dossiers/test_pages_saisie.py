"""The entry in a browser without JavaScript: each page is whole, nothing typed is lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.dossiers.saisie import operations
from portal.infra.base import sql1, valeur
from tests.dossiers.aides import (
    PDF,
    entrer,
    ouvrir_session,
    quelqu_un,
    relire,
    rempli,
    societe,
    transmis,
    url_etape,
)
from tests.dossiers.dispositif_essai import CODE, a_plat, nir, personne, postes


async def test_d01_nouveau_dossier_seulement_ce_qui_est_ouvert(navigateur: Any) -> None:
    nav, _, chez = await entrer(navigateur)
    page = await nav.get("/dossiers/nouveau")
    assert "Dispositif d’essai" in page.texte
    assert chez.siret in page.texte.replace(" ", "")
    assert "Action de formation" not in page.texte, "fermé à cette branche pour l’instant"


async def test_d01_l_habilitation_borne_les_dispositifs(navigateur: Any) -> None:
    nav, _, _ = await entrer(navigateur, dispositif="autre_chose")
    page = await nav.get("/dossiers/nouveau")
    assert "Dispositif d’essai" not in page.texte
    assert "Aucun dispositif n’est ouvert" in page.texte


async def test_d01_creer_puis_deja_un_brouillon(navigateur: Any) -> None:
    nav, _, chez = await entrer(navigateur)
    page = await nav.soumettre(await nav.get("/dossiers/nouveau"), "/dossiers/nouveau")
    assert page.statut == 200
    assert page.chemin.endswith("/etapes/projet")
    page = await nav.soumettre(await nav.get("/dossiers/nouveau"), "/dossiers/nouveau")
    assert page.h1 == "Vous avez déjà un brouillon"
    page = await nav.soumettre(page, "/dossiers/nouveau")
    assert page.chemin.endswith("/etapes/projet")
    nombre = await valeur("select count(*) from dossier where siren = $1", chez.siren)
    assert nombre == 2


async def test_d02_remplir_tout_le_dossier_sans_javascript(navigateur: Any) -> None:
    nav, _, chez = await entrer(navigateur)
    page = await nav.soumettre(await nav.get("/dossiers/nouveau"), "/dossiers/nouveau")
    reponses = postes(1)
    page = await nav.soumettre(page, contenant="intitule", **reponses["projet"])
    assert page.chemin.endswith("/etapes/organisme"), page.texte
    page = await nav.soumettre(page, contenant="siret", **reponses["organisme"])
    page = await nav.soumettre(page, contenant="_version", bouton=("_ajouter", "inscrits"))
    (nom,) = page.html.xpath(
        "//input[starts-with(@name, 'inscrits.') and contains(@name, '.nom')]/@name"
    )
    cle = nom.split(".")[1]
    ligne = a_plat("inscrits", [{**personne(0), "cle": cle}])
    page = await nav.soumettre(page, contenant=nom, **ligne)
    assert page.chemin.endswith("/etapes/couts"), page.texte
    page = await nav.soumettre(page, contenant="prix", **reponses["couts"])
    assert page.chemin.endswith("/documents")
    racine = page.chemin.removesuffix("/documents")
    page = await nav.soumettre(
        page, contenant="piece", fichiers={"fichier": ("convention.pdf", PDF, "application/pdf")}
    )
    assert "convention.pdf" in page.texte
    page = await nav.get(f"{racine}/verifier")
    assert "Tout est rempli" in page.texte
    assert "625,25" in page.texte.replace("\u202f", " "), "la prise en charge est expliquée"
    assert nir(0) not in page.texte.replace(" ", "")
    page = await nav.soumettre(page, f"{racine}/transmettre")
    assert page.chemin == racine
    dossier = await sql1("select numero, etat from dossier where siren = $1", chez.siren)
    assert dossier is not None
    assert dossier["etat"] == "transmis"
    assert dossier["numero"] in page.texte


async def test_d02_saisie_fausse_gardee_et_expliquee(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    page = await nav.soumettre(page, contenant="intitule", intitule="Ici", debut="31/02/2027")
    assert page.statut == 422
    assert "n’existe pas" in page.erreur("debut")
    assert page.html.xpath("//input[@name='debut']/@value") == ["31/02/2027"]
    page = await nav.get(url_etape(dossier, "projet"))
    assert page.html.xpath("//input[@name='debut']/@value") == ["31/02/2027"]
    page = await nav.soumettre(page, contenant="intitule", debut="28/02/2027")
    assert page.chemin.endswith("/etapes/organisme")


async def test_d03_ce_qui_bloque_une_etape_y_est_dit_en_continuant(navigateur: Any) -> None:
    """Each answer is right by itself, not both together: said before going on, not at the end."""
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    page = await nav.soumettre(
        page, contenant="intitule", intitule="Ici", debut="03/02/2027", fin="01/02/2027"
    )
    assert page.statut == 422
    assert "La fin précède le début" in page.erreur("fin")
    page = await nav.soumettre(page, contenant="intitule", fin="04/02/2027")
    assert page.chemin.endswith("/etapes/organisme")


async def test_d02_enregistrer_et_rester(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    page = await nav.soumettre(
        page, contenant="intitule", intitule="Plus tard", bouton=("_action", "enregistrer")
    )
    assert page.statut == 200
    assert "nregistré" in page.texte


async def test_d02_retirer_une_ligne_sans_javascript(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez, piece=False)
    page = await nav.get(url_etape(dossier, "personnes"))
    page = await nav.soumettre(page, contenant="_version", bouton=("_retirer", personne(0)["cle"]))
    assert "Garnier1" in str(page.reponse.text)
    assert "Garnier0" not in str(page.reponse.text)
    assert (await relire(dossier))["nb_personnes"] == 1


async def test_d04_le_nir_ne_revient_jamais_en_clair(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez)
    for chemin in ("etapes/personnes", "verifier", "", "documents"):
        page = await nav.get(f"/dossiers/{dossier['uid']}/{chemin}".rstrip("/"))
        assert page.statut == 200
        assert nir(0) not in page.reponse.text.replace(" ", "").replace("\u00a0", "")
    page = await nav.get(url_etape(dossier, "personnes"))
    await nav.soumettre(page, contenant="_version")
    dossier = await relire(dossier)
    apres, examen = await operations.transmettre(moi, dossier["uid"], None)
    assert apres["etat"] == "transmis", examen.manques


async def test_d03_verifier_mene_a_chaque_champ(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
    liens = [h for h in page.liens() if "/etapes/" in h and "#c-" in h]
    assert len(liens) >= 8
    for lien in liens:
        cible = urlsplit(lien)
        etape = await nav.get(cible.path + (f"?{cible.query}" if cible.query else ""))
        assert etape.html.xpath(f"//*[@id='{cible.fragment}']"), lien
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/transmettre")
    assert page.statut == 422
    assert "Avant de transmettre" in page.texte
    assert (await relire(dossier))["etat"] == "brouillon"


async def test_d03_asterisque_explique(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    assert "astérisque" in page.texte
    assert page.html.xpath("//input[@name='intitule' and @required]")


async def test_d05_31e_refuse_puis_scinder(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez, personnes=31)
    page = await nav.get(url_etape(dossier, "personnes"))
    assert "trop de personnes" in page.texte
    verifier = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
    assert "30 personnes au plus" in verifier.texte
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/scinder")
    assert page.statut == 200
    assert f"/dossiers/{dossier['uid']}" not in page.chemin
    nombres = await valeur(
        "select array_agg(nb_personnes order by id) from dossier where siren = $1", chez.siren
    )
    assert nombres == [30, 1]


@pytest.mark.parametrize(
    "chemin",
    ["", "/etapes/projet", "/documents", "/verifier", "/supprimer", "/annuler"],
)
async def test_c09_dossier_d_autrui_introuvable(navigateur: Any, chemin: str) -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    nav, _, _ = await entrer(navigateur)
    assert (await nav.get(f"/dossiers/{dossier['uid']}{chemin}")).statut == 404


@pytest.mark.parametrize(("chemin", "attendu"), [
    ("", 200), ("/documents", 200), ("/etapes/projet", 403), ("/verifier", 403), ("/supprimer", 403),
])  # fmt: skip
async def test_c09_lecteur_seul(navigateur: Any, chemin: str, attendu: int) -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    autre = await societe()
    _, email = await quelqu_un(chez, droits=("dossiers.consulter",))
    await quelqu_un(autre)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(f"/dossiers/{dossier['uid']}{chemin}")
    assert page.statut == attendu
    if chemin == "/documents":
        assert not page.html.xpath("//input[@type='file']")


async def test_d02_brouillon_invisible_de_l_opco(navigateur: Any) -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    dossier = await rempli(moi, chez)
    _, email = await quelqu_un(role="gestionnaire")
    nav = await ouvrir_session(navigateur, email)
    assert (await nav.get(f"/dossiers/{dossier['uid']}")).statut == 404
    await operations.transmettre(moi, dossier["uid"], None)
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    assert page.statut == 200
    assert not page.html.xpath("//a[contains(@href, '/verifier')]")


async def test_d06_dupliquer_depuis_la_page(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await transmis(moi, chez)
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/dupliquer")
    assert page.chemin != f"/dossiers/{dossier['uid']}"
    assert "Brouillon" in page.texte
    assert "Atelier d’écriture" in page.texte


async def test_d02_supprimer_le_brouillon(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez)
    page = await nav.get(f"/dossiers/{dossier['uid']}/supprimer")
    page = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/supprimer")
    assert page.chemin == "/dossiers"
    assert (await nav.get(f"/dossiers/{dossier['uid']}")).statut == 404


async def test_d09_double_envoi_du_meme_formulaire(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez)
    page = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
    premiere = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/transmettre", suivre=False)
    seconde = await nav.soumettre(page, f"/dossiers/{dossier['uid']}/transmettre", suivre=False)
    assert premiere.statut == seconde.statut == 303
    assert premiere.reponse.headers["location"] == seconde.reponse.headers["location"]
    perimee = await nav.get(url_etape(dossier, "projet"))
    assert perimee.chemin == f"/dossiers/{dossier['uid']}"


TEXTE = '<b>Gras</b> & "guillemets" =HYPERLINK(1) \u202eenvers'


async def test_d02_texte_hostile_affiche_tel_quel(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(
        moi, chez, en_plus={"projet": {"intitule": TEXTE}, "organisme": {"denomination": TEXTE}}
    )
    for chemin in ("", "/verifier", "/documents", "/etapes/organisme", "/etapes/projet"):
        page = await nav.get(f"/dossiers/{dossier['uid']}{chemin}")
        assert page.statut == 200
        assert not page.html.xpath("//b[text()='Gras']")
    assert (await nav.get("/dossiers")).statut == 200

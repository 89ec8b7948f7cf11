"""The entry in a browser without JavaScript: each page is whole, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.dossiers.saisie import operations
from portal.infra.base import executer, sql1, valeur
from portal.testing.navigateur import Navigateur, PageLue
from tests.core.numeros import siret_de
from tests.dossiers.aides import (
    PDF,
    Societe,
    ouvrir_session,
    quelqu_un,
    relire,
    rempli,
    societe,
    transmis,
)
from tests.dossiers.dispositif_essai import CODE, a_plat, nir, personne, postes


async def entrer(navigateur: Any, **options: Any) -> tuple[Navigateur, Any, Societe]:
    chez = await societe()
    moi, email = await quelqu_un(chez, **options)
    return await ouvrir_session(navigateur, email), moi, chez


def url_etape(dossier: dict[str, Any], etape: str) -> str:
    return f"/dossiers/{dossier['uid']}/etapes/{etape}"


async def test_d01_nouveau_dossier_seulement_ce_qui_est_ouvert(navigateur: Any) -> None:
    nav, _, chez = await entrer(navigateur)
    page = await nav.get("/dossiers/nouveau")
    assert "Dispositif d’essai" in page.texte
    assert chez.siret in page.texte
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


async def autosauver(
    nav: Navigateur, dossier: dict[str, Any], page: PageLue, nom: str, saisi: str
) -> Any:
    """What portail.js sends."""
    caches = {
        n: page.html.xpath(f"//form[@id='form-etape']//input[@name='{n}']/@value")[0]
        for n in ("_version", "_page")
    }
    action = page.html.xpath("//form[@data-autosave-url]/@data-autosave-url")[0]
    return await nav.post(action, {"_champ": nom, nom: saisi, **caches})


async def test_d02_chaque_champ_s_enregistre_en_le_quittant(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    reponse = await autosauver(nav, dossier, page, "intitule", "Une frappe")
    assert reponse.statut == 200
    assert reponse.reponse.text.startswith("Enregistré à ")
    assert reponse.reponse.headers["x-version"] == "1"
    assert (await autosauver(nav, dossier, page, "intitule", "Deux frappes")).statut == 200
    page = await nav.soumettre(page, contenant="intitule", intitule="Trois frappes")
    assert page.statut == 200, "la page ne se contredit pas elle-même"
    assert (await relire(dossier))["intitule"] == "Trois frappes"


async def test_d02_second_onglet_averti_et_rien_perdu(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    ancienne = await nav.get(url_etape(dossier, "projet"))
    autre = await nav.get(url_etape(dossier, "projet"))
    await nav.soumettre(autre, contenant="intitule", intitule="Onglet A", objectif="Commun")
    reponse = await autosauver(nav, dossier, ancienne, "intitule", "Onglet B")
    assert reponse.statut == 409
    page = await nav.soumettre(
        ancienne, contenant="intitule", intitule="Onglet B", objectif="Commun"
    )
    assert page.statut == 409
    assert page.h1 == "Deux versions de cette étape"
    assert "Onglet A" in page.texte
    assert page.html.xpath("//input[@name='intitule']/@value") == ["Onglet B"]
    ecarts = page.html.xpath("//tbody/tr")
    assert len(ecarts) == 1
    page = await nav.soumettre(page, contenant="intitule")
    assert page.statut == 200
    assert (await relire(dossier))["intitule"] == "Onglet B"


async def test_d02_conflit_ne_montre_pas_le_nir_saisi(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez, piece=False)
    ancienne = await nav.get(url_etape(dossier, "personnes"))
    await nav.soumettre(await nav.get(url_etape(dossier, "personnes")), contenant="_version")
    cle = personne(0)["cle"]
    page = await nav.soumettre(ancienne, contenant="_version", **{f"inscrits.{cle}.nir": nir(9)})
    assert page.statut == 409
    assert nir(9) not in page.texte.replace(" ", "")


async def test_d02_validation_d_un_champ_ne_change_rien(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    url = url_etape(dossier, "projet")
    tetes = {"HX-Request": "true"}
    faux = await nav.post(f"{url}/valider", {"_champ": "debut", "debut": "hier"}, entetes=tetes)
    assert "JJ/MM/AAAA" in faux.erreur("debut")
    bon = await nav.post(
        f"{url}/valider", {"_champ": "debut", "debut": "01/02/2027"}, entetes=tetes
    )
    assert bon.erreur("debut") == ""
    assert (await relire(dossier))["donnees"] == {}
    inconnu = await nav.post(f"{url}/valider", {"_champ": "rien"}, entetes=tetes)
    assert inconnu.statut == 404


async def test_b04_le_siret_remplit_le_nom(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    organisme = await societe(prestataire=True)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "organisme"))
    reponse = await nav.post(
        f"{url_etape(dossier, 'organisme')}/redessiner",
        {"_champ": "siret", "siret": organisme.siret, "denomination": ""},
        entetes={"HX-Request": "true"},
    )
    assert reponse.html.xpath("//input[@name='denomination']/@value") == [organisme.denomination]
    await autosauver(nav, dossier, page, "siret", organisme.siret)
    assert (await relire(dossier))["organisme_nom"] == organisme.denomination
    autre = await societe(prestataire=True)
    page = await nav.get(url_etape(dossier, "organisme"))
    await nav.soumettre(page, contenant="siret", siret=autre.siret)
    assert (await relire(dossier))["organisme_nom"] == autre.denomination
    page = await nav.get(url_etape(dossier, "organisme"))
    await nav.soumettre(page, contenant="siret", denomination="Nom corrigé à la main")
    assert (await relire(dossier))["organisme_nom"] == "Nom corrigé à la main"


async def test_b04_siret_inconnu_ou_ferme_est_dit_sans_bloquer(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez)
    page = await nav.get(url_etape(dossier, "organisme"))
    assert "ne figure pas dans notre copie du registre" in page.texte
    ferme = await societe(etablissements=2)
    await executer(
        "update etablissement set ferme_le = '2025-03-03', successeur = $2 where siret = $1",
        ferme.siret,
        siret_de(ferme.siren, 2),
    )
    page = await nav.soumettre(page, contenant="siret", siret=ferme.siret)
    page = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
    assert "fermé depuis le 3 mars 2025" in page.texte
    assert siret_de(ferme.siren, 2) in page.texte
    assert "Tout est rempli" in page.texte


async def test_f02_le_montant_suit_la_saisie(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "couts"))
    assert "quand seront connus : le prix" in page.texte
    await autosauver(nav, dossier, page, "prix", "1000")
    fragment = await nav.get(
        f"/dossiers/{dossier['uid']}/financement", headers={"HX-Request": "true"}
    )
    assert "500,00" in fragment.texte
    assert "la moitié du prix" in fragment.texte
    entiere = await nav.get(url_etape(dossier, "couts"))
    (partie,) = entiere.html.xpath("//section[@id='financement']")
    assert re.sub(r"\s+", " ", " ".join(partie.itertext())).strip() == fragment.texte


async def test_d03_le_lien_de_verification_dit_aussi_ce_qui_manque(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    assert page.erreur("intitule") == ""
    page = await nav.get(f"{url_etape(dossier, 'projet')}?verifie=oui")
    assert "Renseignez" in page.erreur("intitule")


async def test_d02_un_champ_pilote_fait_venir_les_autres(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    page = await nav.get(url_etape(dossier, "projet"))
    assert not page.html.xpath("//input[@name='detail']")
    reponse = await nav.post(
        f"{url_etape(dossier, 'projet')}/redessiner",
        {"_champ": "avec_detail", "avec_detail": "oui", "intitule": "Gardé"},
        entetes={"HX-Request": "true"},
    )
    assert reponse.html.xpath("//input[@name='detail']")
    assert reponse.html.xpath("//input[@name='intitule']/@value") == ["Gardé"]


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

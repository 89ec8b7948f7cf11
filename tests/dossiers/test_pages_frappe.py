"""While one types: saved field by field, told of another page, filled by the register."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from portal.dossiers.saisie import operations
from portal.infra.base import executer
from portal.testing.navigateur import Navigateur, PageLue
from tests.core.numeros import siret_de
from tests.dossiers.aides import (
    entrer,
    relire,
    rempli,
    societe,
    url_etape,
)
from tests.dossiers.dispositif_essai import CODE, nir, personne


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


async def test_d09_une_page_de_verification_perimee_revient_a_jour(navigateur: Any) -> None:
    """A field saved meanwhile, from the step that one comes from: read again, then send."""
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez)
    base = f"/dossiers/{dossier['uid']}"
    perimee = await nav.get(f"{base}/verifier")
    await operations.enregistrer_champ(moi, dossier["uid"], "projet", "intitule", "Revu", None)
    page = await nav.soumettre(perimee, f"{base}/transmettre")
    assert page.statut == 409
    assert "Rien n’est encore transmis" in page.texte
    assert "Revu" in page.texte
    page = await nav.soumettre(page, f"{base}/transmettre")
    assert "Dossier transmis sous le numéro" in page.texte


async def test_d04_un_nir_remplace_pendant_qu_on_relit_la_page(navigateur: Any) -> None:
    """The row was read, then an autosave replaced its secret: it is read again, no error."""
    nav, moi, chez = await entrer(navigateur)
    dossier = await rempli(moi, chez, piece=False)
    url, cle = url_etape(dossier, "personnes"), personne(0)["cle"]
    page = await nav.get(url)
    champ = f"inscrits.{cle}.nir"
    donnees = dict(page.formulaire(contenant="_version").form_values())
    for essai in range(3):
        resultats = await asyncio.gather(
            nav.post(f"{url}/champ", donnees | {"_champ": champ, champ: nir(40 + essai)}),
            *(nav.post(f"{url}/valider", donnees | {"_champ": champ}) for _ in range(4)),
        )
        assert {r.statut for r in resultats} == {200}


async def test_d07_les_lignes_restent_dans_l_ordre_de_la_page(navigateur: Any) -> None:
    nav, moi, chez = await entrer(navigateur)
    dossier = await operations.creer(moi, CODE, chez.siret, "adherent")
    lignes = [personne(rang) for rang in range(12)]
    page = await nav.get(url_etape(dossier, "personnes"))
    poste = {f"inscrits.{li['cle']}.{nom}": v for li in lignes for nom, v in li.items()}
    await nav.soumettre(page, contenant="_version", **poste)
    gardees = (await relire(dossier))["donnees"]["personnes"]["inscrits"]
    assert [li["cle"] for li in gardees] == [li["cle"] for li in lignes]

"""« Mes dossiers »: what is within reach, page after page, filtered by its URL."""

from __future__ import annotations

from typing import Any

import pytest

from portal.dossiers.recherche.queries import Filtres, compter, lister
from portal.dossiers.saisie import operations
from portal.infra.base import executer
from tests.dossiers.aides import ouvrir_session, quelqu_un, rempli, societe, transmis
from tests.dossiers.dispositif_essai import CODE


async def remplir(siren: str, siret: str, compte: int, nombre: int, **colonnes: Any) -> None:
    await executer(
        "insert into dossier (dispositif, siren, siret, profil, idcc, etat, numero, intitule,"
        " recherche, modifie_le, cree_par, organisme_siret, transmis_le)"
        " select $1, $2, $3, 'adherent', '1516', $6, case when $6 <> 'brouillon' then $2 || n end,"
        " 'Sujet ' || n, 'sujet ' || n, timestamptz '2026-01-01' + n * interval '1 minute', $4, $7, now()"
        " from generate_series(1, $5) n",
        CODE,
        siren,
        siret,
        compte,
        nombre,
        colonnes.get("etat", "transmis"),
        colonnes.get("organisme_siret"),
    )


def numeros(page: Any) -> list[str]:
    return [a.text_content() for a in page.html.xpath("//tbody//th/a")]


async def test_d14_pages_sans_trou_ni_doublon(navigateur: Any) -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 120)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get("/dossiers")
    vus = numeros(page)
    assert len(vus) == 50
    assert "120 dossiers" in page.texte
    for attendu in (50, 20):
        page = await nav.get(page.liens("Page suivante")[0])
        assert len(numeros(page)) == attendu
        vus += numeros(page)
    assert len(set(vus)) == 120
    assert not page.liens("Page suivante")


async def test_d14_rien_d_autrui_dans_la_liste(navigateur: Any) -> None:
    chez, voisin = await societe(), await societe()
    moi, email = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 2)
    await remplir(voisin.siren, voisin.siret, moi.compte_id, 2)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get("/dossiers")
    assert len(numeros(page)) == 2
    assert voisin.denomination not in page.texte


async def test_c09_la_liste_suit_l_etablissement_et_le_dispositif(navigateur: Any) -> None:
    chez = await societe(etablissements=2)
    from tests.core.numeros import siret_de

    _, email = await quelqu_un(chez, siret=siret_de(chez.siren, 2))
    moi, _ = await quelqu_un(chez)
    await transmis(moi, chez)
    nav = await ouvrir_session(navigateur, email)
    assert numeros(await nav.get("/dossiers")) == []
    _, email = await quelqu_un(chez, dispositif="autre")
    nav = await ouvrir_session(navigateur, email)
    assert numeros(await nav.get("/dossiers")) == []
    _, email = await quelqu_un(chez, dispositif=CODE, siret=chez.siret)
    nav = await ouvrir_session(navigateur, email)
    assert len(numeros(await nav.get("/dossiers"))) == 1


async def test_d14_l_organisme_nomme_voit_ses_dossiers_transmis(navigateur: Any) -> None:
    chez, organisme = await societe(), await societe(prestataire=True)
    moi, _ = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 3, organisme_siret=organisme.siret)
    await remplir(
        chez.siren, chez.siret, moi.compte_id, 2, organisme_siret=organisme.siret, etat="brouillon"
    )
    _, email = await quelqu_un(organisme, profil="prestataire")
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get("/dossiers")
    assert len(numeros(page)) == 3
    assert chez.denomination in page.texte
    _, adherent = await quelqu_un(organisme, profil="adherent")
    nav = await ouvrir_session(navigateur, adherent)
    assert numeros(await nav.get("/dossiers")) == []


async def test_d14_filtres_dans_l_url(navigateur: Any) -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 12)
    await operations.creer(moi, CODE, chez.siret, "adherent")
    await executer(
        "update dossier set recherche = 'sujet alphabet' where siren = $1 and intitule = 'Sujet 7'",
        chez.siren,
    )
    nav = await ouvrir_session(navigateur, email)
    assert len(numeros(await nav.get("/dossiers?etat=transmis"))) == 12
    assert len(numeros(await nav.get(f"/dossiers?q={chez.denomination}"))) == 13
    assert len(numeros(await nav.get(f"/dossiers?q={chez.siren[:5]}+sujet"))) == 12
    assert numeros(await nav.get("/dossiers?etat=brouillon")) == ["Brouillon"]
    assert len(numeros(await nav.get("/dossiers?q=SUJET+alpha"))) == 1
    assert len(numeros(await nav.get("/dossiers?dispositif=inconnu"))) == 0
    vide = await nav.get("/dossiers?q=zzz")
    assert "Aucun dossier ne correspond" in vide.texte
    assert vide.liens("Recherche : zzz") or vide.liens("Recherche")


@pytest.mark.parametrize(
    "requete",
    [
        "apres=n-importe-quoi",
        "apres=W251bGwsIG51bGxd",
        "etat=inconnu&dispositif=../..&q=&du=32/13/2026",
        "q=" + "a" * 3000,
        "q=%25%5F%27%3B--",
        "siren=abc&au=demain&apres=" + "A" * 500,
    ],
)
async def test_d14_filtres_insenses(navigateur: Any, requete: str) -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 1)
    nav = await ouvrir_session(navigateur, email)
    assert (await nav.get(f"/dossiers?{requete}")).statut == 200


async def test_d14_une_date_qui_n_en_est_pas_une_est_dite(navigateur: Any) -> None:
    _, email = await quelqu_un(await societe())
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get("/dossiers?du=32/13/2026")
    assert "Ce n’est pas une date" in page.texte
    assert page.html.xpath("//input[@name='du']/@value") == ["32/13/2026"]
    assert "Ce n’est pas une date" not in (await nav.get("/dossiers?du=14/03/2026")).texte


async def test_d14_le_fragment_est_la_meme_liste(navigateur: Any) -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    await rempli(moi, chez)
    nav = await ouvrir_session(navigateur, email)
    entiere = await nav.get("/dossiers")
    fragment = await nav.get("/dossiers", headers={"HX-Request": "true"})
    (partie,) = entiere.html.xpath("//*[@id='liste']")
    assert list(partie.itertext()) == list(fragment.html.xpath("//*[@id='liste']")[0].itertext())
    assert "Vary" in fragment.reponse.headers


async def test_d14_liste_vide_dit_quoi_faire(navigateur: Any) -> None:
    chez = await societe()
    _, email = await quelqu_un(chez)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get("/dossiers")
    assert "Créez votre premier dossier" in page.texte
    assert page.liens("Nouveau dossier")


@pytest.mark.parametrize(
    ("idcc", "region", "attendu"),
    [
        (None, None, 3),
        ("1516", None, 3),
        ("0731", None, 0),
        (None, "Bretagne", 0),
        ("1516", "Bretagne", 0),
    ],
)
async def test_d18_l_opco_voit_selon_sa_branche_et_sa_region(
    idcc: str | None, region: str | None, attendu: int
) -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    await remplir(chez.siren, chez.siret, moi.compte_id, 3)
    await remplir(chez.siren, chez.siret, moi.compte_id, 2, etat="brouillon")
    gestionnaire, _ = await quelqu_un(role="gestionnaire")
    await executer(
        "update role_interne set idcc = $2, region = $3 where compte = $1",
        gestionnaire.compte_id,
        idcc,
        region,
    )
    filtres = Filtres(siren=chez.siren)
    assert len((await lister(gestionnaire, filtres)).lignes) == attendu
    assert await compter(gestionnaire, filtres) == attendu


async def test_c10_un_cabinet_voit_ses_clients_et_eux_seuls() -> None:
    clients = [await societe() for _ in range(3)]
    moi, _ = await quelqu_un(clients[0])
    for client in clients:
        await remplir(client.siren, client.siret, moi.compte_id, 2)
    cabinet, _ = await quelqu_un(clients[0])
    await executer(
        "insert into rattachement (compte, siren, siret, profil, etat, administrateur, demande_le,"
        " demande_jour) values ($1, $2, null, 'adherent', 'actif', true, now(), current_date)",
        cabinet.compte_id,
        clients[1].siren,
    )
    page = await lister(cabinet, Filtres())
    assert sorted({li["siren"] for li in page.lignes}) == sorted(c.siren for c in clients[:2])
    assert len(page.lignes) == 4
    assert [li["modifie_le"] for li in page.lignes] == sorted(
        (li["modifie_le"] for li in page.lignes), reverse=True
    )
    personne, _ = await quelqu_un()
    assert (await lister(personne, Filtres())).lignes == []


async def test_d12_chaque_chiffre_est_celui_de_sa_liste(navigateur: Any) -> None:
    """Both states that wait count as one; a body is told which are its customers' to complete."""
    chez, organisme = await societe(), await societe(prestataire=True)
    moi, email = await quelqu_un(chez)
    _, chez_lui = await quelqu_un(organisme, profil="prestataire")
    for nombre, etat in ((2, "transmis"), (3, "en_instruction"), (1, "a_completer")):
        siret = f"{chez.siren}{nombre:05d}"
        await executer(
            "insert into dossier (dispositif, siren, siret, profil, idcc, etat, numero, recherche,"
            " modifie_le, cree_par, organisme_siret, transmis_le) select $1, $2, $3, 'adherent',"
            " '1516', $4, $3 || n, '', now(), $5, $6, now() from generate_series(1, $7) n",
            CODE,
            chez.siren,
            siret,
            etat,
            moi.compte_id,
            organisme.siret,
            nombre,
        )
    nav = await ouvrir_session(navigateur, email)
    accueil = await nav.get("/accueil")
    assert "par l’entreprise" not in accueil.texte
    liste = await nav.get(accueil.liens("En attente de réponse")[0])
    assert len(numeros(liste)) == 5
    assert "État : En attente de réponse" in liste.texte.replace("\u00a0", " ")
    await nav.post("/deconnexion")
    nav = await ouvrir_session(navigateur, chez_lui)
    assert "dont 1 par l’entreprise qui demande" in (await nav.get("/accueil")).texte

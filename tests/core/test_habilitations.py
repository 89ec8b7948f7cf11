"""Habilitations on screen (C09, C12): lines, matrix, « voir comme », many at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal.core.rattachements import perimetre
from portal.core.rattachements.matrice import lieux, operations, queries
from portal.core.rattachements.matrice.operations import Changement
from portal.core.rattachements.modeles import PERSONNALISE, octroi
from portal.core.rattachements.operations import accepter, supprimer
from portal.infra.base import executer, sql, valeur
from portal.testing.navigateur import Navigateur, PageLue
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    droits,
    en_attente,
    personne,
    societe,
)  # fmt: skip
from tests.core.test_rattachements_pages import Ouvrir, ouvrir

__all__ = ["ouvrir"]
CODES = ["plan", "contrat"]


async def habilite(
    chef: Personne, s: Societe, *donnes: str, nom: str = "Petit"
) -> tuple[Personne, UUID]:
    moi = await personne("Ines", nom)
    uid = await en_attente(moi, s)
    quoi = octroi(PERSONNALISE, donnes) if donnes else octroi("consultation")
    await accepter(chef, uid, quoi)
    return moi, uid


async def voit(moi: Personne, droit: str, s: Societe, n: int = 1, dispositif: str = "plan") -> bool:
    return await perimetre.voit(moi, droit, s.siren, s.siret(n), s.profil, dispositif)


async def lignes_de(moi: Personne, s: Societe) -> list[tuple[int | None, str]]:
    regles = await queries.regles_de(moi.compte_id, s.siren, s.profil)
    return [(None if r.lieux is None else len(r.lieux), r.en_mots) for r in regles]


async def test_c09_different_rights_by_establishment_and_dispositif() -> None:
    s = await societe(lieux=3)
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.consulter")
    await operations.ajouter_regle(
        chef, uid, Changement(("dossiers.saisir",), (s.siret(2),), ("plan",))
    )
    await operations.ajouter_regle(
        chef, uid, Changement(("rib.consulter",), (s.siret(3),), ("plan",))
    )
    assert await voit(moi, "dossiers.consulter", s, 1)
    assert await voit(moi, "dossiers.saisir", s, 2)
    assert not await voit(moi, "dossiers.saisir", s, 2, "contrat")
    assert not await voit(moi, "dossiers.saisir", s, 1)
    assert await voit(moi, "rib.consulter", s, 3, "contrat"), "un RIB n’a pas de dispositif"
    assert not await voit(moi, "rib.consulter", s, 1)
    assert await lignes_de(moi, s) == [
        (None, "Dossiers\u00a0: consulter"),
        (1, "RIB\u00a0: consulter"),
        (1, "Dossiers\u00a0: saisir"),
    ]


async def test_c09_a_line_is_taken_alone_and_only_as_it_was_read() -> None:
    s = await societe(lieux=2)
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.consulter")
    await operations.ajouter_regle(chef, uid, Changement(("dossiers.saisir",), (s.siret(2),)))
    entiere, partie = await queries.regles_de(moi.compte_id, s.siren, s.profil)
    await operations.retirer_regle(chef, uid, partie.cle)
    assert await droits(moi) == {"dossiers.consulter"}
    with pytest.raises(Conflit, match="changé"):
        await operations.retirer_regle(chef, uid, partie.cle)
    await operations.retirer_regle(chef, uid, entiere.cle)
    assert await droits(moi) == set()
    actions = await sql("select action from journal where objet_uid = $1 order by id", uid)
    assert [a["action"] for a in actions][-3:] == [
        "rattachement.droits_ajoutes",
        "rattachement.droits_retires",
        "rattachement.droits_retires",
    ]


async def test_c09_only_administrators_change_lines_and_never_their_own() -> None:
    s = await societe()
    chef, second = await administrateur(s), await administrateur(s, "Yann", "Ber")
    moi, uid = await habilite(chef, s, "rattachements.consulter", "rattachements.saisir",
                              "rattachements.supprimer")  # fmt: skip
    _, autre = await habilite(chef, s)
    etranger = await administrateur(await societe())
    c = Changement(("rib.consulter",))
    for qui, quoi in ((moi, Interdit), (etranger, Introuvable)):
        with pytest.raises(quoi):
            await operations.ajouter_regle(qui, autre, c)
        with pytest.raises(quoi):
            await operations.retirer_regle(qui, autre, "x")
        with pytest.raises(quoi):
            await operations.apercevoir(qui, s.siren, s.profil, [autre], c, CODES)
        with pytest.raises(quoi):
            await operations.appliquer(qui, s.siren, s.profil, [autre], c, CODES, "")
    propre = await valeur("select uid from rattachement where compte = $1", chef.compte_id)
    with pytest.raises(Interdit):
        await operations.ajouter_regle(chef, propre, c)
    with pytest.raises(Conflit, match="Administrateur"):
        await operations.ajouter_regle(second, propre, c)
    with pytest.raises(Refus):
        await operations.ajouter_regle(chef, uid, Changement(("rib.consulter",), ("1" * 14,)))
    with pytest.raises(Introuvable):
        await operations.ajouter_regle(chef, UUID(int=5), c)


async def test_c09_many_at_once_previewed_then_done_with_a_line_each() -> None:
    s = await societe(lieux=4)
    chef = await administrateur(s)
    (un, uid1), (deux, uid2), (trois, uid3) = [
        await habilite(chef, s, *d, nom=n)
        for n, d in (("Alba", ["dossiers.saisir"]), ("Bori", ["dossiers.saisir", "rib.saisir"]),
                     ("Cori", ["rib.consulter"]))
    ]  # fmt: skip
    c = Changement(("dossiers.saisir",), (s.siret(1), s.siret(2)), retire=True)
    avant = await valeur("select count(*) from journal where siren = $1", s.siren)
    apercu = await operations.apercevoir(chef, s.siren, s.profil, [uid1, uid2, uid3], c, CODES)
    assert [e.nom for e in apercu.changes] == ["Ines Alba", "Ines Bori"]
    assert await voit(un, "dossiers.saisir", s, 1), "un aperçu ne change rien"
    args = (chef, s.siren, s.profil, [uid1, uid2, uid3], c, CODES)
    assert await operations.appliquer(*args, apercu.marque) == 2
    for qui in (un, deux):
        assert [await voit(qui, "dossiers.saisir", s, n) for n in (1, 2, 3, 4)] == [
            False, False, True, True,
        ]  # fmt: skip
        assert await voit(qui, "dossiers.consulter", s, 1)
    assert await voit(deux, "rib.saisir", s, 1)
    assert await droits(trois) == {"rib.consulter"}
    assert await valeur("select count(*) from journal where siren = $1", s.siren) == avant + 2
    with pytest.raises(Conflit, match="entre-temps"):
        await operations.appliquer(*args, apercu.marque)


async def test_c09_taking_consult_takes_all_and_one_dispositif_leaves_the_others() -> None:
    s = await societe(lieux=2)
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.saisir")
    c = Changement(("dossiers.consulter",), None, ("plan",), retire=True)
    apercu = await operations.apercevoir(chef, s.siren, s.profil, [uid], c, CODES)
    await operations.appliquer(chef, s.siren, s.profil, [uid], c, CODES, apercu.marque)
    assert not await voit(moi, "dossiers.saisir", s, 1, "plan")
    assert not await voit(moi, "dossiers.consulter", s, 1, "plan")
    assert await voit(moi, "dossiers.saisir", s, 1, "contrat")


async def test_c12_right_removed_with_the_session_open_is_gone_at_the_next_request(
    ouvrir: Ouvrir,
) -> None:
    s = await societe()
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "rattachements.consulter", "rib.consulter")
    nav, page = await ouvrir(moi), f"/entreprise/{s.siren}/adherent/habilitations"
    assert (await nav.get(page)).statut == 200
    (regle, _) = (await queries.regles_de(moi.compte_id, s.siren, s.profil) + [None])[:2]
    assert regle is not None
    await operations.retirer_regle(chef, uid, regle.cle)
    assert (await nav.get(page)).statut in (403, 404)
    await operations.ajouter_regle(chef, uid, Changement(("rattachements.consulter",)))
    assert (await nav.get(page)).statut == 200
    await supprimer(chef, uid)
    assert (await nav.get(page)).statut in (403, 404)


async def test_c09_a_page_adds_searches_and_takes_lines_without_javascript(ouvrir: Ouvrir) -> None:
    s = await societe("Groupe Kermoal", lieux=30)
    chef = await administrateur(s)
    _, uid = await habilite(chef, s)
    nav, base = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/utilisateurs/{uid}"
    page = await nav.get(base)
    page = await nav.get(page.liens("Ajouter des droits")[0])
    page = await nav.soumettre(
        page, f"{base}/ajouter", modele="rh_etablissement", portee="etablissements",
        q_lieux=s.siret(7), bouton=("_action", "chercher"),
    )  # fmt: skip
    assert page.html.xpath("//input[@name='sirets']/@value") == [s.siret(7)]
    assert page.html.xpath("//input[@name='modele'][@checked]/@value") == ["rh_etablissement"]
    page = await nav.soumettre(page, f"{base}/ajouter", bouton=("_action", "ajouter"))
    assert page.statut == 422
    assert "au moins un établissement" in page.texte
    page = await nav.soumettre(
        page, f"{base}/ajouter", sirets=s.siret(7), bouton=("_action", "chercher"), q_lieux="Nantes"
    )
    assert page.html.xpath("//input[@name='sirets'][@checked]/@value") == [s.siret(7)]
    assert "Et 4 autres" in page.texte
    page = await nav.soumettre(
        page, f"{base}/ajouter", sirets_colles=f"{s.siret(8)[:9]} {s.siret(8)[9:]};12",
        bouton=("_action", "ajouter"),
    )  # fmt: skip
    assert "« 12 » n’est pas un SIRET" in page.texte
    page = await nav.soumettre(
        page, f"{base}/ajouter", sirets_colles=f"{s.siret(8)[:9]} {s.siret(8)[9:]}",
        bouton=("_action", "ajouter"),
    )  # fmt: skip
    assert page.chemin == base
    assert "2 établissements : 44000 Nantes" in page.texte
    (cle,) = page.html.xpath(
        "//tr[contains(., '2\u00a0établissements')]//input[@name='regle']/@value"
    )
    page = await nav.post(f"{base}/retirer", {"_cle": "une-cle-de-plus", "regle": cle})
    assert "La ligne est retirée" in page.texte
    assert "2 établissements" not in page.texte


async def test_c09_voir_comme_and_matrix_say_what_the_perimeter_says(ouvrir: Ouvrir) -> None:
    s = await societe("Distillerie Bihan", lieux=3)
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.consulter")
    await operations.ajouter_regle(chef, uid, Changement(("factures.saisir",), (s.siret(2),)))
    nav, base = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/utilisateurs/{uid}"
    page = await nav.get(f"{base}/voir-comme")
    assert "Tous les établissements, ceux ouverts plus tard compris" in page.texte
    assert "Voir les dossiers, leurs pièces et leurs courriers" in page.texte
    assert "Déposer des factures et demander des remboursements" in page.texte
    assert "ne voit pas Le RIB" in page.texte
    assert "Créer, compléter" not in page.texte
    # Whatever a form once said: the page reads the perimeter.
    await executer("delete from habilitation where droit = 'dossiers.consulter' and rattachement ="
                   " (select id from rattachement where uid = $1)", uid)  # fmt: skip
    page = await nav.get(f"{base}/voir-comme")
    assert "Voir les dossiers" not in page.texte
    page = await nav.get(f"{base}/matrice?domaine=factures")
    (oui,) = page.html.xpath(f"//tr[contains(., '{espace(s.siret(2))}')]")
    assert "Consulter, saisir" in oui.text_content()
    (non,) = page.html.xpath(f"//tr[contains(., '{espace(s.siret(1))}')]")
    assert "Aucun droit" in non.text_content()
    assert "1 établissement" in page.texte
    page = await nav.get(f"{base}/matrice?q={s.siret(3)}&page=99")
    assert "1 établissement" in page.texte


def espace(siret: str) -> str:
    return "\u202f".join([siret[:3], siret[3:6], siret[6:9], siret[9:]])


async def changer(nav: Navigateur, s: Societe, **champs: object) -> PageLue:
    url = f"/entreprise/{s.siren}/adherent/habilitations/changer"
    return await nav.soumettre(await nav.get(url), url, bouton=("_action", "apercu"), **champs)


async def test_c09_overview_and_bulk_pages(ouvrir: Ouvrir) -> None:
    s = await societe("Clinique Morvan", lieux=2)
    chef = await administrateur(s)
    (un, uid1), (deux, _) = [await habilite(chef, s, nom=n) for n in ("Alba", "Bori")]
    nav, racine = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/habilitations"
    page = await nav.get(racine)
    assert "Ines Alba" in page.texte
    assert "Administrateur : tous les droits, partout" in page.texte
    assert "Partout" in page.texte
    assert "Ines Bori" not in (await nav.get(f"{racine}?q=alba")).texte
    assert "Personne ne correspond" in (await nav.get(f"{racine}?q=zzz")).texte
    page = await changer(nav, s, modele="comptable")
    assert page.statut == 422
    assert "Choisissez au moins une personne" in page.texte
    page = await changer(nav, s, gens=str(uid1), modele="comptable", portee="entreprise")
    assert "1 personne change" in page.texte
    assert await droits(un) == {"dossiers.consulter", "factures.consulter"}
    page = await nav.soumettre(page, f"{racine}/changer/appliquer")
    assert page.chemin == racine
    assert "rib.saisir" in await droits(un)
    page = await changer(
        nav, s, gens_modele="consultation", sens="retirer", modele="personnalise",
        droits="factures.consulter", portee="etablissements", sirets=s.siret(1),
    )  # fmt: skip
    page = await nav.soumettre(page, f"{racine}/changer/appliquer")
    assert not await voit(deux, "factures.consulter", s, 1)
    assert await voit(deux, "factures.consulter", s, 2)
    assert await voit(un, "factures.consulter", s, 1)


async def test_c09_five_thousand_establishments_are_read_and_changed_quickly(
    ouvrir: Ouvrir,
) -> None:
    s = await societe("Réseau Mille", lieux=1)
    await executer(
        "insert into etablissement (siret, siren, enseigne, commune, region)"
        " select $1 || g, $1, 'Agence ' || g, 'Ville ' || (g % 90),"
        " case when g % 2 = 0 then 'Bretagne' else 'Normandie' end"
        " from generate_series(20000, 24998) g",
        s.siren,
    )
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s)
    tous = [lieu.siret for lieu in await lieux.ouverts(chef, s.siren)]
    assert len(tous) == 5000
    await operations.ajouter_regle(chef, uid, Changement(("rib.consulter",), tuple(tous[:4000])))
    nav, base = await ouvrir(chef), f"/entreprise/{s.siren}/adherent"
    page = await changer(
        nav, s, gens=str(uid), modele="rh_etablissement", portee="region", region="Bretagne"
    )
    assert "2500 établissements" in page.texte
    await nav.soumettre(page, f"{base}/habilitations/changer/appliquer")
    assert await lignes_de(moi, s) == [
        (
            None,
            "Dossiers\u00a0: consulter\u00a0; Factures et demandes de remboursement\u00a0: consulter",
        ),
        (4000, "RIB\u00a0: consulter"),
        (2500, "Dossiers\u00a0: saisir"),
    ]
    for suite in ("", "/voir-comme", "/matrice?q=agence&page=7", "/ajouter"):
        page = await nav.get(f"{base}/utilisateurs/{uid}{suite}")
        assert page.statut == 200, suite
        assert len(page.reponse.content) < 90_000, suite
    assert len(page.html.xpath("//input[@type='checkbox']")) < 60


def test_c09_pasted_sirets_however_they_are_spaced() -> None:
    a, b = "73282932000074", "73282932000082"
    for colle in (
        f"{a}\n{b}",
        f"{a},{b}",
        f"{a} {b}",
        f"732 829 320 00074 ; {b}\r\n",
        f"{a}\t{b},{a}",
    ):
        assert lieux.lire_sirets(colle) == ([a, b], []), colle
    assert lieux.lire_sirets("7328293200007, x") == ([], ["7328293200007"])
    assert lieux.lire_sirets("") == ([], [])


async def test_c09_replacing_starts_from_least_rights_and_never_widens_by_itself(
    ouvrir: Ouvrir,
) -> None:
    s = await societe("Ganterie", lieux=2)
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.consulter")
    await operations.ajouter_regle(chef, uid, Changement(("rib.saisir",), (s.siret(2),)))
    nav, base = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/utilisateurs"
    page = await nav.get(f"{base}/{uid}")
    page = await nav.soumettre(page, f"{base}/{uid}/habiliter")
    assert await droits(moi) == {"dossiers.consulter", "factures.consulter"}
    await operations.ajouter_regle(chef, uid, Changement(("rib.saisir",), (s.siret(2),)))
    page = await nav.get(base)
    assert "Tous les établissements, et d’autres droits sur 1" in page.texte

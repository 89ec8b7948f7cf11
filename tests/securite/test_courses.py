"""Two people, two windows or two impatient clicks at the same moment: each on a connection and in a
transaction of its own. One wins, the other is told, nothing is done twice and nothing is lost.

Races of payment runs are in `tests/reglements`, those of invoices in `tests/factures`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from portal.core.comptes.operations import creer_compte
from portal.core.rattachements.activation import Reussite, utiliser
from portal.dossiers.instruction import operations as instruction
from portal.dossiers.saisie import operations as saisie
from portal.grandlivre import queries as livre
from portal.infra.base import sql, valeur
from portal.testing.navigateur import Navigateur, PageLue
from portal.web.erreurs import Conflit, Refus
from portal.web.identite import Personne
from tests.core import comptes_aides as comptes
from tests.core import rattachements_aides as rattachements
from tests.securite import fabrique as f
from tests.securite.fabrique import Acteur, Societe

PLAFOND = 6_000_00
"""Yearly ceiling of a company of this size in the branch of these tests (formation plugin)."""

pytestmark = pytest.mark.usefixtures("litestar")


async def ensemble(*gestes: Awaitable[Any]) -> list[Any]:
    """All at once; refusals are results."""
    resultats = await asyncio.gather(*gestes, return_exceptions=True)
    for resultat in resultats:
        if isinstance(resultat, Exception) and not isinstance(resultat, Conflit | Refus):
            raise resultat
    return resultats


def conflits(resultats: list[Any]) -> int:
    return sum(isinstance(r, Conflit) for r in resultats)


async def entreprise() -> tuple[Societe, Acteur, Personne]:
    """A company and its administrator."""
    chez, qui = await f.societe(), await f.acteur()
    await f.rattacher(qui, chez)
    return chez, qui, await qui.personne()


async def genres(dossier: dict[str, Any]) -> list[str]:
    lignes = await sql(
        "select genre from dossier_evenement where dossier = $1 order by id", dossier["id"]
    )
    return [ligne["genre"] for ligne in lignes]


def statuts(pages: list[PageLue]) -> list[int]:
    return sorted(page.statut for page in pages)


def poster(nav: Navigateur, url: str, **champs: Any) -> Coroutine[Any, Any, PageLue]:
    """A form of its own (its own key, unless one is given)."""
    return nav.post(url, {"_cle": uuid.uuid4().hex, **champs}, suivre=False)


async def une_decision(dossier: dict[str, Any]) -> str:
    """The only decision, which state, timeline and ledger agree with."""
    apres = await f.relire(dossier)
    (sens,) = [d["sens"] for d in await sql(
        "select sens from decision where dossier = $1", dossier["id"]
    )]  # fmt: skip
    assert apres["etat"] == {"accord": "accorde", "refus": "refuse"}[sens]
    assert [g for g in await genres(dossier) if g in ("accord", "refus")] == [sens]
    solde = await livre.solde(dossier["uid"])
    assert solde.engage == (apres["accorde_centimes"] if sens == "accord" else 0)
    return str(sens)


async def test_d18_deux_gestionnaires_prennent_le_meme_dossier() -> None:
    chez, _, moi = await entreprise()
    dossier = await f.transmis(moi, chez)
    gens = [await (await f.interne("gestionnaire")).personne() for _ in range(3)]
    resultats = await ensemble(
        *(instruction.prendre_en_charge(g, dossier["uid"], dossier["version"]) for g in gens)
    )
    assert conflits(resultats) == 2
    gagnant = next(g for g, r in zip(gens, resultats, strict=True) if not isinstance(r, Conflit))
    assert (await f.relire(dossier))["gestionnaire"] == gagnant.compte_id
    assert (await genres(dossier)).count("prise_en_charge") == 1


async def test_d18_deux_gestionnaires_decident_une_seule_decision() -> None:
    """One grants while a colleague takes the dossier over and refuses it: whoever is first."""
    chez, _, moi = await entreprise()
    un, lui = [await (await f.interne("gestionnaire")).personne() for _ in range(2)]
    for _ in range(3):
        dossier = await f.instruit(moi, chez, un)
        uid, version = dossier["uid"], dossier["version"]

        async def reprendre_et_refuser(uid: uuid.UUID = uid, version: int = version) -> None:
            await instruction.prendre_en_charge(lui, uid, version)
            await instruction.refuser(lui, uid, version + 1, "non-eligible", "")

        resultats = await ensemble(
            instruction.accorder(un, uid, version, {}, {}, ""), reprendre_et_refuser()
        )
        assert conflits(resultats) == 1
        await une_decision(dossier)


async def test_d18_deux_fenetres_decident_l_autre_recoit_une_page_409(application: Any) -> None:
    chez, _, moi = await entreprise()
    par = await f.interne("gestionnaire")
    dossier = await f.instruit(moi, chez, await par.personne())
    nav, url, version = par.navigateur(application), f"/instruction/{dossier['uid']}", "_version"
    pages = await ensemble(
        poster(nav, f"{url}/accorder", **{version: dossier["version"]}),
        poster(nav, f"{url}/refuser", **{version: dossier["version"]}, motif="non-eligible"),
        poster(nav, f"{url}/accorder", **{version: dossier["version"]}),
    )
    await nav.fermer()
    assert statuts(pages) == [303, 409, 409]
    for page in pages:
        assert page.statut == 303 or "Ce dossier a changé entre-temps" in page.texte
    await une_decision(dossier)


async def test_d09_deux_clics_sur_transmettre_un_numero_un_accuse(application: Any) -> None:
    """Two windows, each with its key: the second is led to the dossier that the first sent."""
    chez, qui, moi = await entreprise()
    dossier = await f.brouillon(moi, chez)
    nav, url = qui.navigateur(application), f"/dossiers/{dossier['uid']}"
    pages = await ensemble(
        *(poster(nav, f"{url}/transmettre", _version=dossier["version"]) for _ in range(3))
    )
    await nav.fermer()
    assert [p.reponse.headers["location"] for p in pages] == [url] * 3
    assert (await genres(dossier)).count("transmission") == 1
    lettres = await sql("select genre from lettre where dossier = $1", dossier["id"])
    assert lettres == [{"genre": "accuse"}]
    actions = await comptes.lignes_du_journal(dossier["uid"])
    assert actions.count("dossier.transmission") == 1


async def test_d09_transmettre_pendant_une_sauvegarde_n_envoie_que_ce_qui_etait_montre() -> None:
    chez, _, moi = await entreprise()
    for _ in range(3):
        dossier = await f.brouillon(moi, chez)
        uid = dossier["uid"]
        resultats = await ensemble(
            saisie.enregistrer_champ(moi, uid, "couts", "prix", "999", None),
            saisie.transmettre(moi, uid, dossier["version"]),
        )
        assert conflits(resultats) == 1
        apres = await f.relire(dossier)
        vu = (apres["etat"], apres["donnees"]["couts"]["prix"])
        assert vu in (("brouillon", "999"), ("transmis", "400"))


async def test_f02_six_accords_sur_un_plafond_annuel() -> None:
    """Six dossiers of 1 750 € at once under a ceiling of 6 000 €: all of it is granted, and no more."""
    chez, _, moi = await entreprise()
    par = await (await f.interne("gestionnaire")).personne()
    dossiers = [await f.instruit(moi, chez, par, prix="1750") for _ in range(6)]
    resultats = await ensemble(
        *(instruction.accorder(par, d["uid"], d["version"], {}, {}, "") for d in dossiers)
    )
    assert sum(isinstance(r, Refus) for r in resultats) == 2
    accordes = [r["accorde_centimes"] for r in resultats if not isinstance(r, Exception)]
    assert sorted(accordes) == [750_00, 1_750_00, 1_750_00, 1_750_00]
    engages = await livre.soldes(d["uid"] for d in dossiers)
    assert sum(s.engage for s in engages.values()) == PLAFOND


async def test_a01_une_adresse_inscrite_six_fois_en_meme_temps() -> None:
    email = comptes.adresse()
    faits = await ensemble(
        *(
            creer_compte(casse(email), empreinte=f.EMPREINTE, **comptes.IDENTITE)
            for casse in (str.lower, str.upper, str.title) * 2
        )
    )
    (compte,) = [c for c in faits if c is not None]
    assert await valeur("select count(*) from compte where email = $1", email) == 1
    assert await comptes.lignes_du_journal(compte.uid) == ["compte.cree"]


async def test_a01_deux_navigateurs_finissent_l_inscription_d_une_adresse(
    navigateur: Callable[[], Navigateur],
) -> None:
    await comptes.oublier_limites()
    email, navs = comptes.adresse(), [navigateur(), navigateur()]
    formulaires = []
    for nav in navs:
        page = await comptes.demander_code(nav, email)
        page = await nav.soumettre(page, "/compte/code", code=await comptes.code_recu(email))
        formulaires.append(dict(page.formulaire("/compte/finaliser").form_values()))
    choix = comptes.MOT_DE_PASSE
    saisi = {**comptes.IDENTITE, "mot_de_passe": choix, "confirmation": choix}
    pages = await ensemble(
        *(
            nav.post("/compte/finaliser", {**formulaire, **saisi}, suivre=False)
            for nav, formulaire in zip(navs, formulaires, strict=True)
        )
    )
    assert sorted(p.reponse.headers["location"] for p in pages) == ["/accueil", "/connexion"]
    assert await valeur("select count(*) from compte where email = $1", email) == 1


async def test_c04_deux_personnes_un_code_chacune_sait_qui_est_l_autre() -> None:
    chez = await rattachements.societe()
    code = await rattachements.poser_code(chez)
    gens = [
        await rattachements.personne("Paul", "Un"),
        await rattachements.personne("Lise", "Deux"),
    ]
    issues = await ensemble(*(utiliser(moi, chez.siren, chez.profil, code) for moi in gens))
    assert all(isinstance(issue, Reussite) for issue in issues)
    for moi, issue, autre in zip(gens, issues, reversed(gens), strict=True):
        assert "rattachements.saisir" in await rattachements.droits(moi)
        lignes = await sql(
            "select titre || ' ' || detail as dit from notification where compte = $1",
            moi.compte_id,
        )
        sues = [*issue.noms_autres, *(ligne["dit"] for ligne in lignes)]
        assert any(autre.nom_affiche in su for su in sues), sues


async def test_d01_un_formulaire_poste_quatre_fois_en_meme_temps(application: Any) -> None:
    chez, qui, _ = await entreprise()
    nav, cle = qui.navigateur(application), uuid.uuid4().hex
    champs = {"choix": f"{f.CODE}|{chez.siret}|adherent", "confirme": "oui", "_cle": cle}
    pages = await ensemble(*(poster(nav, "/dossiers/nouveau", **champs) for _ in range(4)))
    await nav.fermer()
    assert len({p.reponse.headers["location"] for p in pages}) == 1
    assert await valeur("select count(*) from dossier where siren = $1", chez.siren) == 1


async def test_d02_sauvegardes_automatiques_en_meme_temps_toutes_gardees(application: Any) -> None:
    """Fields of one page saved at once: each is kept."""
    _, nav, url, page, dossier = await _a_l_etape(application)
    saisis = {"intitule": "Accueil", "objectif": "Bien accueillir.", "heures": "21", "jours": "3"}
    pages = await ensemble(
        *(poster(nav, f"{url}/champ", **page, _champ=nom, **{nom: v}) for nom, v in saisis.items())
    )
    await nav.fermer()
    assert statuts(pages) == [200] * 4
    garde = (await f.relire(dossier))["donnees"]["formation"]
    assert {nom: garde[nom] for nom in saisis} == saisis


async def test_d02_le_bouton_pendant_une_sauvegarde_de_la_meme_page(application: Any) -> None:
    """The button sends all that the page holds: an older answer on its way comes before, or is told
    that it is too late; never after."""
    for _ in range(3):
        complet, nav, url, page, dossier = await _a_l_etape(application)
        entier = {**complet, "intitule": "Accueil", "jours": "2"}
        avant, bouton, apres = await ensemble(
            poster(nav, f"{url}/champ", **page, _champ="intitule", intitule="Accu"),
            poster(nav, url, **page, **entier),
            poster(nav, f"{url}/champ", **page, _champ="jours", jours="30"),
        )
        await nav.fermer()
        assert bouton.statut == 303
        assert {avant.statut, apres.statut} <= {200, 409}
        garde = (await f.relire(dossier))["donnees"]["formation"]
        assert {nom: garde[nom] for nom in entier} == entier


async def test_d02_le_bouton_pendant_une_sauvegarde_d_une_autre_page(application: Any) -> None:
    """One is kept; the other is answered 409, with what it typed."""
    for _ in range(3):
        complet, nav, url, page, dossier = await _a_l_etape(application)
        sienne, autre = {**complet, "intitule": "La sienne"}, {**page, "_page": "autre"}
        bouton, champ = await ensemble(
            poster(nav, url, **page, **sienne),
            poster(nav, f"{url}/champ", **autre, _champ="intitule", intitule="L’autre"),
        )
        await nav.fermer()
        garde = (await f.relire(dossier))["donnees"]["formation"]["intitule"]
        assert (bouton.statut, champ.statut, garde) in (
            (303, 409, "La sienne"),
            (409, 200, "L’autre"),
        )
        if bouton.statut == 409:
            assert "La sienne" in bouton.reponse.text
            assert "L’autre" in bouton.reponse.text


async def _a_l_etape(
    application: Any,
) -> tuple[dict[str, str], Navigateur, str, dict[str, str], dict[str, Any]]:
    """A draft's step as posted whole, a browser, the step's address, and what a page of it says."""
    chez, qui, moi = await entreprise()
    dossier = await f.brouillon(moi, chez)
    nav = qui.navigateur(application)
    url = f"/dossiers/{dossier['uid']}/etapes/formation"
    vue = dict((await nav.get(url)).formulaire(url).form_values())
    page = {nom: str(vue[nom]) for nom in ("_version", "_page")}
    complet = {n: str(v) for n, v in vue.items() if not n.startswith("_")}
    return complet, nav, url, page, dossier

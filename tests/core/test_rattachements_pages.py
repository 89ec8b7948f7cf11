"""The screens: every answer is inspected by the test browser; rights are read at each request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from portal.core.rattachements import codes, taches
from portal.core.rattachements.annonces import annoncer
from portal.core.rattachements.modeles import PERSONNALISE, octroi
from portal.core.rattachements.operations import accepter, supprimer
from portal.infra.base import executer, valeur
from portal.testing.navigateur import Navigateur
from portal.testing.sessions import ouvrir as ouvrir_session
from portal.web.identite import Personne
from tests.core.numeros import siren_neuf
from tests.core.rattachements_aides import (
    administrateur,
    droits,
    en_attente,
    etat_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip

Ouvrir = Callable[[Personne], Awaitable[Navigateur]]
TOUT = octroi(
    PERSONNALISE, ["rattachements.consulter", "rattachements.saisir", "rattachements.supprimer"]
)


@pytest.fixture
def ouvrir(navigateur: Callable[..., Navigateur]) -> Ouvrir:
    """A browser in which somebody is signed in."""

    async def faire(moi: Personne) -> Navigateur:
        for role in moi.roles:
            await executer(
                "insert into role_interne (compte, role) values ($1, $2) on conflict do nothing",
                moi.compte_id,
                role,
            )
        nav = navigateur()
        nav.client.cookies.set("session", await ouvrir_session(moi.compte_id))
        return nav

    return faire


async def test_c06_ask_see_what_happens_next_take_it_back(ouvrir: Ouvrir) -> None:
    s = await societe("Fonderie Kerbrat")
    nav = await ouvrir(await personne())
    page = await nav.get("/rattachements/demander")
    page = await nav.soumettre(
        page, "/rattachements/demander", identifiant=s.siret(), bouton=("_action", "verifier")
    )
    assert page.statut == 200
    assert "Fonderie Kerbrat" in page.texte
    assert "1 quai des Essais, 44000 Nantes" in page.texte
    page = await nav.soumettre(page, "/rattachements/demander", profil="adherent", message="RH")
    assert page.chemin == "/rattachements"
    assert "Un courrier part au siège" in page.texte
    assert "Demandes en attente" in page.texte
    assert "Aucune entreprise pour l’instant" in page.texte
    uid = await valeur("select uid from rattachement where siren = $1", s.siren)
    page = await nav.soumettre(page, f"/rattachements/{uid}/quitter")
    assert "Demandes en attente" not in page.texte
    assert await etat_de(uid) == "supprime"


async def test_b04_lookup_fragment_is_the_same_part_of_the_page(ouvrir: Ouvrir) -> None:
    s = await societe("Verrerie Ollivier")
    nav = await ouvrir(await personne())
    fragment = await nav.get(
        f"/entreprises/recherche?identifiant={s.siren}", headers={"HX-Request": "true"}
    )
    entiere = await nav.get(f"/entreprises/recherche?q={s.siren}")
    assert "Verrerie Ollivier" in fragment.texte
    (partie,) = entiere.html.xpath("//*[@id='entreprise-trouvee']")
    assert " ".join(partie.text_content().split()) == " ".join(fragment.html.text_content().split())
    prefill = await nav.get(f"/rattachements/demander?identifiant={s.siren}")
    assert prefill.html.xpath("//input[@name='profil'][@checked]/@value") == ["adherent"]


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("12345678", "vous en avez saisi 8"),
        ("732829321", "sa clé est fausse"),
        ("<script>alert(1)</script>", "ne comporte que des chiffres"),
        ("", "Renseignez"),
    ],
)
async def test_c06_wrong_number_is_told_beside_its_field(
    ouvrir: Ouvrir, saisi: str, attendu: str
) -> None:
    nav = await ouvrir(await personne())
    page = await nav.soumettre(
        await nav.get("/rattachements/demander"), "/rattachements/demander",
        identifiant=saisi, profil="adherent",
    )  # fmt: skip
    assert page.statut == 422
    assert attendu in page.erreur("identifiant")
    assert page.html.xpath("string(//title)").startswith("Erreur")


async def test_c06_unknown_company_keeps_what_was_typed(ouvrir: Ouvrir) -> None:
    nav = await ouvrir(await personne())
    page = await nav.soumettre(
        await nav.get("/rattachements/demander"), "/rattachements/demander",
        identifiant=siren_neuf(), profil="prestataire", message="Bonjour",
    )  # fmt: skip
    assert page.statut == 422
    assert "registre" in page.erreur("identifiant")
    assert page.html.xpath("string(//textarea[@name='message'])").strip() == "Bonjour"


async def test_c04_code_typed_badly_then_wrong_then_right(ouvrir: Ouvrir) -> None:
    s, moi = await societe("Chaudronnerie Le Bihan"), await personne()
    code, nav = await poser_code(s), await ouvrir(moi)
    page = await nav.get(f"/rattachements/code?siren={s.siren}&profil=adherent")
    page = await nav.soumettre(page, "/rattachements/code", code="ABCD")
    assert page.statut == 422
    assert "16 caractères ; vous en avez saisi 4" in page.erreur("code")
    page = await nav.soumettre(page, "/rattachements/code", code=codes.nouveau())
    assert page.statut == 422
    assert "Vérifiez chaque caractère" in page.erreur("code")
    assert "formulaire de contact" in page.texte
    tape = " ".join(codes.afficher(code).lower().replace("0", "o").split("-"))
    page = await nav.soumettre(page, "/rattachements/code", code=tape)
    assert page.chemin == f"/entreprise/{s.siren}/adherent/utilisateurs"
    assert "Vous êtes administrateur de Chaudronnerie Le Bihan" in page.texte
    assert "Un seul administrateur" in page.texte
    page = await nav.soumettre(page, f"/entreprise/{s.siren}/adherent/code/fermer")
    assert "Aucun code n’est valable" in page.texte


async def test_c04_sixth_try_is_429_and_refused_tries_are_kept(ouvrir: Ouvrir) -> None:
    s, moi = await societe(), await personne()
    nav = await ouvrir(moi)
    page = await nav.get(f"/rattachements/code?siren={s.siren}&profil=adherent")
    for _ in range(5):
        page = await nav.soumettre(page, "/rattachements/code", code=codes.nouveau())
        assert page.statut == 422
    page = await nav.soumettre(page, "/rattachements/code", code=codes.nouveau())
    assert page.statut == 429
    assert int(page.reponse.headers["Retry-After"]) > 3000
    assert "Recommencez dans 60 minutes" in page.erreur("code")


async def test_c07_administrator_accepts_from_the_list_and_from_the_detail(ouvrir: Ouvrir) -> None:
    s = await societe("Filature Bosser", lieux=2)
    chef, rh, autre = (
        await administrateur(s),
        await personne("Rose", "Un"),
        await personne("Luc", "Deux"),
    )
    premiere, seconde = await en_attente(rh, s), await en_attente(autre, s)
    nav = await ouvrir(chef)
    racine = f"/entreprise/{s.siren}/adherent"
    page = await nav.get(f"{racine}/utilisateurs")
    assert "2 demandes en attente" in page.texte
    page = await nav.soumettre(
        page, f"{racine}/demandes/{premiere}/accepter", modele="rh_etablissement"
    )
    assert "Rose Un a maintenant accès" in page.texte
    assert "Dossiers : consulter, saisir" in page.texte
    page = await nav.get(f"{racine}/demandes/{seconde}")
    page = await nav.soumettre(
        page,
        f"{racine}/demandes/{seconde}/accepter",
        modele="personnalise",
        portee="etablissements",
    )
    assert page.statut == 422
    assert "Choisissez au moins un établissement" in page.texte
    page = await nav.soumettre(
        page, f"{racine}/demandes/{seconde}/accepter", modele="personnalise",
        portee="etablissements", sirets=s.siret(2), droits=["rib.consulter", "factures.saisir"],
    )  # fmt: skip
    assert "Luc Deux a maintenant accès" in page.texte
    assert await droits(autre) == {"rib.consulter", "factures.consulter", "factures.saisir"}
    page = await nav.get(f"{racine}/demandes/{seconde}")
    assert page.statut == 409
    assert "déjà reçu une réponse" in page.texte


async def test_c07_refusal_needs_a_reason_that_the_asker_reads(ouvrir: Ouvrir) -> None:
    s, moi = await societe("Tannerie Quéré"), await personne()
    chef, uid = await administrateur(s), await en_attente(moi, s)
    nav, racine = await ouvrir(chef), f"/entreprise/{s.siren}/adherent"
    page = await nav.get(f"{racine}/demandes/{uid}")
    page = await nav.soumettre(page, f"{racine}/demandes/{uid}/refuser")
    assert page.statut == 422
    assert "Dites pourquoi" in page.erreur("motif")
    page = await nav.soumettre(page, f"{racine}/demandes/{uid}/refuser", motif="Inconnu chez nous")
    assert page.chemin == f"{racine}/utilisateurs"
    page = await (await ouvrir(moi)).get("/rattachements")
    assert "Refusé" in page.texte
    assert "Inconnu chez nous" in page.texte


async def test_c12_right_removed_while_the_session_is_open(ouvrir: Ouvrir) -> None:
    s, moi = await societe(), await personne()
    chef, uid = await administrateur(s), await en_attente(moi, s)
    await accepter(chef, uid, TOUT)
    nav, url = await ouvrir(moi), f"/entreprise/{s.siren}/adherent/utilisateurs"
    assert (await nav.get(url)).statut == 200
    await supprimer(chef, uid)
    assert (await nav.get(url)).statut == 403
    assert "Aucune entreprise pour l’instant" in (await nav.get("/rattachements")).texte


async def test_c09_out_of_the_perimeter_is_404_within_without_the_right_403(ouvrir: Ouvrir) -> None:
    s, autre = await societe(est_prestataire=True), await societe()
    chef, ailleurs, rh = await administrateur(s), await administrateur(autre), await personne()
    await accepter(chef, await en_attente(rh, s), octroi("rh_etablissement"))
    await accepter(await administrateur(autre), await en_attente(rh, autre), TOUT)
    uid = await en_attente(await personne(), s)
    racine = f"/entreprise/{s.siren}/adherent"
    urls = [f"{racine}/utilisateurs", f"{racine}/demandes/{uid}", f"{racine}/utilisateurs/{uid}"]
    for url in urls:
        assert (await (await ouvrir(ailleurs)).get(url)).statut == 404, url
        assert (await (await ouvrir(rh)).get(url)).statut == 403, url
    voisin = await (await ouvrir(chef)).get(f"/entreprise/{s.siren}/prestataire/utilisateurs")
    assert voisin.statut == 404
    nav = await ouvrir(ailleurs)
    siennes = f"/entreprise/{autre.siren}/adherent"
    assert (await nav.get(f"{siennes}/demandes/{uid}")).statut == 404
    for suite in ("accepter", "refuser"):
        poste = await nav.post(
            f"{siennes}/demandes/{uid}/{suite}", {"_cle": uid.hex + suite, "modele": "consultation"}
        )
        assert poste.statut == 404
    assert await etat_de(uid) == "en_attente"


async def test_c09_establishment_delegate_sees_only_her_people(ouvrir: Ouvrir) -> None:
    s = await societe(lieux=2)
    chef, delegue = await administrateur(s, "Anne", "Chef"), await personne("Dina", "Ici")
    await accepter(chef, await en_attente(delegue, s, s.siret(1)), TOUT)
    ici = await en_attente(await personne("Yann", "Proche"), s, s.siret(1))
    await en_attente(await personne("Zoé", "Loin"), s, s.siret(2))
    page = await (await ouvrir(delegue)).get(f"/entreprise/{s.siren}/adherent/utilisateurs")
    assert "Yann Proche" in page.texte
    assert "Zoé Loin" not in page.texte
    assert "Anne Chef" not in page.texte
    assert not page.html.xpath("//option[@value='administrateur']")
    assert page.html.xpath(f"//*[@id='demande-{ici}']")


async def test_c08_last_administrator_gets_the_reason(ouvrir: Ouvrir) -> None:
    s = await societe()
    chef = await administrateur(s)
    nav = await ouvrir(chef)
    uid = await valeur("select uid from rattachement where compte = $1", chef.compte_id)
    page = await nav.soumettre(await nav.get("/rattachements"), f"/rattachements/{uid}/quitter")
    assert page.statut == 409
    assert "successeur" in page.texte


async def test_c09_change_and_remove_a_persons_rights(ouvrir: Ouvrir) -> None:
    s, moi = await societe(), await personne("Rose", "Un")
    chef, uid = await administrateur(s), await en_attente(moi, s)
    await accepter(chef, uid, octroi("rh_etablissement"))
    nav, racine = await ouvrir(chef), f"/entreprise/{s.siren}/adherent"
    page = await nav.get(f"{racine}/utilisateurs/{uid}")
    page = await nav.soumettre(page, f"{racine}/utilisateurs/{uid}/habiliter", modele="comptable")
    assert "RIB : consulter, saisir" in page.texte
    page = await nav.get(f"{racine}/utilisateurs/{uid}")
    page = await nav.soumettre(page, f"{racine}/utilisateurs/{uid}/supprimer", motif="Mutation")
    assert "Rose Un n’a plus accès" in page.texte


async def test_d12_tasks_lead_to_the_exact_place() -> None:
    s, moi = await societe("Forge Tanguy"), await personne()
    chef = await administrateur(s)
    uid = await en_attente(moi, s)
    lui = Personne(**{**chef.__dict__, "droits": frozenset({"rattachements.saisir"})})
    trouvees = await taches.taches(lui)
    assert [t.url for t in trouvees if "Répondre" in t.titre] == [
        f"/entreprise/{s.siren}/adherent/utilisateurs#demande-{uid}"
    ]
    assert [t.titre for t in trouvees if "second" in t.titre] == [
        "Nommer un second administrateur de Forge Tanguy"
    ]
    assert await taches.taches(moi) == []
    t = await societe("Autre")
    await poser_code(t, depuis=85)
    await en_attente(moi, t)
    (saisir,) = await taches.taches(moi)
    assert saisir.url == f"/rattachements/code?siren={t.siren}&profil=adherent"
    assert saisir.echeance is not None


async def test_c05_staff_asks_for_a_code_and_never_sees_one(ouvrir: Ouvrir) -> None:
    s = await societe("Brasserie Cadiou", est_prestataire=True)
    code = await poser_code(s)
    nav = await ouvrir(await personne("Ines", "Roy", roles=("conseiller",)))
    page = await nav.get("/entreprises?q=cadiou")
    assert f"/entreprises/{s.siren}" in page.liens("Brasserie Cadiou")
    page = await nav.get(f"/entreprises/{s.siren}")
    assert "Valable" in page.texte
    assert code not in page.texte.replace("-", "")
    action = f"/entreprises/{s.siren}/adherent/code"
    page = await nav.soumettre(page, action)
    assert page.statut == 422
    assert "Dites pourquoi" in page.erreur("adherent.raison")
    page = await nav.soumettre(page, action, **{"adherent.raison": "Courrier non reçu"})
    assert "partira avec le prochain lot" in page.texte
    assert "Courrier non reçu" in page.texte
    page = await nav.get("/courriers")
    assert "Brasserie Cadiou" in page.texte


async def test_c03_named_administrator_is_active_once_the_account_exists(ouvrir: Ouvrir) -> None:
    s = await societe("Laiterie Abgrall")
    nav = await ouvrir(await personne("Ines", "Roy", roles=("aef",)))
    page = await nav.get(f"/entreprises/{s.siren}")
    action = f"/entreprises/{s.siren}/adherent/administrateurs"
    page = await nav.soumettre(page, action, **{"adherent.email": "pas une adresse"})
    assert page.statut == 422
    connue = await personne("Paul", "Abgrall")
    page = await nav.soumettre(page, action, **{
        "adherent.prenom": "Paul", "adherent.nom": "Abgrall", "adherent.email": connue.email,
    })  # fmt: skip
    assert "administrateur désigné" in page.texte
    assert "administrer" in await droits(connue)
    t = await societe()
    email = f"{t.siren}@exemple.fr"
    await annoncer(None, t.siren, t.profil, email=email, nom="Bon", prenom="Eva")
    from portal.core.comptes.operations import creer_compte

    compte = await creer_compte(email, "Motdepasse1!", civilite="Mme", nom="Bon", prenom="Eva")
    assert compte is not None
    etat = await valeur(
        "select administrateur from rattachement where compte = $1 and etat = 'actif'", compte.id
    )
    assert etat is True


@pytest.mark.parametrize("chemin", ["/entreprises", "/entreprises/732829320", "/courriers"])
async def test_c05_staff_pages_do_not_exist_for_companies(ouvrir: Ouvrir, chemin: str) -> None:
    assert (await (await ouvrir(await personne())).get(chemin)).statut == 404


async def test_c06_same_form_sent_twice_is_one_request(ouvrir: Ouvrir) -> None:
    s = await societe()
    nav = await ouvrir(await personne())
    page = await nav.get(f"/rattachements/demander?identifiant={s.siren}")
    premiere = await nav.soumettre(page, "/rattachements/demander")
    seconde = await nav.soumettre(page, "/rattachements/demander")
    assert (premiere.statut, seconde.statut) == (200, 200)
    assert await valeur("select count(*) from rattachement where siren = $1", s.siren) == 1


async def test_c06_signed_out_goes_to_sign_in(navigateur: Any) -> None:
    page = await navigateur().get("/rattachements")
    assert page.chemin.startswith("/connexion")

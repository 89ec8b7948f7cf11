"""Screens of waiting requests, of habilitations asked for, and of the staff's letters."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from portal.core.rattachements import relances
from portal.core.rattachements.codes import afficher
from portal.core.rattachements.codes import nouveau as autre_code
from portal.core.rattachements.modeles import octroi
from portal.core.rattachements.operations import accepter
from portal.infra import clock, jobs
from portal.infra.base import executer, sql1
from portal.testing.navigateur import Navigateur, PageLue
from portal.testing.sessions import ouvrir as ouvrir_session
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    administrateur,
    code_lu,
    en_attente,
    imprimer,
    lettres_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip

Ouvrir = Callable[[Personne], Awaitable[Navigateur]]


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


async def poster(nav: Navigateur, url: str, donnees: dict[str, str] | None = None) -> PageLue:
    """A form that the page did not offer."""
    return await nav.post(url, (donnees or {}) | {"_cle": str(uuid.uuid4())})


async def vieillir(uid: Any, jours: int) -> None:
    """As if the request had been made so many days ago, and the daily look had happened."""
    jour = await clock.aujourd_hui()
    await executer(
        "update rattachement r set demande_jour = $2::date - $3::integer where r.uid = $1"
        " or (r.administrateur and r.siren = (select siren from rattachement where uid = $1))",
        uid,
        jour,
        jours,
    )
    await relances.relancer()


async def test_c07_pending_request_says_since_when_and_offers_another_way_in_time(
    ouvrir: Ouvrir,
) -> None:
    s = await societe("Scierie Pennec")
    await administrateur(s)
    moi = await personne()
    uid = await en_attente(moi, s)
    nav = await ouvrir(moi)
    page = await nav.get("/rattachements")
    assert "L’administrateur de cette entreprise a été prévenu" in page.texte
    assert "Toujours sans réponse" not in page.texte
    assert (await poster(nav, f"/rattachements/{uid}/courrier")).statut == 409
    await vieillir(uid, 40)
    page = await nav.get("/rattachements")
    assert "Toujours sans réponse" in page.texte
    assert "/aide#contact" in page.liens("Contacter mon conseiller")
    page = await nav.soumettre(page, f"/rattachements/{uid}/courrier")
    assert "Un courrier partira au siège" in page.texte
    assert "part au siège avec le prochain lot" in page.texte
    autre = await ouvrir(await personne())
    assert (await poster(autre, f"/rattachements/{uid}/courrier")).statut == 404


async def test_c07_whoever_is_attached_asks_for_a_habilitation(ouvrir: Ouvrir) -> None:
    s = await societe("Filature Riou")
    chef, moi = await administrateur(s), await personne("Zoé", "Riou")
    await accepter(chef, await en_attente(moi, s), octroi("consultation", []))
    nav = await ouvrir(moi)
    page = await nav.get("/rattachements")
    (lien,) = page.liens("Demander une habilitation")
    page = await nav.get(lien)
    assert page.h1 == "Demander une habilitation"
    assert "Ce que vous pouvez y faire aujourd’hui" in page.texte
    page = await nav.soumettre(page, "/rattachements/demander", message="Saisir les dossiers")
    assert "droits supplémentaires" in page.texte
    page = await (await ouvrir(chef)).get("/notifications")
    assert "Zoé Riou demande une habilitation" in page.texte


async def test_c04_each_failure_of_a_code_gets_its_sentence_and_next_step(ouvrir: Ouvrir) -> None:
    s = await societe("Minoterie Le Bras", est_prestataire=True)
    code = await poser_code(s)
    nav = await ouvrir(await personne())
    page = await nav.get("/rattachements/code")
    tape = f" {afficher(code).lower().replace('0', 'o').replace('-', ' ')} "
    page = await nav.soumettre(
        page, "/rattachements/code", siren=s.siren, profil="prestataire", code=tape
    )
    assert page.statut == 422
    assert "Ce code est celui du profil Adhérent" in page.texte
    assert "Choisissez le profil Adhérent" in page.texte
    page = await nav.soumettre(page, "/rattachements/code", profil="adherent", code="7K2M")
    assert "16 caractères" in page.erreur("code")
    glisse = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(6):
        page = await nav.soumettre(page, "/rattachements/code", code=glisse)
    assert "cet essai ne compte pas" in page.erreur("code")
    page = await nav.soumettre(page, "/rattachements/code", code=autre_code())
    assert "/aide#contact" in page.liens("Faire envoyer un nouveau code")
    page = await nav.soumettre(page, "/rattachements/code", code=tape)
    assert "Vous êtes administrateur de Minoterie Le Bras" in page.texte


async def test_c03_only_conseiller_or_aef_attests_that_nobody_is_left(ouvrir: Ouvrir) -> None:
    s = await societe("Corderie Salaün")
    await administrateur(s)
    admin = await ouvrir(await personne(roles=("administrateur",)))
    page = await admin.get(f"/entreprises/{s.siren}")
    assert "seul un conseiller ou un AEF peut attester" in page.texte
    action = f"/entreprises/{s.siren}/adherent/code"
    donnees = {"adherent.raison": "Tous partis", "plus_aucun": "oui"}
    assert (await poster(admin, action, donnees)).statut == 403
    nav = await ouvrir(await personne(roles=("aef",)))
    page = await nav.get(f"/entreprises/{s.siren}")
    sans = await nav.soumettre(page, action, **{"adherent.raison": "Tous partis"})
    assert "cochez la case pour l’attester" in sans.texte
    page = await nav.soumettre(page, action, **donnees)
    assert "partira avec le prochain lot" in page.texte
    ligne = await sql1(
        "select details from journal where siren = $1"
        " and action = 'courrier.sans_administrateur_atteste'",
        s.siren,
    )
    assert ligne is not None
    assert ligne["details"]["raison"] == "Tous partis"


async def test_c03_first_mailing_is_prepared_from_the_page_as_a_job(
    base_neuve: str, ouvrir: Ouvrir
) -> None:
    s = await societe("Vannerie Floch")
    nav = await ouvrir(await personne(roles=("administrateur",)))
    page = await nav.get("/courriers")
    page = await nav.soumettre(page, "/courriers/premier-envoi")
    assert "Le premier envoi se prépare" in page.texte
    await jobs.vider()
    page = await nav.get("/courriers")
    assert "Vannerie Floch" in page.texte
    assert "Préparer le premier envoi" not in page.texte
    conseiller = await ouvrir(await personne(roles=("conseiller",)))
    assert "Premier envoi" not in (await conseiller.get("/courriers")).texte.split("En attente")[0]
    assert (await poster(conseiller, "/courriers/premier-envoi")).statut == 403
    assert s.siren


async def test_c02_a_lost_batch_is_made_again_with_new_codes_only(
    base_neuve: str, ouvrir: Ouvrir, tmp_path: Path
) -> None:
    s = await societe("Tannerie Morvan")
    await en_attente(await personne(), s)
    (numero,) = (await imprimer(tmp_path)).lots
    ancien = code_lu(lettres_de(tmp_path, s.siren)[0])
    nav = await ouvrir(await personne(roles=("administrateur",)))
    page = await nav.get("/courriers")
    page = await nav.soumettre(page, "/courriers/refaire", lot="2026-999999", raison="Incendie")
    assert page.statut == 422
    assert "Aucun lot" in page.erreur("lot")
    page = await nav.soumettre(page, "/courriers/refaire", lot=numero, raison="Palette perdue")
    assert "1 courrier à refaire" in page.texte
    assert (
        await poster(nav, "/courriers/refaire", {"lot": numero, "raison": "Encore"})
    ).statut == 409
    (neuf,) = (await imprimer(tmp_path)).lots
    lettre = next(x for x in lettres_de(tmp_path, s.siren) if code_lu(x) != ancien)
    for code, attendu in ((ancien, 422), (code_lu(lettre), 200)):
        nav = await ouvrir(await personne())
        page = await nav.get("/rattachements/code")
        page = await nav.soumettre(
            page, "/rattachements/code", siren=s.siren, profil="adherent", code=code
        )
        assert page.statut == attendu
    assert neuf != numero

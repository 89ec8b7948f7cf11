"""A04, A06: sessions open, rest, end; the person's own page."""

from datetime import timedelta

import pytest

from portal.core.comptes import sessions
from portal.core.comptes.operations import creer_interne, desactiver
from portal.core.comptes.purge import purger
from portal.core.comptes.queries import charger_personne
from portal.infra import base, clock
from portal.infra.base import executer, sql, sql1
from tests.core.comptes_aides import (
    IDENTITE,
    MOT_DE_PASSE,
    adresse,
    connecter,
    oublier_limites,
    personne,
)  # fmt: skip

ICI = {"appareil": "Essai", "ip": "192.0.2.8"}
AILLEURS = {"appareil": "Essai", "ip": "203.0.113.9"}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


@pytest.fixture
def plus_tard(monkeypatch):
    vrai = clock.instant

    def avancer(**duree):
        monkeypatch.setattr(clock, "instant", lambda: vrai() + timedelta(**duree))

    return avancer


async def test_a04_a_token_chosen_by_someone_else_is_never_adopted(navigateur) -> None:
    """Session fixation: the token is new at sign-in, and the one that came along is dead."""
    compte, nav = await personne(), navigateur()
    nav.client.cookies.set("session", "choisi-par-un-autre")
    await connecter(nav, compte.email)
    assert await charger_personne("choisi-par-un-autre") is None
    premier = _jeton(nav)
    autre = navigateur()
    autre.client.cookies.set("session", premier)
    page = await autre.post(
        "/connexion", {"email": compte.email, "mot_de_passe": MOT_DE_PASSE}, suivre=False
    )
    assert page.statut == 303
    assert await charger_personne(premier) is None, "the session that came along has ended"


def _jeton(nav) -> str:
    return [c.value for c in nav.client.cookies.jar if c.name == "session"][-1]


async def test_a04_only_the_hash_of_a_token_is_kept() -> None:
    compte = await personne()
    jeton = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    assert len(jeton) >= 43
    ligne = await sql1("select * from session where compte = $1", compte.id)
    assert jeton not in str(ligne)
    assert len(ligne["jeton"]) == 32


@pytest.mark.parametrize("jeton", ["", "x", "x" * 5000, "é", "\x00"])
async def test_a04_a_nonsense_token_is_nobody(jeton) -> None:
    assert await charger_personne(jeton) is None


async def test_a04_a_session_ends_by_rest_and_by_age(plus_tard) -> None:
    compte = await personne()
    jeton = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    plus_tard(hours=1, minutes=59)
    assert await charger_personne(jeton), "and this is a sign of life"
    plus_tard(hours=3, minutes=58)
    assert await charger_personne(jeton)
    for demi_heures in range(8, 24):
        plus_tard(minutes=30 * demi_heures)
        assert await charger_personne(jeton)
    plus_tard(hours=12, seconds=1)
    assert await charger_personne(jeton) is None, "twelve hours at most, however busy"
    repos = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    plus_tard(hours=14, minutes=1, seconds=2)
    assert await charger_personne(repos) is None


async def test_a04_staff_sessions_rest_an_hour_only(plus_tard) -> None:
    agent = await creer_interne(
        adresse(), MOT_DE_PASSE, **IDENTITE, roles=["gestionnaire", ("conseiller", "1517", "11")]
    )
    jeton = (await sessions.connecter(agent.email, MOT_DE_PASSE, **ICI)).jeton
    moi = await charger_personne(jeton)
    assert moi.roles == {"gestionnaire", "conseiller"}
    assert moi.est_interne
    bornes = await sql("select * from perimetre_interne($1, 'conseiller')", agent.id)
    assert bornes == [{"idcc": "1517", "region": "11"}]
    plus_tard(hours=1, seconds=1)
    assert await charger_personne(jeton) is None


async def test_a04_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="inconnu"):
        await creer_interne(adresse(), MOT_DE_PASSE, **IDENTITE, roles=["roi"])


async def test_a04_who_is_asking_is_one_query_and_changes_nothing(monkeypatch) -> None:
    compte = await personne()
    jeton = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    vrai, n = base._connexion, [0]

    def compter(*args):
        n[0] += 1
        return vrai(*args)

    monkeypatch.setattr(base, "_connexion", compter)
    moi = await charger_personne(jeton)
    assert n == [1]
    assert (moi.email, moi.nom_affiche, moi.roles) == (compte.email, "Claire Durand", frozenset())


async def test_a04_a_closed_account_is_out_at_once() -> None:
    compte = await personne()
    jeton = (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton
    await desactiver(compte.id, acteur=None)
    assert await charger_personne(jeton) is None
    assert (await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton is None


async def test_a04_my_sessions_are_listed_and_ended_one_by_one(navigateur) -> None:
    compte = await personne()
    ici = navigateur(entetes={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    ailleurs = navigateur(entetes={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    await connecter(ici, compte.email)
    await connecter(ailleurs, compte.email)
    page = await ici.get("/compte/securite")
    assert "Firefox sur Windows" in page.texte
    assert "Safari sur iPhone" in page.texte
    (action,) = page.html.xpath("//form[contains(@action, '/terminer')]/@action")[:1]
    page = await ici.soumettre(page, action)
    assert "La session est terminée" in page.texte
    assert (await ailleurs.get("/compte")).chemin.startswith("/connexion")
    assert (await ici.get("/compte")).statut == 200
    assert "Safari sur iPhone" not in (await ici.get("/compte/securite")).texte


async def test_a04_nobody_ends_somebody_else_s_session(navigateur) -> None:
    victime, nav = await personne(), navigateur()
    jeton = (await sessions.connecter(victime.email, MOT_DE_PASSE, **AILLEURS)).jeton
    uid = (await sql1("select uid from session where compte = $1", victime.id))["uid"]
    await connecter(nav, (await personne()).email)
    page = await nav.post(f"/compte/sessions/{uid}/terminer", {"_cle": "x-ailleurs"})
    assert page.statut == 404
    assert await charger_personne(jeton)


async def test_a04_all_my_other_sessions_at_once(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    jetons = [(await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)).jeton for _ in range(3)]
    await connecter(nav, compte.email)
    await nav.soumettre(await nav.get("/compte/securite"), "/compte/sessions/terminer-les-autres")
    assert [await charger_personne(j) for j in jetons] == [None] * 3
    assert (await nav.get("/compte")).statut == 200


async def test_a06_my_page_changes_identity_and_the_choice_of_mails(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    await connecter(nav, compte.email)
    page = await nav.soumettre(
        await nav.get("/compte"), "/compte", nom="Martin", telephone="06.12.34.56.78",
        courriels="quotidien",
    )  # fmt: skip
    assert "enregistrées" in page.texte
    ligne = await sql1("select nom, telephone, courriels from compte where id = $1", compte.id)
    assert ligne == {"nom": "Martin", "telephone": "+33612345678", "courriels": "quotidien"}
    page = await nav.soumettre(page, "/compte", nom="", courriels="toujours")
    assert page.statut == 422
    assert page.erreur("nom")
    ligne = await sql1(
        "select details from journal where objet_uid = $1 and action = 'compte.modifie'", compte.uid
    )
    assert ligne["details"] == {"champs": ["nom", "telephone", "courriels"]}


async def test_a04_what_is_of_no_more_use_goes_away(base_neuve, plus_tard) -> None:
    compte = await personne()
    await sessions.connecter(compte.email, MOT_DE_PASSE, **ICI)
    await sessions.connecter(compte.email, "Pas-le-bon-1", **ICI)
    await executer(
        "insert into saisie_parquee (compte, chemin, contenu, creee_le, expire_le)"
        " values ($1, '/x', '', $2, $2)", compte.id, clock.instant() + timedelta(hours=1),
    )  # fmt: skip
    plus_tard(days=31)
    await purger()
    for table in ("session", "saisie_parquee"):
        assert await sql(f"select 1 from {table} where compte = $1", compte.id) == []
    assert await sql("select 1 from tentative") == []

"""A form posted with an ended session is there after signing in again, for its author alone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.core.comptes import parcage
from portal.infra import clock
from portal.infra.base import executer, sql, sql1
from tests.core.comptes_aides import MOT_DE_PASSE, connecter, oublier_limites, personne

SAISIE = {"civilite": "M.", "nom": "Lefèvre", "prenom": "Ligne 1\nLigne 2", "courriels": "jamais"}


@pytest.fixture(autouse=True)
async def _limites():
    await oublier_limites()


async def _finir(compte_id: int) -> None:
    await executer(
        "update session set terminee_le = $2 where compte = $1", compte_id, clock.instant()
    )


async def _parquer(nav, compte, donnees=None, **options):
    await connecter(nav, compte.email)
    await nav.get("/compte")
    await _finir(compte.id)
    return await nav.post("/compte", {**SAISIE, **(donnees or {}), "_cle": compte.email}, **options)


async def _se_reconnecter(nav, page, email):
    return await nav.soumettre(
        page, contenant="mot_de_passe", email=email, mot_de_passe=MOT_DE_PASSE
    )


async def test_a_form_posted_too_late_is_taken_up_again(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    page = await _parquer(nav, compte)
    assert page.chemin.startswith("/connexion?reprise=")
    assert "votre saisie est gardée" in page.texte
    page = await _se_reconnecter(nav, page, compte.email)
    assert page.h1 == "Votre saisie est gardée"
    assert (await sql1("select nom from compte where id = $1", compte.id))["nom"] == "Durand"
    formulaire = page.formulaire("/compte")
    envoyes = dict(formulaire.form_values())
    assert envoyes.pop("_cle") != compte.email, "a fresh key"
    assert envoyes == SAISIE
    page = await nav.soumettre(page, "/compte", prenom="Luc")
    assert "enregistrées" in page.texte
    assert (await sql1("select nom from compte where id = $1", compte.id))["nom"] == "Lefèvre"


async def test_it_is_kept_encrypted_without_files_passwords_and_codes(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    await _parquer(
        nav, compte,
        {"mot_de_passe": "Secret-123", "confirmation": "Secret-123", "code": "123456",
         "personne.a1.code_activation": "ABCD", "code_postal": "75012"},
        fichiers={"devis": ("devis.pdf", b"%PDF-1.7 canari", "application/pdf")},
    )  # fmt: skip
    ligne = await sql1("select * from saisie_parquee where compte = $1", compte.id)
    assert "Lefèvre".encode() not in bytes(ligne["contenu"])
    parquee = await parcage.lire(compte.id, str(ligne["uid"]))
    assert dict(parquee.champs) == {**SAISIE, "code_postal": "75012"}


async def test_it_is_its_author_s_alone(navigateur) -> None:
    compte, autre = await personne(), await personne()
    nav = navigateur()
    page = await _parquer(nav, compte)
    uid = page.chemin.rpartition("=")[2]
    page = await _se_reconnecter(nav, page, autre.email)
    assert not page.chemin.startswith("/reprise")
    assert (await nav.get(f"/reprise/{uid}")).statut == 404
    assert await parcage.lire(autre.id, uid) is None
    assert (await navigateur().get(f"/reprise/{uid}")).chemin.startswith("/connexion")


async def test_it_is_kept_for_an_hour(navigateur, monkeypatch) -> None:
    compte, nav = await personne(), navigateur()
    uid = (await _parquer(nav, compte)).chemin.rpartition("=")[2]
    assert await parcage.lire(compte.id, uid)
    vrai = clock.instant
    monkeypatch.setattr(clock, "instant", lambda: vrai() + timedelta(hours=1, seconds=1))
    assert await parcage.lire(compte.id, uid) is None


async def test_moved_to_another_account_or_place_it_can_t_be_read(navigateur) -> None:
    compte, autre, nav = await personne(), await personne(), navigateur()
    uid = (await _parquer(nav, compte)).chemin.rpartition("=")[2]
    await executer(
        "update saisie_parquee set compte = $2 where uid = $1::text::uuid", uid, autre.id
    )
    with pytest.raises(Exception, match="altérée ou déplacée"):
        await parcage.lire(autre.id, uid)


async def test_htmx_is_sent_to_the_sign_in_page(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    page = await _parquer(nav, compte, entetes={"HX-Request": "true"})
    assert page.statut == 401
    assert page.reponse.headers["hx-redirect"].startswith("/connexion?reprise=")


@pytest.mark.parametrize("cookie", [None, "inconnu", "x" * 4000])
async def test_without_a_former_session_nothing_is_kept(navigateur, cookie) -> None:
    nav = navigateur()
    if cookie:
        nav.client.cookies.set("session", cookie)
    avant = (await sql("select count(*) as n from saisie_parquee"))[0]["n"]
    page = await nav.post("/compte", {**SAISIE, "_cle": "sans-session"})
    assert page.chemin == "/connexion"
    assert (await sql("select count(*) as n from saisie_parquee"))[0]["n"] == avant


async def test_too_much_is_not_kept(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    page = await _parquer(nav, compte, {"nom": "x" * 400_000})
    assert page.chemin == "/connexion"


@pytest.mark.parametrize("uid", ["x", "0", "00000000-0000-0000-0000-000000000000"])
async def test_an_invented_one_is_not_there(navigateur, uid) -> None:
    compte, nav = await personne(), navigateur()
    await connecter(nav, compte.email)
    assert (await nav.get(f"/reprise/{uid}")).statut == 404


async def test_signing_in_with_an_invented_one_leads_home(navigateur) -> None:
    compte, nav = await personne(), navigateur()
    page = await nav.get("/connexion?reprise=../../mal")
    page = await nav.soumettre(
        page, contenant="mot_de_passe", email=compte.email, mot_de_passe=MOT_DE_PASSE, suivre=False
    )
    assert page.reponse.headers["location"] == "/accueil"


def test_a_route_may_say_where_its_values_are_posted_again() -> None:
    demande = SimpleNamespace(
        route_handler=SimpleNamespace(opt={"reprise": "/dossiers/{uid}/etapes/{etape}"}),
        path_params={"uid": "u1", "etape": "couts"},
    )
    assert parcage._ou_reprendre(demande) == "/dossiers/u1/etapes/couts"

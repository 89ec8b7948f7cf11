"""« Aide et contacts » (L01, B05): my conseiller, the form signed in or not, who answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.core.contact import operations, queries
from portal.core.contact.formulaires import LES_REGIONS, SUJETS
from portal.core.entreprises.operations import enregistrer_conseiller
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, valeur
from portal.testing.navigateur import Navigateur, PageLue
from portal.testing.sessions import ouvrir as ouvrir_session
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne
from tests.core.rattachements_aides import administrateur, personne, societe

Navigateurs = Callable[..., Navigateur]
BRETAGNE = "Bretagne"


@pytest.fixture(autouse=True)
async def _sans_attente() -> None:
    await executer("delete from tentative where genre like 'contact.%'")


async def repondant(
    region: str | None, role: str = "conseiller", idcc: str | None = None
) -> Personne:
    moi = await personne("Claire", "Denis", roles=(role,))
    await executer(
        "insert into role_interne (compte, role, region, idcc) values ($1, $2, $3, $4)",
        moi.compte_id,
        role,
        region,
        idcc,
    )
    return moi


async def connecte(navigateur: Navigateurs, moi: Personne) -> Navigateur:
    nav = navigateur()
    nav.client.cookies.set("session", await ouvrir_session(moi.compte_id))
    return nav


def adresse() -> str:
    return f"{uuid.uuid4().hex}@exemple.fr"


async def envoyer(nav: Navigateur, **champs: Any) -> PageLue:
    page = await nav.get("/aide")
    valeurs = {
        "region": BRETAGNE, "sujet": "projet", "message": "Bonjour, un projet.",
        "nom": "Jo O'Brien-Ñandú 李", "email": adresse(), **champs,
    }  # fmt: skip
    return await nav.soumettre(page, "/aide/contact", **valeurs)


async def recue(email: str) -> dict[str, Any]:
    ligne = await sql1("select * from demande_contact where email = $1", email)
    assert ligne is not None
    return ligne


async def test_l01_a_message_without_an_account_is_kept_told_and_acknowledged(
    navigateur: Navigateurs,
) -> None:
    ici, ailleurs = await repondant(BRETAGNE), await repondant("Normandie")
    qui = adresse()
    page = await envoyer(navigateur(), email=f" {qui.upper()} ", siren="356 000 000 00048")
    assert (page.statut, page.chemin) == (200, "/aide")
    assert f"Un accusé de réception part à {qui}" in page.texte
    demande = await recue(qui)
    assert (demande["region"], demande["siren"], demande["compte"]) == (BRETAGNE, "356000000", None)
    assert demande["nom"] == "Jo O'Brien-Ñandú 李"
    cloches = await sql(
        "select compte, url from notification where cle = $1", f"contact:{demande['uid']}"
    )
    comptes = {c["compte"] for c in cloches}
    assert ici.compte_id in comptes
    assert ailleurs.compte_id not in comptes
    assert cloches[0]["url"] == f"/contacts/{demande['uid']}"
    (accuse,) = await sql("select sujet, texte from courriel where a = $1", qui)
    assert "Bretagne" in accuse["texte"]
    assert "un projet" not in accuse["texte"]


async def test_l01_without_a_conseiller_of_the_region_somebody_is_told(
    navigateur: Navigateurs,
) -> None:
    await executer(
        "delete from role_interne where role in ('conseiller', 'aef')"
        " and (region is null or region = 'Mayotte')"
    )
    chef = await repondant(None, "administrateur")
    qui = adresse()
    await envoyer(navigateur(), email=qui, region="Mayotte")
    cle = f"contact:{(await recue(qui))['uid']}"
    assert await valeur(
        "select 1 from notification where cle = $1 and compte = $2", cle, chef.compte_id
    )


HOSTILES = {
    "message": "<script>alert(1)</script> {{ 7*7 }} '; drop table compte;-- \u202eabc",
    "nom": "<b>Ève</b>",
}


async def test_l01_hostile_text_is_shown_as_text_to_the_staff(navigateur: Navigateurs) -> None:
    qui, moi = adresse(), await repondant(BRETAGNE)
    await envoyer(navigateur(), email=qui, **HOSTILES)
    nav = await connecte(navigateur, moi)
    page = await nav.get(f"/contacts/{(await recue(qui))['uid']}")
    assert "<script>alert(1)</script> {{ 7*7 }} '; drop table compte;-- abc" in page.texte
    assert page.html.xpath("//main//script") == []
    assert "<b>Ève</b>" in page.texte


@pytest.mark.parametrize(
    ("champs", "nom", "dit"),
    [
        ({"region": "Ailleurs"}, "region", "Choisissez une valeur"),
        ({"sujet": ""}, "sujet", "Choisissez un sujet"),
        ({"message": "  "}, "message", "Écrivez votre message"),
        ({"message": "x" * 3001}, "message", "3000 caractères au plus"),
        ({"email": "à@exemple.fr"}, "email", "ni accent"),
        ({"email": "a@b.fr\nBcc: c@d.fr"}, "email", "adresse e-mail"),
        ({"siren": "123"}, "siren", "SIREN (9 chiffres)"),
        ({"telephone": "appelez-moi"}, "telephone", "pas valide"),
    ],
)  # fmt: skip
async def test_l01_a_wrong_field_is_told_and_what_was_typed_stays(
    navigateur: Navigateurs, champs: dict[str, str], nom: str, dit: str
) -> None:
    page = await envoyer(navigateur(), **champs)
    assert page.statut == 422
    assert dit in page.erreur(nom)
    assert page.html.xpath("//input[@name='nom']/@value") == ["Jo O'Brien-Ñandú 李"]


async def test_l01_many_messages_are_slowed_and_the_text_is_kept(navigateur: Navigateurs) -> None:
    qui, nav = adresse(), navigateur()
    for _ in range(operations.PAR_ADRESSE.libres):
        assert (await envoyer(nav, email=qui)).statut == 200
    refus = await envoyer(nav, email=qui, message="Le quatrième")
    assert refus.statut == 429
    assert int(refus.reponse.headers["retry-after"]) > 0
    assert "Votre texte est gardé" in refus.texte
    assert refus.html.xpath("//textarea[@name='message']/text()")[0].strip() == "Le quatrième"
    assert await valeur("select count(*) from demande_contact where email = $1", qui) == 3


async def test_b05_my_conseiller_is_named_signed_in_and_the_form_knows_me(
    navigateur: Navigateurs,
) -> None:
    suivie, seule = await societe("Imprimerie Roux"), await societe("Imprimerie Noir")
    moi = await administrateur(suivie)
    await enregistrer_conseiller(
        "Yann Kervella",
        "02 40 00 00 01",
        f"c{suivie.siren}@opco.example",
        entreprises=[suivie.siren],
    )
    page = await (await connecte(navigateur, moi)).get("/aide")
    carte = page.html.xpath("//section[@id='conseiller']")[0].text_content()
    assert "Yann Kervella" in carte
    assert "Imprimerie Roux" in carte
    assert f"mailto:c{suivie.siren}@opco.example" in page.liens()
    assert page.html.xpath("//input[@name='email']/@value") == [moi.email]
    assert page.html.xpath("//select[@name='region']/option[@selected]/@value") == [
        "Pays de la Loire"
    ]
    sans = await (await connecte(navigateur, await administrateur(seule))).get("/aide")
    assert "Aucun conseiller dédié" in sans.texte
    dehors = await navigateur().get("/aide?region=Bretagne&sujet=rattachement")
    assert dehors.html.xpath("//section[@id='conseiller']") == []
    assert dehors.html.xpath("//option[@selected]/@value") == ["Bretagne", "rattachement"]


async def test_l01_the_page_says_whether_the_line_is_open(
    navigateur: Navigateurs, horloge: Callable[..., Any]
) -> None:
    await horloge(datetime(2026, 11, 24, 10, 0))
    assert "Ouverte en ce moment, jusqu’à 12 h 30" in (await navigateur().get("/aide")).texte
    await horloge(datetime(2026, 11, 11, 10, 0))
    page = await navigateur().get("/aide")
    assert "Fermée en ce moment ; elle ouvre demain à 9 h" in page.texte


async def test_l01_staff_read_and_close_those_of_their_regions(navigateur: Navigateurs) -> None:
    moi, autre, qui = await repondant(BRETAGNE), await repondant("Normandie"), adresse()
    await envoyer(navigateur(), email=qui, sujet="facture")
    demande = await recue(qui)
    with pytest.raises(Introuvable):
        await queries.lire(autre, demande["uid"])
    assert await queries.compter(autre) == 0
    nav = await connecte(navigateur, moi)
    url = f"/contacts/{demande['uid']}"
    assert url in (await nav.get("/contacts")).liens(SUJETS["facture"])
    page = await nav.soumettre(await nav.get(url), f"{url}/clore", suite="Rappelée")
    assert page.chemin == "/contacts"
    assert url not in page.liens()
    assert url in (await nav.get("/contacts?etat=close")).liens()
    assert "Rappelée" in (await nav.get(url)).texte
    with pytest.raises(Conflit):
        await operations.clore(moi, demande["id"], "")


async def test_l01_a_closed_message_is_erased_after_its_time(horloge: Callable[..., Any]) -> None:
    moi, qui = await repondant(BRETAGNE), adresse()
    valeurs = {"region": BRETAGNE, "sujet": "autre", "message": "?", "nom": "A", "email": qui}
    await operations.ecrire(None, valeurs, "192.0.2.1")
    await operations.clore(moi, (await recue(qui))["id"], "")
    await horloge(await clock.maintenant() + timedelta(days=364))
    await operations.purger()
    await recue(qui)
    await horloge(await clock.maintenant() + timedelta(days=1))
    await operations.purger()
    assert await valeur("select count(*) from demande_contact where email = $1", qui) == 0


async def test_l01_an_open_message_is_told_of_then_erased(horloge: Callable[..., Any]) -> None:
    moi, qui = await repondant(BRETAGNE), adresse()
    valeurs = {"region": BRETAGNE, "sujet": "autre", "message": "?", "nom": "A", "email": qui}
    uid = await operations.ecrire(None, valeurs, "192.0.2.1")

    async def annonces() -> list[str]:
        return [x["titre"] for x in await sql(
            "select titre from notification where compte = $1 and cle = $2",
            moi.compte_id, f"contact-fin:{uid}",
        )]  # fmt: skip

    depart = await clock.maintenant()
    await horloge(depart + timedelta(days=334))
    await operations.purger()
    assert await annonces() == []
    # The job was long away: the message is told of first all the same.
    await horloge(depart + timedelta(days=400))
    await operations.purger()
    await operations.purger()
    (titre,) = await annonces()
    assert "bientôt effacée" in titre
    await horloge(depart + timedelta(days=429))
    await operations.purger()
    await recue(qui)
    await horloge(depart + timedelta(days=430))
    await operations.purger()
    assert await valeur("select count(*) from demande_contact where email = $1", qui) == 0


async def test_l01_a_role_of_one_branch_reads_and_hears_of_that_branch_alone() -> None:
    s, autre = await societe(idcc="0843"), await societe(idcc="1979")
    moi = await repondant(None, idcc="0843")
    uids = {}
    for siren in (s.siren, autre.siren, None):
        valeurs = {"region": BRETAGNE, "sujet": "autre", "message": "?", "nom": "A",
                   "email": adresse(), "siren": siren}  # fmt: skip
        uids[siren] = await operations.ecrire(None, valeurs, "192.0.2.1")
    assert (await queries.lire(moi, uids[s.siren])).siren == s.siren
    for siren in (autre.siren, None):
        with pytest.raises(Introuvable):
            await queries.lire(moi, uids[siren])
    assert await queries.compter(moi) == 1
    recues = await sql("select url from notification where compte = $1", moi.compte_id)
    assert [x["url"] for x in recues] == [f"/contacts/{uids[s.siren]}"]


def test_l01_every_region_has_its_form() -> None:
    assert len(LES_REGIONS) == 18

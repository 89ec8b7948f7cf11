"""A06: the branch and the region kept for the next visit; names and addresses as people have them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import asyncpg
import pytest

from portal.core.comptes import commandes, facteurs, motdepasse, preferences
from portal.core.comptes.queries import charger_personne
from portal.infra.base import sql1, valeur
from tests.core.comptes_aides import (
    adresse,
    code_recu,
    connecter,
    demander_code,
    oublier_limites,
    personne,
)


@pytest.fixture(autouse=True)
async def _limites() -> None:
    await oublier_limites()


async def test_a06_the_branch_and_the_region_are_kept_for_the_next_visit(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    await connecter(nav, compte.email)
    page = await nav.get("/compte")
    assert len(preferences.OFFERTES.regions) == 18
    assert any("0573" in libelle for _, libelle in preferences.OFFERTES.secteurs)
    page = await nav.soumettre(page, "/compte", secteur="0573", region="Bretagne")
    assert page.html.xpath("//select[@name='region']/option[@selected]/@value") == ["Bretagne"]
    neuf = navigateur()
    await connecter(neuf, compte.email)
    moi = await charger_personne(neuf.client.cookies["session"])
    assert moi is not None
    assert (moi.attributs["secteur"], moi.attributs["region"]) == ("0573", "Bretagne")
    page = await neuf.soumettre(await neuf.get("/compte"), "/compte", secteur="", region="")
    ligne = await sql1("select secteur, region from compte where id = $1", compte.id)
    assert ligne == {"secteur": None, "region": None}


@pytest.mark.parametrize("champs", [{"secteur": "9999x"}, {"region": "Atlantide"}])
async def test_a06_only_what_is_offered_is_kept(navigateur, champs) -> None:
    nav, compte = navigateur(), await personne()
    await connecter(nav, compte.email)
    page = await nav.get("/compte")
    poste = dict(page.formulaire("/compte").form_values()) | champs
    page = await nav.post("/compte", poste)
    assert page.statut == 422
    assert "Choisissez une valeur de la liste" in page.texte
    assert await valeur(
        "select secteur is null and region is null from compte where id = $1", compte.id
    )


@pytest.mark.parametrize(
    ("saisi", "dit"),
    [
        ("claire @entreprise.fr", "ne comporte pas d’espace"),
        ("clаire@entreprise.fr", "autre alphabet"),
        ("élise@entreprise.fr", "ni accent"),
    ],
)
async def test_a01_a_doubtful_address_gets_its_sentence(navigateur, saisi, dit) -> None:
    page = await demander_code(navigateur(), saisi)
    assert page.statut == 422
    assert dit in page.erreur("email")


async def test_a01_capitals_and_copied_spaces_are_the_same_address(navigateur) -> None:
    nav, email = navigateur(), adresse("Claire")
    page = await demander_code(nav, f"\u00a0{email.upper()}\u200b ")
    assert page.chemin == "/compte/code"
    await code_recu(email.lower())


async def test_a01_a_name_of_any_script_is_kept_as_it_is(navigateur) -> None:
    nav, compte = navigateur(), await personne()
    await connecter(nav, compte.email)
    nom = "O'Brien-Ñandú 李"
    page = await nav.soumettre(await nav.get("/compte"), "/compte", nom=nom)
    assert page.statut == 200
    assert nom in page.texte
    assert await valeur("select nom from compte where id = $1", compte.id) == nom


@pytest.mark.parametrize("chemin", ["connexion", "inscription", "oublie", "email"])
async def test_a04_known_and_unknown_addresses_cost_the_same_work(
    navigateur, monkeypatch: pytest.MonkeyPatch, chemin: str
) -> None:
    """Counted, not timed: argon2, statements of the database, mails."""
    connue = (await personne()).email
    travaux = [await _travail(navigateur, monkeypatch, chemin, e) for e in (connue, adresse())]
    assert travaux[0] == travaux[1]
    assert travaux[0][0] == (1 if chemin == "connexion" else 0)


async def _travail(navigateur, monkeypatch, chemin: str, email: str) -> tuple[int, int, int, int]:
    """(argon2 runs, statements, mails, status) of one post with this address."""
    nav = navigateur()
    if chemin == "email":
        await connecter(nav, (await personne()).email)
    ou, champs = {
        "connexion": ("/connexion", {"email": email, "mot_de_passe": "Pas-le-bon-1"}),
        "inscription": ("/compte/creer", {"email": email}),
        "oublie": ("/mot-de-passe/oublie", {"email": email}),
        "email": ("/compte/email", {"email": email}),
    }[chemin]
    page = await nav.get(ou)
    faits: Counter[str] = Counter()
    with monkeypatch.context() as m:
        for nom in ("verifier_ici", "hacher_ici"):
            m.setattr(motdepasse, nom, _compter(faits, "argon2", getattr(motdepasse, nom)))
        for nom in ("fetch", "fetchrow", "fetchval", "execute"):
            vrai = getattr(asyncpg.Connection, nom)
            m.setattr(asyncpg.Connection, nom, _compter(faits, "sql", vrai))
        avant = await valeur("select count(*) from courriel")
        page = await nav.soumettre(page, contenant="email", suivre=False, **champs)
        apres = await valeur("select count(*) from courriel")
    return faits["argon2"], faits["sql"], apres - avant, page.statut


def _compter(faits: Counter[str], quoi: str, fonction: Any) -> Any:
    def faire(*mots: Any, **options: Any) -> Any:
        faits[quoi] += 1
        return fonction(*mots, **options)

    return faire


async def test_a05_the_command_helps_whoever_has_lost_everything() -> None:
    compte = await personne()
    await facteurs.installer_totp(compte.id, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    dit = await commandes.reinitialiser_facteurs(compte.email.upper())
    assert "prochaine connexion" in dit
    assert not await facteurs.en_a(compte.id)
    with pytest.raises(Exception, match="second facteur"):
        await commandes.reinitialiser_facteurs(compte.email)
    with pytest.raises(Exception, match="pas de compte"):
        await commandes.reinitialiser_facteurs(adresse())

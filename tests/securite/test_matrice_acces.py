"""Rights (C06, C09, C11, C12): every route × those whose access is absent, pending, elsewhere, just
removed, by mandate, or not confirmed by a second factor. See `test_matrice.py` for the others.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from portal.core.rattachements.mandats import operations as mandats
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.infra import clock
from portal.infra.base import executer
from portal.testing import sessions
from portal.testing.navigateur import Navigateur, PageFautive
from portal.web.garde import DROITS
from tests.core.numeros import siret_de
from tests.securite import fabrique as f
from tests.securite.base_figee import defait, differences, empreintes
from tests.securite.fabrique import Acteur
from tests.securite.monde import Monde
from tests.securite.routes import PERSONNEL, A, Route
from tests.securite.test_matrice import (
    ABSENT,
    CONNEXION,
    INTERDIT,
    OK,
    SANS_SUITE,
    demander,
    obtenu,
    poster,
    toutes,
)

__all__ = ["toutes"]

Attendu = Callable[[Route], str]
PARQUEE = frozenset({"saisie_parquee"})
"""What is posted before the second proof is kept, and comes back after it."""

# What a person of one establishment reaches of her company's own pages: those that show each as far
# as the right goes. Objects of the whole company, or of the other establishment, do not exist.
PAGES_D_ETABLISSEMENT = re.compile(
    r"^/entreprise/\{siren:str\}/\{profil:str\}/(utilisateurs|habilitations|mandats)$"
    r"|/mandats/\{uid:uuid\}(/papier)?$"
)
PAGES_D_ENTREPRISE = re.compile(
    r"/code/fermer$|/journal(/export)?$|^/rib/\{siren:str\}/|^/factures/historique/rib/"
)
DOSSIERS_PAR_MANDAT = re.compile(r"^/(dossiers|documents|lettres)/")
# A mandate never cancels what was sent, and never carries over the invoices of a dossier.
HORS_MANDAT = re.compile(r"/annuler$|/remboursement$")


def sans_acces(route: Route) -> str:
    """Signed in, with no right anywhere."""
    if route.droit == "public":
        return OK
    if route.droit == "connecte":
        return ABSENT if route.de == PERSONNEL else OK
    return ABSENT if route.droit.startswith("interne") else INTERDIT


def ailleurs(route: Route) -> str:
    """Every right, but on another company: what is not hers does not exist."""
    if route.droit.startswith("interne"):
        return ABSENT
    return ABSENT if route.de in (A, PERSONNEL) else OK


def autre_etablissement(route: Route) -> str:
    """Every right, but on the other establishment of the same company. What is the whole company's
    is said to be (403); its objects and those of the first establishment do not exist."""
    if route.de == A and PAGES_D_ETABLISSEMENT.search(route.path):
        return OK
    if route.de == A and PAGES_D_ENTREPRISE.search(route.path):
        return INTERDIT
    return ailleurs(route)


def par_mandat(route: Route) -> str:
    """Every right at a body that has a mandate of the company, for this dispositif."""
    if route.de == A and DOSSIERS_PAR_MANDAT.match(route.path):
        return INTERDIT if HORS_MANDAT.search(route.path) else OK
    return ailleurs(route)


def second_facteur_manquant(route: Route) -> str:
    """Staff whose session rests on a password alone."""
    return OK if route.droit == "public" or route.avant_second else CONNEXION


async def parcourir(
    nav: Navigateur,
    routes: list[Route],
    monde: Monde,
    attendu: Attendu,
    sauf: frozenset[str] = frozenset(),
) -> str:
    """Every route as this person; what differs. Whoever is turned away has changed nothing."""
    fautes, avant = [], await empreintes()
    for route in routes:
        voulu = attendu(route)
        async with defait() if voulu == OK else nullcontext():
            try:
                page = await demander(nav, route, route.url(monde))
            except PageFautive as faute:
                fautes.append(f"{route.nom} : {faute}")
                continue
        vu = obtenu(page.reponse)
        if vu != voulu and not (route.nom in SANS_SUITE and vu in (ABSENT, INTERDIT)):
            fautes.append(f"{route.nom} : {vu} ({page.statut}), attendu {voulu}")
    changees = set(differences(avant, await empreintes())) - sauf
    return "\n".join(fautes + [f"changé : {table}" for table in sorted(changees)])


@pytest_asyncio.fixture(loop_scope="session")
async def entrer(application: Any) -> AsyncIterator[Callable[[Acteur], Navigateur]]:
    ouverts: list[Navigateur] = []

    def ouvrir(qui: Acteur) -> Navigateur:
        ouverts.append(qui.navigateur(application))
        return ouverts[-1]

    yield ouvrir
    for nav in ouverts:
        await nav.fermer()


Entrer = Callable[[Acteur], Navigateur]


async def test_c06_sans_rattachement_ou_en_attente_aucune_route_de_plus(
    toutes: list[Route], monde: Monde, entrer: Entrer
) -> None:
    for qui in (await f.acteur("Etranger"), monde["demandeur"]):
        assert not (await parcourir(entrer(qui), toutes, monde, sans_acces))


async def test_c09_un_autre_etablissement_de_la_meme_entreprise(
    toutes: list[Route], monde: Monde, entrer: Entrer
) -> None:
    qui = await f.acteur("Autrelieu")
    await f.rattacher(qui, monde.a, DROITS, siret=siret_de(monde.a.siren, 2))
    try:
        assert not (await parcourir(entrer(qui), toutes, monde, autre_etablissement))
    finally:
        await _oublier(qui)


@pytest.mark.parametrize("comment", ["rattachement", "habilitations", "profil"])
async def test_c12_un_droit_retire_il_y_a_une_seconde_session_ouverte(
    comment: str, toutes: list[Route], monde: Monde, entrer: Entrer
) -> None:
    qui = await f.acteur("Sortante")
    await f.rattacher(qui, monde.a, DROITS)
    nav = entrer(qui)
    try:
        assert (await nav.get(f"/dossiers/{monde.objets['transmis']}")).statut == 200
        await executer(
            {
                "rattachement": "update rattachement set etat = 'supprime' where compte = $1",
                "habilitations": "delete from habilitation h using rattachement r"
                " where r.id = h.rattachement and r.compte = $1",
                "profil": "update rattachement set profil = 'prestataire' where compte = $1",
            }[comment],
            qui.compte,
        )
        attendu = ailleurs if comment == "profil" else sans_acces
        assert not (await parcourir(nav, toutes, monde, attendu))
    finally:
        await _oublier(qui)


async def test_c11_un_mandat_ouvre_les_dossiers_et_rien_d_autre_puis_plus_rien(
    toutes: list[Route], monde: Monde, entrer: Entrer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ACCEPTES, f.CODE, "Formation")
    organisme, qui = await f.societe(est_prestataire=True), await f.acteur("Mandataire")
    await f.rattacher(qui, organisme, DROITS, profil="prestataire")
    jour = await clock.aujourd_hui()
    offre = mandats.Offre(organisme.siren, (f.CODE,), jour, jour + timedelta(days=30))
    mandant = await monde["administrateur"].personne()
    uid = await mandats.donner(mandant, monde.a.siren, offre)
    nav = entrer(qui)
    try:
        assert not (await parcourir(nav, toutes, monde, par_mandat))
    finally:
        await mandats.terminer(mandant, uid, mandats.MANDANT)
    assert not (await parcourir(nav, toutes, monde, ailleurs))


async def test_a05_le_personnel_sans_second_facteur_n_entre_nulle_part(
    toutes: list[Route], monde: Monde, application: Any
) -> None:
    nav = monde["gestionnaire"].navigateur(application)
    jeton = await sessions.ouvrir(monde["gestionnaire"].compte, renforcee=False)
    nav.client.cookies.set("session", jeton, domain="127.0.0.1")
    try:
        assert not (await parcourir(nav, toutes, monde, second_facteur_manquant, PARQUEE))
    finally:
        await nav.fermer()


async def test_c11_un_mandat_revoque_ne_laisse_pas_finir_ce_qui_est_ouvert(
    monde: Monde, entrer: Entrer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a step is open; the mandate ends; what is typed goes nowhere."""
    monkeypatch.setitem(ACCEPTES, f.CODE, "Formation")
    organisme, qui = await f.societe(est_prestataire=True), await f.acteur("Mandataire")
    await f.rattacher(qui, organisme, profil="prestataire")
    jour = await clock.aujourd_hui()
    offre = mandats.Offre(organisme.siren, (f.CODE,), jour, jour)
    mandant = await monde["administrateur"].personne()
    uid = await mandats.donner(mandant, monde.a.siren, offre)
    nav, url = entrer(qui), f"/dossiers/{monde.objets['brouillon']}/etapes/formation"
    assert (await nav.get(url)).statut == 200
    await mandats.terminer(mandant, uid, mandats.MANDANT)
    avant = await empreintes()
    assert (await poster(nav, f"{url}/champ", _champ="intitule", intitule="X")).statut == 404
    assert (await poster(nav, url, intitule="X")).statut == 404
    assert differences(avant, await empreintes()) == []


async def _oublier(qui: Acteur) -> None:
    """The world is as it was."""
    await executer(
        "delete from habilitation h using rattachement r where r.id = h.rattachement"
        " and r.compte = $1",
        qui.compte,
    )
    await executer("delete from rattachement where compte = $1", qui.compte)

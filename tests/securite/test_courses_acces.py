"""Accesses at the same moment, through the pages: two people with one live code (C04), two
administrators who leave (C08), one request accepted and refused (C07), two answers to a mandate (C11).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from portal.core.rattachements import codes
from portal.core.rattachements.demandes import demander
from portal.core.rattachements.mandats import operations as mandats
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.infra import clock
from portal.infra.base import sql, valeur
from portal.testing.navigateur import Navigateur, PageLue
from tests.core import rattachements_aides as aides
from tests.securite import fabrique as f
from tests.securite.fabrique import Acteur, Societe

TOURS = 3


def poster(nav: Navigateur, url: str, **champs: Any) -> Coroutine[Any, Any, PageLue]:
    """A form of its own, with its own key."""
    return nav.post(url, {"_cle": uuid.uuid4().hex, **champs}, suivre=False)


async def ensemble(*gestes: Coroutine[Any, Any, PageLue]) -> list[int]:
    return sorted(page.statut for page in await asyncio.gather(*gestes))


async def actifs(chez: Societe, profil: str = "adherent") -> set[int]:
    lignes = await sql(
        "select compte from rattachement where siren = $1 and profil = $2 and etat = 'actif'"
        " and administrateur",
        chez.siren,
        profil,
    )
    return {ligne["compte"] for ligne in lignes}


async def titres(qui: Acteur) -> str:
    lignes = await sql(
        "select titre || ' ' || detail as dit from notification where compte = $1", qui.compte
    )
    return " | ".join(ligne["dit"] for ligne in lignes)


async def actions(chez: Societe) -> list[str]:
    lignes = await sql("select action from journal where siren = $1 order by id", chez.siren)
    return [ligne["action"] for ligne in lignes]


async def test_c04_deux_personnes_saisissent_le_meme_code_vivant(application: Any) -> None:
    """Both become administrators; whoever comes second is told of the first, and the first of her."""
    for _ in range(TOURS):
        chez = await f.societe()
        code = codes.afficher(await aides.poser_code(aides.Societe(chez.siren)))
        gens = [await f.acteur("Kerbrat", "Anne"), await f.acteur("Ollivier", "Yann")]
        navs = [qui.navigateur(application) for qui in gens]
        statuts = await ensemble(
            *(
                poster(nav, "/rattachements/code", siren=chez.siren, profil="adherent", code=code)
                for nav in navs
            )
        )
        for nav in navs:
            await nav.fermer()
        assert statuts == [303, 303]
        assert await actifs(chez) == {qui.compte for qui in gens}
        assert (await actions(chez)).count("code.utilise") == 2
        assert "Ollivier" in await titres(gens[0])
        assert "Kerbrat" in await titres(gens[1])


async def test_c08_deux_administrateurs_quittent_en_meme_temps(application: Any) -> None:
    """One leaves; the other is the last, and stays."""
    for _ in range(TOURS):
        chez = await f.societe()
        gens = [await f.acteur(), await f.acteur()]
        navs, uids = [], []
        for qui in gens:
            rattachement = await f.rattacher(qui, chez)
            uids.append(await valeur("select uid from rattachement where id = $1", rattachement))
            navs.append(qui.navigateur(application))
        statuts = await ensemble(
            *(
                poster(nav, f"/rattachements/{uid}/quitter")
                for nav, uid in zip(navs, uids, strict=True)
            )
        )
        for nav in navs:
            await nav.fermer()
        assert statuts == [303, 409]
        assert len(await actifs(chez)) == 1


async def test_c08_deux_administrateurs_se_retirent_l_un_l_autre(application: Any) -> None:
    for _ in range(TOURS):
        chez = await f.societe()
        gens = [await f.acteur(), await f.acteur()]
        navs, uids = [], []
        for qui in gens:
            rattachement = await f.rattacher(qui, chez)
            uids.append(await valeur("select uid from rattachement where id = $1", rattachement))
            navs.append(qui.navigateur(application))
        racine = f"/entreprise/{chez.siren}/adherent/utilisateurs"
        statuts = await ensemble(
            *(
                poster(nav, f"{racine}/{uid}/supprimer")
                for nav, uid in zip(navs, reversed(uids), strict=True)
            )
        )
        for nav in navs:
            await nav.fermer()
        assert statuts[0] == 303
        assert statuts[1] in (403, 404, 409)
        assert len(await actifs(chez)) == 1


async def test_c07_une_demande_acceptee_et_refusee_en_meme_temps(application: Any) -> None:
    """One answer; the other administrator reads who answered."""
    for _ in range(TOURS):
        chez, demandeur = await f.societe(), await f.acteur("Petit", "Jean")
        gens = [await f.acteur(), await f.acteur()]
        for qui in gens:
            await f.rattacher(qui, chez)
        uid = (await demander(await demandeur.personne(), chez.siren, "adherent")).uid
        navs = [qui.navigateur(application) for qui in gens]
        racine = f"/entreprise/{chez.siren}/adherent/demandes/{uid}"
        statuts = await ensemble(
            poster(navs[0], f"{racine}/accepter", modele="consultation"),
            poster(navs[1], f"{racine}/refuser", motif="Inconnu"),
        )
        for nav in navs:
            await nav.fermer()
        assert statuts == [303, 409]
        reponses = set(await actions(chez)) & {"rattachement.accepte", "rattachement.refuse"}
        etat = await valeur("select etat from rattachement where uid = $1", uid)
        assert reponses == {"rattachement.accepte" if etat == "actif" else "rattachement.refuse"}
        droits = await valeur(
            "select count(*) from perimetre($1, 'dossiers.consulter')", demandeur.compte
        )
        assert bool(droits) == (etat == "actif")


async def test_c07_la_meme_personne_demande_deux_fois_en_meme_temps(application: Any) -> None:
    chez, demandeur = await f.societe(), await f.acteur()
    navs = [demandeur.navigateur(application) for _ in range(2)]
    champs = {"identifiant": chez.siren, "profil": "adherent", "message": ""}
    statuts = await ensemble(*(poster(nav, "/rattachements/demander", **champs) for nav in navs))
    for nav in navs:
        await nav.fermer()
    assert statuts == [303, 422]
    assert (await actions(chez)).count("rattachement.demande") == 1
    assert await valeur("select count(*) from courrier where siren = $1", chez.siren) == 1, (
        "un seul courrier"
    )


async def test_c11_un_mandat_accepte_et_retire_en_meme_temps(
    application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The company accepts while the body takes its request back: the end that is told is the true one."""
    monkeypatch.setitem(ACCEPTES, f.CODE, "Formation")
    for _ in range(TOURS):
        chez, organisme = await f.societe(), await f.societe(est_prestataire=True)
        donne, recoit = await f.acteur(), await f.acteur()
        await f.rattacher(donne, chez)
        await f.rattacher(recoit, organisme, profil="prestataire")
        jour = await clock.aujourd_hui()
        offre = mandats.Offre(chez.siren, (f.CODE,), jour, jour + timedelta(days=9))
        uid = await mandats.demander(await recoit.personne(), organisme.siren, offre)
        navs = [donne.navigateur(application), recoit.navigateur(application)]
        statuts = await ensemble(
            poster(navs[0], f"/entreprise/{chez.siren}/adherent/mandats/{uid}/accepter"),
            poster(navs[1], f"/entreprise/{organisme.siren}/prestataire/mandats/{uid}/terminer"),
        )
        for nav in navs:
            await nav.fermer()
        etat = await valeur("select etat from mandat where uid = $1", uid)
        assert (statuts, etat) in (([303, 303], "renonce"), ([303, 409], "retire"))
        atteint = await valeur(
            "select count(*) from mandats_de($1, 'dossiers.saisir')", recoit.compte
        )
        assert atteint == 0

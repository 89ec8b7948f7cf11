"""Requests without an answer: recalled, then another way, each once, on the business clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from portal.branches import operations as parametres
from portal.core.rattachements import queries, relances
from portal.core.rattachements.annonces import annoncer
from portal.core.rattachements.demandes import demander_courrier
from portal.core.rattachements.operations import refuser
from portal.infra import jobs
from portal.infra.base import executer, sql, sql1
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    Societe,
    activer,
    administrateur,
    en_attente,
    imprimer,
    lettres_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip

Horloge = Callable[[datetime], Awaitable[None]]


@pytest.fixture
async def cablee(litestar: Any) -> None:
    """The application is wired: people are told."""


@pytest.fixture
async def seule(cablee: None, base_neuve: str) -> None:
    """A queue, and parameters, of one's own."""


async def passer(horloge: Horloge, jour: datetime) -> None:
    await horloge(jour)
    await relances.relancer()


async def cloche(moi: Personne) -> list[str]:
    lignes = await sql(
        "select titre from notification where compte = $1 order by id", moi.compte_id
    )
    return [ligne["titre"] for ligne in lignes]


async def courriels(moi: Personne) -> int:
    ligne = await sql1("select count(*) as n from courriel where a = $1", moi.email)
    assert ligne is not None
    return int(ligne["n"])


async def ma_demande(moi: Personne) -> queries.Demande:
    (demande,) = await queries.mes_demandes(moi)
    return demande


async def test_c07_reminder_after_five_working_days_by_bell_and_mail_once(
    cablee: None, horloge: Horloge
) -> None:
    await horloge(datetime(2026, 11, 5, 10))  # a Thursday; the 11th is a public holiday
    s = await societe()
    chef, demandeur = await administrateur(s), await personne("Paul", "Petit")
    await en_attente(demandeur, s)
    await passer(horloge, datetime(2026, 11, 12, 8))
    assert not any("toujours" in titre for titre in await cloche(chef))
    avant = await courriels(chef)
    await passer(horloge, datetime(2026, 11, 13, 8))
    await passer(horloge, datetime(2026, 11, 13, 9))
    await passer(horloge, datetime(2026, 11, 14, 8))
    rappels = [titre for titre in await cloche(chef) if "attend toujours votre réponse" in titre]
    assert len(rappels) == 1
    assert "Paul Petit" in rappels[0]
    assert await courriels(chef) == avant + 1
    assert await cloche(demandeur) == []


async def test_c07_alsace_counts_its_own_holidays(cablee: None, horloge: Horloge) -> None:
    await horloge(datetime(2026, 12, 18, 10))
    ici, la_bas = await societe("Ici"), await societe("Là-bas")
    await executer("update etablissement set departement = '67' where siren = $1", la_bas.siren)
    chefs = [await administrateur(s) for s in (ici, la_bas)]
    for s in (ici, la_bas):
        await en_attente(await personne(), s)
    # Good Friday is 26 March 2027, Easter Monday the 29th.
    await executer("update rattachement set demande_jour = '2027-03-19' where etat = 'en_attente'")
    await passer(horloge, datetime(2027, 3, 26, 8))
    rappeles = [any("toujours" in t for t in await cloche(chef)) for chef in chefs]
    assert rappeles == [True, False]
    await passer(horloge, datetime(2027, 3, 30, 8))
    assert all([any("toujours" in t for t in await cloche(chef)) for chef in chefs])


async def test_c07_nobody_is_recalled_once_answered(cablee: None, horloge: Horloge) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    chef = await administrateur(s)
    uid = await en_attente(await personne(), s)
    await refuser(chef, uid, "Non")
    await passer(horloge, datetime(2026, 12, 15, 8))
    assert not any("toujours" in titre for titre in await cloche(chef))


async def test_c07_two_runs_at_once_recall_once(cablee: None, horloge: Horloge) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    chef = await administrateur(s)
    await en_attente(await personne(), s)
    await horloge(datetime(2026, 11, 20, 8))
    await asyncio.gather(relances.relancer(), relances.relancer())
    assert sum("toujours" in titre for titre in await cloche(chef)) == 1


async def test_c07_after_fifteen_working_days_the_asker_is_offered_another_way(
    seule: None, horloge: Horloge, tmp_path: Path
) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    await administrateur(s, "Anne", "Le Goff")
    demandeur = await personne()
    uid = await en_attente(demandeur, s)
    with pytest.raises(Conflit):
        await demander_courrier(demandeur, uid)
    await passer(horloge, datetime(2026, 11, 26, 8))
    assert (await ma_demande(demandeur)).recours is None
    await passer(horloge, datetime(2026, 11, 27, 8))
    await passer(horloge, datetime(2026, 11, 28, 8))
    assert sum("sans réponse" in titre for titre in await cloche(demandeur)) == 1
    recours = (await ma_demande(demandeur)).recours
    assert recours is not None
    assert recours.lettre
    await demander_courrier(demandeur, uid)
    with pytest.raises(Conflit):
        await demander_courrier(demandeur, uid)
    resultat = await imprimer(tmp_path)
    assert (resultat.codes, resultat.listes) == (0, 1)
    (lettre,) = lettres_de(tmp_path, s.siren)
    assert "Anne Le Goff" in lettre
    assert "attend une réponse" in lettre
    apres = (await ma_demande(demandeur)).recours
    assert apres is not None
    assert not apres.lettre
    assert "28 novembre 2026" in apres.phrase
    with pytest.raises(Conflit):
        await demander_courrier(demandeur, uid)


async def test_c07_the_letter_is_the_askers_own_to_ask(cablee: None, horloge: Horloge) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    chef = await administrateur(s)
    uid = await en_attente(await personne(), s)
    await passer(horloge, datetime(2026, 12, 15, 8))
    for autre in (chef, await personne()):
        with pytest.raises(Introuvable):
            await demander_courrier(autre, uid)


async def test_c07_without_administrator_the_letter_bears_a_code_never_beside_a_live_one(
    seule: None, horloge: Horloge, tmp_path: Path
) -> None:
    await horloge(datetime(2026, 3, 2, 10))
    s = await societe()
    demandeur = await personne()
    uid = await en_attente(demandeur, s)
    await imprimer(tmp_path)
    await passer(horloge, datetime(2026, 4, 2, 8))
    recours = (await ma_demande(demandeur)).recours
    assert recours is not None
    assert not recours.lettre
    with pytest.raises(Conflit):
        await demander_courrier(demandeur, uid)
    await horloge(datetime(2026, 7, 20, 8))
    await demander_courrier(demandeur, uid)
    assert (await imprimer(tmp_path)).codes == 1


async def test_c07_once_a_code_is_used_requests_wait_for_that_administrator_from_then_on(
    cablee: None, horloge: Horloge
) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    demandeur, nouveau = await personne(), await personne("Léa", "Roux")
    await en_attente(demandeur, s)
    await horloge(datetime(2026, 11, 24, 10))
    code = await poser_code(s)
    assert (await activer(nouveau, s, code)).en_attente == 1
    suite = (await ma_demande(demandeur)).suite
    assert suite is not None
    assert suite.genre == "administrateurs"
    await passer(horloge, datetime(2026, 11, 30, 8))
    assert not any("toujours" in titre for titre in await cloche(nouveau))
    await passer(horloge, datetime(2026, 12, 1, 8))
    assert sum("toujours" in titre for titre in await cloche(nouveau)) == 1
    assert (await ma_demande(demandeur)).recours is None


async def test_c07_the_number_of_days_is_a_dated_parameter_a_branch_may_have_its_own(
    seule: None, horloge: Horloge
) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    commune, propre = await societe(), await societe(idcc="1516")
    chefs = [await administrateur(s) for s in (commune, Societe(propre.siren))]
    for s in (commune, propre):
        await en_attente(await personne(), s)
    await parametres.poser(
        "rattachement.relance_jours", "2", datetime(2026, 11, 6).date(), "Accord de branche",
        acteur=await personne(roles=("administrateur",)), idcc="1516",
    )  # fmt: skip
    await passer(horloge, datetime(2026, 11, 9, 8))
    rappeles = [any("toujours" in t for t in await cloche(chef)) for chef in chefs]
    assert rappeles == [False, True]


async def test_c03_named_without_account_the_letter_lists_them(
    seule: None, horloge: Horloge, tmp_path: Path
) -> None:
    await horloge(datetime(2026, 11, 5, 10))
    s = await societe()
    await annoncer(None, s.siren, s.profil, email="awa@exemple.fr", nom="Diop", prenom="Awa")
    demandeur = await personne()
    uid = await en_attente(demandeur, s)
    await passer(horloge, datetime(2026, 12, 1, 8))
    await demander_courrier(demandeur, uid)
    assert (await imprimer(tmp_path)).listes == 1
    assert "Awa Diop" in lettres_de(tmp_path, s.siren)[0]


async def test_c07_the_demos_clock_moved_brings_the_reminders_of_the_new_day(
    cablee: None, base_neuve: str, navigateur: Any, horloge: Horloge
) -> None:
    s = await societe()
    chef = await administrateur(s)
    await en_attente(await personne(), s)
    nav = navigateur()
    page = await nav.get("/demo/horloge")
    await nav.soumettre(page, "/demo/horloge", jour="15/01/2027", heure="09:00")
    await jobs.vider()
    assert sum("toujours" in titre for titre in await cloche(chef)) == 1

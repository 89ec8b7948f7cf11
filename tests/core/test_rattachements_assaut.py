"""Guesses at codes by the thousand: slowed, logged, told; the company's own people come in."""

from __future__ import annotations

import heapq
from datetime import timedelta
from typing import Any

import pytest

from portal.core.rattachements import codes
from portal.core.rattachements.activation import ESSAIS, Echec, utiliser
from portal.core.rattachements.evenements import CodesRefuses
from portal.infra import clock, evenements
from portal.infra.base import executer, valeur
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    personne,
    poser_code,
    societe,
)  # fmt: skip


class Temps:
    """The real instant, moved by hand: hours of attack pass in seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instant = clock.instant()
        self.debut = self.instant
        monkeypatch.setattr(clock, "instant", lambda: self.instant)

    def attendre(self, secondes: float) -> None:
        self.instant += timedelta(seconds=secondes)


async def assaut(s: Societe, temps: Temps, comptes: list[Personne], refus: int) -> None:
    """So many refused guesses by these accounts, each as fast as the portal lets it."""
    prets = [(temps.instant, rang) for rang in range(len(comptes))]
    while refus:
        quand, rang = heapq.heappop(prets)
        temps.instant = max(temps.instant, quand)
        issue = await utiliser(comptes[rang], s.siren, s.profil, codes.nouveau())
        assert isinstance(issue, Echec)
        refus -= issue.genre == "faux"
        heapq.heappush(prets, (temps.instant + timedelta(seconds=issue.secondes or 1), rang))


async def entrer(s: Societe, temps: Temps, code: str) -> timedelta:
    """How long somebody of the company waits who types the right code, whatever strangers do."""
    moi, attente = await personne(), timedelta()
    while isinstance(issue := await utiliser(moi, s.siren, s.profil, code), Echec):
        assert issue.genre == "differe"
        attente += timedelta(seconds=issue.secondes)
        temps.attendre(issue.secondes)
    return attente


async def resister(
    monkeypatch: pytest.MonkeyPatch, *, refus: int, attaquants: int, reprises: int
) -> timedelta:
    """An attack in several waves; between them the company's people come in. How long it lasted."""
    s, temps = await societe(), Temps(monkeypatch)
    code, chef = await poser_code(s), await administrateur(s)
    comptes = [await personne() for _ in range(attaquants)]
    for _ in range(reprises):
        await assaut(s, temps, comptes, refus // reprises)
        assert await entrer(s, temps, code) <= timedelta(minutes=15)
    notes = await valeur(
        "select count(*) from journal where siren = $1 and action = 'code.refuse'", s.siren
    )
    assert notes == refus
    mails = await valeur(
        "select count(*) from courriel where a = $1 and sujet like '%faux%'", chef.email
    )
    jours = (temps.instant - temps.debut).days + 2
    assert 1 <= mails <= 6 * jours
    etat = await valeur("select etat from code_activation where siren = $1", s.siren)
    assert etat == "actif"
    return temps.instant - temps.debut


async def test_c04_guesses_are_slowed_logged_told_and_keep_nobody_out(
    litestar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    duree = await resister(monkeypatch, refus=90, attaquants=12, reprises=3)
    assert duree > timedelta(hours=1)


@pytest.mark.preuve
async def test_c04_ten_thousand_guesses_at_codes(
    litestar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    duree = await resister(monkeypatch, refus=10_000, attaquants=200, reprises=10)
    print(f"\n10 000 essais de 200 comptes : {duree.total_seconds() / 3600:.1f} h au moins")
    assert duree > timedelta(hours=10)


async def test_c04_while_a_company_has_no_administrator_its_conseiller_is_told() -> None:
    s, conseiller = await societe(), await personne("Ines", "Roy")
    id = await valeur(
        "insert into conseiller (nom, telephone, courriel, compte) values ('Ines Roy', '0102030405',"
        " $1, $2) returning id",
        conseiller.email,
        conseiller.compte_id,
    )
    await executer(
        "insert into conseiller_entreprise (siren, conseiller) values ($1, $2)", s.siren, id
    )
    recus: list[CodesRefuses] = []

    async def entendre(evt: CodesRefuses) -> None:
        recus.append(evt)

    evenements.sur(CodesRefuses, entendre)
    for _ in range(2):
        etranger = await personne()
        for _ in range(ESSAIS):
            await utiliser(etranger, s.siren, s.profil, codes.nouveau())
    assert [(e.administrateurs, e.conseillers) for e in recus] == [((), (conseiller.compte_id,))]

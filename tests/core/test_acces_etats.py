"""Any sequence of requests, grants, refusals, removals, departures, codes, named administrators and
mandates: nobody holds a right that no living grant explains, and every company keeps a way to an
administrator (C01 to C12). The rules are told a second time in `regles_acces.py`.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import (
    invariant,
    run_state_machine_as_test,
)

from portal.core.rattachements import suites
from portal.core.rattachements.file_courriers import demander_nouveau_code
from portal.core.rattachements.mandats import registre
from portal.core.rattachements.perimetre import clause
from portal.infra.base import sql, sql1, transaction
from portal.web.identite import Personne
from tests.core.acces_machine import DISPOSITIFS
from tests.core.acces_machine_codes import AvecCodes
from tests.core.regles_acces import ADMINISTRER, DROITS, Chez, Point, Regles


class Retour(Exception):
    """Undoes what was tried."""


class Machine(AvecCodes):
    """What must hold after each gesture."""

    @invariant()
    def aucun_droit_sans_octroi_vivant(self) -> None:
        if not hasattr(self, "regles"):
            return
        lignes = self.faire(
            sql(
                "select g.compte, d.droit, p.* from unnest($1::bigint[]) g (compte),"
                " unnest($2::text[]) d (droit), lateral perimetre(g.compte, d.droit) p",
                self.numeros,
                [*DROITS, ADMINISTRER],
            )
        )
        for compte in self.numeros:
            siennes = [li for li in lignes if li["compte"] == compte]
            reels = {p for p in self.points if any(_couvre(li, p) for li in siennes)}
            voulus = {p for p in self.points if self.regles.peut(compte, p)}
            assert reels == voulus, f"de trop {reels - voulus}, en moins {voulus - reels}"

    @invariant()
    def un_chemin_vers_un_administrateur(self) -> None:
        if not hasattr(self, "regles"):
            return
        for chez in self.chez:
            actifs = self.regles.administrateurs(chez)
            if actifs:
                self.eu_administrateur.add(chez)
            assert actifs or chez not in self.eu_administrateur, "le dernier est parti"
            if not actifs:
                assert self.faire(_chemin(self.interne, chez, self.regles)), chez

    def teardown(self) -> None:
        """The other ways to ask the same: `voit`, the clause of lists, the rights of a request."""
        if hasattr(self, "regles"):
            shutil.rmtree(self.lettres, ignore_errors=True)
            self.faire(self._comparer_les_voies())

    async def _comparer_les_voies(self) -> None:
        droits, sirens, sirets, profils, dispositifs = (
            list(x) for x in zip(*self.points, strict=True)
        )
        grille = [droits, sirens, sirets, profils, dispositifs]
        unnest = (
            "unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])"
            " as x (droit, siren, siret, profil, dispositif)"
        )
        conditions = " or ".join(
            f"(x.droit = '{d}' and {clause(d, 'x', 1)})" for d in (*DROITS, ADMINISTRER)
        )
        for compte in self.numeros:
            voulus = {p for p in self.points if self.regles.peut(compte, p)}
            for condition in (
                "voit($1, x.droit, x.siren, x.siret, x.profil, x.dispositif)",
                conditions,
            ):
                vus = await sql(f"select x.* from {unnest} where {condition}", compte, *grille)
                reels = {tuple(li.values()) for li in vus}
                assert reels == voulus, (condition[:40], reels ^ voulus)
            dits = {li["droit"] for li in await sql("select droit from droits_de($1)", compte)}
            assert dits == {p[0] for p in voulus}


def _couvre(ligne: dict[str, Any], point: Point) -> bool:
    droit, siren, siret, profil, dispositif = point
    return (
        (ligne["droit"], ligne["siren"], ligne["profil"]) == (droit, siren, profil)
        and ligne["siret"] in (None, siret)
        and ligne["dispositif"] in (None, dispositif)
    )


async def _chemin(interne: Personne, chez: Chez, regles: Regles) -> bool:
    """A live code, a letter, a name, or else the conseiller, who can send one. What people are told
    agrees."""
    etat = await suites.etat_entite(*chez, regles.jour)
    assert bool(etat["code_jusqu"]) == (regles.code_vivant(chez) is not None)
    if etat["code_jusqu"] or etat["courrier"] or etat["annonces"]:
        return True
    try:
        async with transaction():
            await demander_nouveau_code(interne, *chez, raison="Plus personne")
            attend = await sql1(
                "select 1 as oui from courrier where siren = $1 and profil = $2"
                " and etat = 'a_produire'",
                *chez,
            )
            raise Retour(attend is not None)
    except Retour as retour:
        return bool(retour.args[0])


@pytest.fixture
def dispositifs_sous_mandat(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in DISPOSITIFS:
        monkeypatch.setitem(registre.ACCEPTES, code, code)


async def _derouler(reglages: settings) -> None:
    boucle = asyncio.get_running_loop()

    class EnBoucle(Machine):
        pass

    EnBoucle.pont = staticmethod(
        lambda geste: asyncio.run_coroutine_threadsafe(geste, boucle).result(60)
    )
    await asyncio.to_thread(run_state_machine_as_test, EnBoucle, settings=reglages)


@pytest.mark.usefixtures("base_neuve", "litestar", "dispositifs_sous_mandat")
async def test_c09_aucune_suite_de_gestes_ne_donne_un_droit_sans_octroi() -> None:
    await _derouler(
        settings(
            max_examples=4,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        )
    )


@pytest.mark.preuve
@pytest.mark.usefixtures("base_neuve", "litestar", "dispositifs_sous_mandat")
async def test_c09_ni_une_tres_longue() -> None:
    await _derouler(settings(max_examples=150, stateful_step_count=60, print_blob=True))

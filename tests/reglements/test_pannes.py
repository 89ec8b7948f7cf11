"""A run that breaks anywhere leaves nothing half done, and resumed it pays each invoice once."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.journal import operations as journal
from portal.factures import paiements
from portal.grandlivre import operations as livre
from portal.grandlivre.queries import ecarts
from portal.infra import banque, coffre
from portal.infra.base import sql
from portal.reglements import avis, preparation, retour, validation
from portal.web.erreurs import Conflit
from portal.web.identite import Personne
from tests.reglements.fabrique import (
    Facture,
    comptable,
    dossier,
    facture,
    paiement_de,
    repondre,
    solde_de,
    une_facture,
)


class Panne(Exception):
    """What a killed process looks like to its transaction."""


def casser(monkeypatch: pytest.MonkeyPatch, module: Any, nom: str, apres: int) -> None:
    """The function does its work `apres` times, then the process is gone."""
    vraie: Callable[..., Any] = getattr(module, nom)
    tours = itertools.count()

    def lever() -> None:
        if next(tours) >= apres:
            raise Panne(nom)

    if nom in ("virements", "chiffrer"):

        def fausse(*args: Any, **options: Any) -> Any:
            lever()
            return vraie(*args, **options)
    else:

        async def fausse(*args: Any, **options: Any) -> Any:
            lever()
            return await vraie(*args, **options)

    monkeypatch.setattr(module, nom, fausse)


POINTS = [
    ("preparer", paiements, "mettre_en_paiement", 0),
    ("preparer", journal, "noter", 0),
    ("valider", livre, "ordonner", 0),
    ("valider", livre, "ordonner", 1),
    ("valider", coffre, "reveler_plusieurs", 0),
    ("valider", banque, "virements", 0),
    ("valider", coffre, "chiffrer", 0),
    ("valider", journal, "noter", 0),
    ("lire", livre, "executer", 0),
    ("lire", livre, "executer", 1),
    ("lire", paiements, "payer", 0),
    ("lire", avis, "annoncer", 0),
    ("lire", avis, "annoncer", 1),
    ("lire", journal, "noter", 0),
]


@pytest.mark.parametrize(("etape", "module", "nom", "apres"), POINTS)
async def test_h05_arrete_n_importe_ou_puis_repris(
    etape: str, module: Any, nom: str, apres: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    factures = [await une_facture(10_000), await une_facture(20_000)]
    premier, second = await comptable(), await comptable()

    async def faire(attendue: str, operation: Callable[[], Any]) -> Any:
        if attendue == etape:
            with monkeypatch.context() as coupure:
                casser(coupure, module, nom, apres)
                avant = await _photo(factures)
                with pytest.raises(Panne):
                    await operation()
            assert await _photo(factures) == avant
        return await operation()

    await faire("preparer", lambda: preparation.preparer(premier))
    lot = (await paiement_de(factures[0]))["lot_uid"]
    await faire("valider", lambda: validation.valider(second, lot))
    rendu = await retour.simuler(premier, lot, {})
    await faire("lire", lambda: retour.lire(premier, rendu))
    for f in factures:
        assert await f.etat() == "payee"
        assert await solde_de(f.dossiers[0]) == (100_000, f.montant, f.montant, f.montant)


async def _photo(factures: list[Facture]) -> list[Any]:
    """Everything that a payment changes, for these invoices."""
    ids = [f.id for f in factures]
    return [
        [(await f.etat(), await solde_de(f.dossiers[0])) for f in factures],
        await sql(
            "select x.*, p.etat, t.etat as lot_etat, t.fichier from paiement_facture x"
            " join paiement p on p.id = x.paiement join lot_paiement t on t.id = p.lot"
            " where x.facture = any($1::bigint[]) order by x.id",
            ids,
        ),
        await sql(
            "select * from facture_evenement where facture = any($1::bigint[]) order by id", ids
        ),
    ]


GESTES = st.lists(
    st.sampled_from(["preparer", "annuler", "valider", "payer", "rejeter", "deposer"]),
    min_size=4,
    max_size=16,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(gestes=GESTES, graine=st.integers(0, 9_999))
async def test_h05_aucune_vie_ne_paie_deux_fois(gestes: list[str], graine: int) -> None:
    hasard = random.Random(graine)
    dos = await dossier(accorde=1_000_000)
    factures = [await facture((dos, 10_000 + n)) for n in range(3)]
    un, deux = await comptable(), await comptable()
    for geste in gestes:
        if geste == "deposer":
            factures.append(await facture((dos, 100 + len(factures))))
        else:
            await _geste(geste, factures, un, deux, hasard)
        await _tenir(dos, factures)
    for geste in ("valider", "payer", "preparer", "valider", "payer"):
        await _geste(geste, factures, un, deux, hasard)
    assert {await f.etat() for f in factures} == {"payee"}
    total = sum(f.montant for f in factures)
    assert await solde_de(dos) == (1_000_000, total, total, total)
    assert not [e for e in await ecarts() if str(dos.uid) in e]


async def _geste(
    geste: str, factures: list[Facture], un: Personne, deux: Personne, hasard: random.Random
) -> None:
    """One move on all the runs that hold these invoices, where it is possible."""
    if geste == "preparer":
        with contextlib.suppress(Conflit):
            await preparation.preparer(un)
        return
    attendu = "prepare" if geste in ("annuler", "valider") else "valide"
    lots = await sql(
        "select distinct t.uid from lot_paiement t join paiement p on p.lot = t.id"
        " join paiement_facture x on x.paiement = p.id"
        " where x.facture = any($1::bigint[]) and t.etat = $2",
        [f.id for f in factures],
        attendu,
    )
    for lot in lots:
        if geste == "annuler":
            await preparation.annuler(un, lot["uid"])
        elif geste == "valider":
            await validation.valider(deux, lot["uid"])
        else:
            await repondre(un, lot["uid"], await _rejets(geste, lot["uid"], hasard))


async def _rejets(geste: str, lot: Any, hasard: random.Random) -> dict[str, str]:
    if geste == "payer":
        return {}
    references = await sql(
        "select p.reference from paiement p join lot_paiement t on t.id = p.lot where t.uid = $1",
        lot,
    )
    return {r["reference"]: "MS03" for r in references if hasard.random() < 0.6}


async def _tenir(dos: Any, factures: list[Facture]) -> None:
    """What must be true at any moment."""
    engage, facture_, ordonne, paye = await solde_de(dos)
    assert paye <= ordonne <= facture_ <= engage
    etats = {f.id: await f.etat() for f in factures}
    assert paye == sum(f.montant for f in factures if etats[f.id] == "payee")
    vivants = await sql(
        "select facture, count(*) as n from paiement_facture where vivant"
        " and facture = any($1::bigint[]) group by facture",
        list(etats),
    )
    assert {v["facture"] for v in vivants} == {
        i for i, e in etats.items() if e in ("en_paiement", "payee")
    }
    assert all(v["n"] == 1 for v in vivants)

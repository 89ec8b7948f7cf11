"""H04: deposits and decisions at the same moment, and what the database refuses by itself."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from portal.factures import operations
from portal.grandlivre import queries as livre
from portal.infra.base import executer, sql1
from portal.web.erreurs import Conflit
from tests.factures import fabrique
from tests.factures.fabrique import accorde, deposer, du_de, numero_neuf, pdf_facture, validee


async def test_h04_accepter_et_refuser_en_meme_temps_une_seule_suite() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    facture, _, _ = await deposer(
        dossier.moi, [(await du_de(dossier), 20_000)], pdf=fabrique.scan()
    )
    assert facture is not None
    moi, lui = await fabrique.gestionnaire(), await fabrique.gestionnaire()
    resultats = await asyncio.gather(
        operations.accepter(moi, facture["uid"], facture["version"]),
        operations.refuser(lui, facture["uid"], facture["version"], ["total"], "Autre chose."),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Conflit) for r in resultats) == 1
    apres = await sql1("select etat from facture where id = $1", facture["id"])
    assert apres is not None
    facture_au_livre = (await livre.solde(dossier.uid)).facture
    assert (apres["etat"], facture_au_livre) in (("acceptee", 20_000), ("refusee", 0))


async def test_h04_course_sur_les_derniers_euros() -> None:
    """Six invoices of 30 € at once over 100 €: three come in, three are told what is left."""
    dossier = await accorde(100_00)
    await validee(dossier)
    du = await du_de(dossier)
    resultats = await asyncio.gather(*(deposer(dossier.moi, [(du, 30_00)]) for _ in range(6)))
    entrees = [f for f, _, _ in resultats if f is not None]
    assert len(entrees) == 3
    assert (await livre.solde(dossier.uid)).facture == 90_00
    for facture, erreurs, _ in resultats:
        if facture is None:
            assert "Attendu au plus 10,00\u00a0€" in erreurs[f"repartition.{du.cle}.montant"]


async def test_h04_la_meme_facture_deux_fois_en_meme_temps() -> None:
    dossier = await accorde(100_00)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 30_00)], numero)
    resultats = await asyncio.gather(
        *(deposer(dossier.moi, [(du, 30_00)], numero=numero, pdf=pdf) for _ in range(4))
    )
    assert sum(f is not None for f, _, _ in resultats) == 1
    assert (await livre.solde(dossier.uid)).facture == 30_00


async def test_h04_la_meme_sur_deux_dossiers_en_meme_temps() -> None:
    """Different requests don't wait for each other: the database's own index decides."""
    un = await accorde(30_00)
    deux = await accorde(30_00, chez=un.chez, moi=(un.moi, un.email))
    await validee(un), await validee(deux)
    numero = numero_neuf()
    resultats = await asyncio.gather(
        deposer(un.moi, [(await du_de(un), 30_00)], numero=numero),
        deposer(un.moi, [(await du_de(deux), 30_00)], numero=numero),
    )
    assert sum(f is not None for f, _, _ in resultats) == 1
    (refus,) = [e for f, e, _ in resultats if f is None]
    assert "a déjà été déposée" in refus["numero"]


async def test_h04_la_base_refuse_au_dela_de_la_demande() -> None:
    dossier = await accorde(100_00)
    demande = await validee(dossier, 50_00)
    facture, _, _ = await deposer(dossier.moi, [(await du_de(dossier), 50_00)])
    assert facture is not None
    autre = await accorde(10_00)
    autre_demande = await validee(autre)
    with pytest.raises(asyncpg.CheckViolationError):
        await executer(
            "insert into facture_ligne (facture, dossier, demande, montant_centimes)"
            " values ($1, $2, $3, 1001)",
            facture["id"],
            autre.id,
            autre_demande["id"],
        )
    for ordre in (
        "update facture set ttc_centimes = 1 where id = $1",
        "delete from facture where id = $1",
        "update facture_ligne set montant_centimes = 1 where facture = $1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await executer(ordre, facture["id"])
    assert demande["montant_centimes"] == 50_00

"""C13: what a closed dossier never invoiced is given back when asked, once all its invoices are in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from portal.dossiers import numeros
from portal.grandlivre.queries import ecarts
from portal.infra.base import transaction
from portal.reprise import dossiers
from portal.reprise.cloture import SourceInconnue
from tests.core import rattachements_aides as gens
from tests.reprise import aides as a
from tests.reprise.test_dossiers import facture


async def un_clos(tmp_path: Path, source: str = "MDA") -> tuple[str, str]:
    """(number, SIREN) of a closed dossier in the folder: granted 1 000 €."""
    s = await gens.societe()
    numero = f"CL-{s.siren}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret(), source, etat="Soldé"))
    return numero, s.siren


async def test_c13_une_facture_corrigee_entre_encore(tmp_path: Path) -> None:
    numero, siren = await un_clos(tmp_path)
    juste = facture(numero, siren, "700")
    a.ecrire(tmp_path, "factures.csv", juste, facture(numero, siren, "30O", numero="F-2"))
    bilan = await a.reprendre(tmp_path, clore=["MDA"])
    assert bilan.refus == [
        "MDA\u00a0: non clos. Lignes de factures rejetées\u00a0: 1. Corrigez-les, ou ôtez-les, et relancez."
    ]
    a.ecrire(tmp_path, "factures.csv", juste, facture(numero, siren, "250", numero="F-2"))
    assert a.resultats(await a.reprendre(tmp_path))[-1] == "accepté"
    assert await a.livre(numero) == {"engage": 1000, "facture": 950, "paye": 0}, "not asked for"
    bilan = await a.reprendre(tmp_path, clore=["mda", "MDA"])
    assert bilan.refus == []
    assert await a.livre(numero) == {"engage": 950, "facture": 950, "paye": 0}
    dossier = await a.dossier_de(numero)
    assert dossier is not None
    assert not [e for e in await ecarts() if str(dossier["uid"]) in e], "as doctor sees it"


async def test_c13_clore_une_source_laisse_les_autres(tmp_path: Path) -> None:
    numero, siren = await un_clos(tmp_path / "1")
    autre, sien = await un_clos(tmp_path / "2", "Mon Espace")
    a.ecrire(tmp_path / "1", "factures.csv", facture(numero, siren, "700"))
    a.ecrire(tmp_path / "2", "factures.csv", facture(autre, sien, "700", source="Mon Espace"))
    assert (await a.reprendre(tmp_path, clore=["mon_espace"])).refus == []
    assert (await a.livre(numero))["engage"] == 1000
    assert (await a.livre(autre))["engage"] == 700


@pytest.mark.parametrize(
    ("contenu", "mot"),
    [
        (None, "Aucune facture"),
        ("source;numero;emetteur_siren;dossier;date;montant;etat\nAilleurs;F;1;2;3;4;5\n", "Aucune"),
        ("{entete}{juste}Ailleurs;F;1;2;3;4;5\n", "rejetées\u00a0: 1"),
        ('{entete}{juste}MDA;"' + "x" * 200_000, "jusqu’au bout"),
    ],
)  # fmt: skip
async def test_c13_clore_demande_toutes_les_factures(
    tmp_path: Path, contenu: str | None, mot: str
) -> None:
    numero, siren = await un_clos(tmp_path)
    if contenu is not None:
        entete = "source;numero;emetteur_siren;dossier;date;montant;etat\n"
        juste = f"MDA;F-1;{siren};{numero};15/07/2025;700;Payée\n"
        (tmp_path / "factures.csv").write_text(contenu.format(entete=entete, juste=juste))
    (refus,) = (await a.reprendre(tmp_path, clore=["mda"])).refus
    assert mot in refus
    assert (await a.livre(numero))["engage"] == 1000


async def test_c13_clore_une_source_inconnue_se_dit(tmp_path: Path) -> None:
    await un_clos(tmp_path)
    with pytest.raises(SourceInconnue, match="Attendues"):
        await a.reprendre(tmp_path, clore=["ailleurs"])


async def test_c13_l_essai_ne_retient_pas_la_numerotation(tmp_path: Path, monkeypatch) -> None:
    """While a dry run is under way, dossiers of today get their number."""
    s = await gens.societe()
    prefixe = f"E{s.siren[-5:]}"
    async with transaction():
        assert await numeros.rang(2025, prefixe) == 1
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(f"2025-{prefixe}-000041", s.siret()))
    vrai, rangs = dossiers.livre.engager, []

    async def pendant(lot) -> None:
        await vrai(lot)
        rangs.append(await asyncio.create_task(_ailleurs(prefixe)))

    monkeypatch.setattr(dossiers.livre, "engager", pendant)
    assert a.resultats(await a.reprendre(tmp_path, appliquer=False)) == ["accepté"]
    assert rangs == [2]


async def _ailleurs(prefixe: str) -> int:
    from contextvars import Context

    async def prendre() -> int:
        async with asyncio.timeout(5), transaction():
            return await numeros.rang(2025, prefixe)

    return await asyncio.get_running_loop().create_task(prendre(), context=Context())

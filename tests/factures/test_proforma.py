"""H01, G05, G06: a proforma gathers what goes together, and is nothing but a model."""

from __future__ import annotations

import asyncio

import pytest

from portal.factures import proformas
from portal.infra import files, papers
from portal.infra.base import sql
from portal.web.erreurs import Introuvable, Refus
from tests.dossiers.aides import quelqu_un, societe
from tests.factures import fabrique
from tests.factures.fabrique import accorde, deposer, du_de, validee


async def test_h01_plusieurs_dossiers_sur_une_proforma() -> None:
    un = await accorde(60_000)
    deux = await accorde(40_000, chez=un.chez, moi=(un.moi, un.email))
    demandes = [await validee(un), await validee(deux, 30_000)]
    proforma = await proformas.creer(un.moi, [d["uid"] for d in demandes])
    assert proforma["total_centimes"] == 90_000
    assert proforma["numero"].startswith("PF-")
    texte = papers.texte_du_pdf(await files.octets(proforma["fichier"]))
    assert texte.count("sans valeur légale ni comptable") == 2
    assert "900,00 €" in texte
    for attendu in (un.numero, deux.numero, "OPCO Démo", un.chez.denomination):
        assert attendu in texte
    lignes = await proformas.lignes(proforma["id"])
    assert [li["montant_centimes"] for li in lignes] == [60_000, 30_000]


async def test_h01_serie_sans_trou_meme_en_course() -> None:
    dossiers = [await accorde() for _ in range(4)]
    demandes = [(d.moi, (await validee(d))["uid"]) for d in dossiers]
    faites = await asyncio.gather(*(proformas.creer(moi, [uid]) for moi, uid in demandes))
    rangs = sorted(int(p["numero"].rpartition("-")[2]) for p in faites)
    tous = sorted(
        int(p["numero"].rpartition("-")[2]) for p in await sql("select numero from proforma")
    )
    assert set(rangs) <= set(tous)
    assert tous == list(range(1, len(tous) + 1))


@pytest.mark.parametrize(
    ("autre", "dit"),
    [
        ({"dispositif": fabrique.BIS}, "destinataires"),
        ({"public": "interimaire"}, "publics"),
    ],
)
async def test_g05_g06_rien_ne_se_melange(autre: dict, dit: str) -> None:
    un = await accorde()
    deux = await accorde(chez=un.chez, moi=(un.moi, un.email), **autre)
    demandes = [await validee(un), await validee(deux)]
    with pytest.raises(Refus) as refus:
        await proformas.creer(un.moi, [d["uid"] for d in demandes])
    assert dit in refus.value.message


async def test_h01_deux_entreprises_jamais_ensemble() -> None:
    un, autre = await accorde(), await accorde()
    demandes = [await validee(un), await validee(autre)]
    with pytest.raises(Refus):
        await proformas.creer(un.moi, [d["uid"] for d in demandes])


async def test_h01_ce_qui_n_est_pas_valide_n_y_entre_pas() -> None:
    dossier = await accorde()
    envoyee = await fabrique.transmise(dossier)
    with pytest.raises(Refus):
        await proformas.creer(dossier.moi, [envoyee["uid"]])


async def test_f05_l_organisme_reunit_plusieurs_entreprises() -> None:
    organisme = await societe(prestataire=True)
    un = await accorde(organisme=organisme)
    deux = await accorde(organisme=organisme, moi=(un.moi, un.email))
    demandes = [await validee(un), await validee(deux)]
    proforma = await proformas.creer(un.moi, [d["uid"] for d in demandes])
    assert proforma["emetteur_siren"] == organisme.siren
    entreprise, _ = await quelqu_un(un.chez, droits=fabrique.DROITS)
    with pytest.raises(Introuvable):
        await proformas.lisible(entreprise, proforma["uid"])


async def test_h01_sa_proforma_deposee_comme_facture_est_refusee() -> None:
    dossier = await accorde()
    demande = await validee(dossier)
    proforma = await proformas.creer(dossier.moi, [demande["uid"]])
    du = await du_de(dossier)
    facture, erreurs, _ = await deposer(
        dossier.moi, [(du, du.reste)], pdf=await files.octets(proforma["fichier"])
    )
    assert facture is None
    assert "facture proforma" in erreurs["fichier"]

"""H05: prepared by one, approved by another, told by the bank; never paid twice."""

from __future__ import annotations

import asyncio
import contextlib
import os

import asyncpg
import pytest

from portal.infra import banque
from portal.infra.base import executer, savepoint, sql, transaction
from portal.infra.coffre import chiffre
from portal.reglements import preparation, retour, validation
from portal.settings import get_settings
from portal.web.erreurs import Conflit, Interdit, Introuvable
from tests.dossiers.aides import quelqu_un
from tests.reglements.fabrique import (
    comptable,
    dossier,
    facture,
    iban_neuf,
    paiement_de,
    preparer_et_valider,
    repondre,
    solde_de,
    une_facture,
)


async def test_h05_de_la_facture_acceptee_au_paiement() -> None:
    f = await une_facture(60_000)
    (dos,) = f.dossiers
    premier, second = await comptable(), await comptable()
    await preparation.preparer(premier)
    paiement = await paiement_de(f)
    assert (await f.etat(), paiement["etat"], paiement["lot_etat"]) == (
        "en_paiement", "prepare", "prepare",
    )  # fmt: skip
    assert await solde_de(dos) == (100_000, 60_000, 0, 0)
    await validation.valider(second, paiement["lot_uid"])
    assert await solde_de(dos) == (100_000, 60_000, 60_000, 0)
    bilan = await repondre(premier, paiement["lot_uid"])
    assert bilan.executes >= 1
    assert not bilan.anomalies
    assert await solde_de(dos) == (100_000, 60_000, 60_000, 60_000)
    paiement = await paiement_de(f)
    assert (await f.etat(), paiement["etat"], paiement["lot_etat"]) == (
        "payee", "execute", "traite",
    )  # fmt: skip


async def test_h05_un_seul_virement_par_beneficiaire_et_compte() -> None:
    dos, iban = await dossier(accorde=90_000), iban_neuf()
    ensemble = [await facture((dos, 10_000), iban=iban), await facture((dos, 20_000), iban=iban)]
    a_part = await facture((dos, 30_000), iban=iban_neuf())
    await preparation.preparer(await comptable())
    uns, deux, trois = [await paiement_de(f) for f in (*ensemble, a_part)]
    assert uns["id"] == deux["id"] != trois["id"]
    assert uns["montant_centimes"] == 30_000
    assert all(f.numero in uns["libelle"] for f in ensemble)
    assert dos.numero in trois["libelle"]


async def test_h05_le_meme_comptable_ne_peut_pas_valider() -> None:
    f = await une_facture()
    moi = await comptable()
    await preparation.preparer(moi)
    lot = (await paiement_de(f))["lot_uid"]
    with pytest.raises(Interdit, match=r"droit"):
        await validation.valider(moi, lot)
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction(), savepoint():
            await executer("update lot_paiement set valide_par = prepare_par where uid = $1", lot)
    assert await f.etat() == "en_paiement"


@pytest.mark.parametrize("role", ["gestionnaire", "administrateur", "branche"])
async def test_h05_les_autres_roles_ne_paient_pas(role: str) -> None:
    moi, _ = await quelqu_un(role=role)
    with pytest.raises(Interdit):
        await preparation.preparer(moi)


async def test_h05_deux_preparations_en_meme_temps_ne_partagent_aucune_facture() -> None:
    factures = [await une_facture() for _ in range(6)]

    async def preparer() -> None:
        with contextlib.suppress(Conflit):
            await preparation.preparer(await comptable())

    await asyncio.gather(*(preparer() for _ in range(4)))
    vivants = await sql(
        "select facture, count(*) as n from paiement_facture where vivant"
        " and facture = any($1::bigint[]) group by facture",
        [f.id for f in factures],
    )
    assert {v["facture"]: v["n"] for v in vivants} == {f.id: 1 for f in factures}


async def test_h05_deux_validations_en_meme_temps_une_seule_passe() -> None:
    f = await une_facture()
    await preparation.preparer(await comptable())
    lot = (await paiement_de(f))["lot_uid"]

    async def valider() -> bool:
        try:
            await validation.valider(await comptable(), lot)
        except Conflit:
            return False
        return True

    assert sum(await asyncio.gather(*(valider() for _ in range(4)))) == 1
    assert await solde_de(f.dossiers[0]) == (100_000, 60_000, 60_000, 0)


async def test_h05_la_base_refuse_une_facture_dans_deux_virements() -> None:
    f = await une_facture()
    await preparation.preparer(await comptable())
    autre = await paiement_de(await _payable_a_part())
    with pytest.raises(asyncpg.UniqueViolationError):
        async with transaction(), savepoint():
            await executer(
                "insert into paiement_facture (paiement, facture, montant_centimes)"
                " values ($1, $2, 1)",
                autre["id"],
                f.id,
            )


async def _payable_a_part():  # type: ignore[no-untyped-def]
    f = await une_facture()
    await preparation.preparer(await comptable())
    return f


async def test_h05_le_fichier_est_valide_et_ses_octets_ne_changent_pas() -> None:
    iban = iban_neuf()
    f = await une_facture(12_345, iban=iban)
    premier, _ = await preparer_et_valider()
    paiement = await paiement_de(f)
    nom, contenu = await validation.fichier(premier, paiement["lot_uid"])
    banque.valider(contenu)
    texte = contenu.decode()
    assert nom == f"{paiement['lot_numero']}.xml"
    assert iban in texte
    assert ">123.45<" in texte
    assert paiement["reference"] in texte
    assert "<TwnNm>Lille</TwnNm>" in texte
    assert (await validation.fichier(premier, paiement["lot_uid"]))[1] == contenu
    with pytest.raises(asyncpg.PostgresError):
        async with transaction(), savepoint():
            await executer("update lot_paiement set fichier = 'x' where fichier is not null")


async def test_h05_le_fichier_garde_n_est_pas_en_clair_dans_la_base() -> None:
    iban = iban_neuf()
    f = await une_facture(iban=iban)
    await preparer_et_valider()
    lot = (await paiement_de(f))["lot_uid"]
    (ligne,) = await sql("select fichier from lot_paiement where uid = $1", lot)
    assert iban.encode() not in ligne["fichier"]
    assert b"Document" not in ligne["fichier"]


async def test_h05_une_cle_qui_tourne_garde_les_memes_virements(
    base_neuve: str,
) -> None:
    f = await une_facture()
    moi, _ = await preparer_et_valider()
    lot = (await paiement_de(f))["lot_uid"]
    _, avant = await validation.fichier(moi, lot)
    nouvelle = f"suivante:{chiffre.nouvelle_cle()}"
    ancienne = os.environ["PORTAL_SECRET_KEY"]
    try:
        os.environ["PORTAL_SECRET_KEY"] = f"{nouvelle},{ancienne}"
        get_settings.cache_clear()
        assert await validation.resceller() >= 1
        (ligne,) = await sql("select fichier from lot_paiement where uid = $1", lot)
        assert chiffre.cle_de(ligne["fichier"]) == "suivante"
        assert (await validation.fichier(moi, lot))[1] == avant
    finally:
        os.environ["PORTAL_SECRET_KEY"] = f"{ancienne},{nouvelle}"
        get_settings.cache_clear()
        await validation.resceller()
        os.environ["PORTAL_SECRET_KEY"] = ancienne
        get_settings.cache_clear()


async def test_h05_pas_de_fichier_avant_la_seconde_signature() -> None:
    f = await une_facture()
    moi = await comptable()
    await preparation.preparer(moi)
    with pytest.raises(Introuvable):
        await validation.fichier(moi, (await paiement_de(f))["lot_uid"])


async def test_h05_un_reglement_annule_rend_ses_factures() -> None:
    f = await une_facture()
    moi = await comptable()
    await preparation.preparer(moi)
    ancien = await paiement_de(f)
    await preparation.annuler(moi, ancien["lot_uid"])
    assert await f.etat() == "acceptee"
    await preparation.preparer(moi)
    nouveau = await paiement_de(f)
    assert nouveau["id"] != ancien["id"]
    with pytest.raises(Conflit):
        await preparation.annuler(moi, ancien["lot_uid"])
    await validation.valider(await comptable(), nouveau["lot_uid"])
    with pytest.raises(Conflit):
        await preparation.annuler(moi, nouveau["lot_uid"])


async def test_h05_un_rejet_rouvre_la_facture_et_le_suivant_la_paie() -> None:
    f = await une_facture()
    (dos,) = f.dossiers
    premier, second = await preparer_et_valider()
    paiement = await paiement_de(f)
    await repondre(premier, paiement["lot_uid"], {paiement["reference"]: "MS03"})
    assert await f.etat() == "rejetee"
    assert (await paiement_de(f))["motif"].startswith("MS03")
    assert await solde_de(dos) == (100_000, 60_000, 0, 0)
    await preparer_et_valider()
    await repondre(second, (await paiement_de(f))["lot_uid"])
    assert await f.etat() == "payee"
    assert await solde_de(dos) == (100_000, 60_000, 60_000, 60_000)


async def test_h05_le_meme_retour_lu_deux_fois_ne_change_rien() -> None:
    f = await une_facture()
    premier, second = await preparer_et_valider()
    lot = (await paiement_de(f))["lot_uid"]
    rendu = await retour.simuler(premier, lot, {})
    avant = await retour.lire(premier, rendu)
    assert avant.executes >= 1
    encore = await retour.lire(second, rendu)
    assert encore.deja_lu
    autre = await retour.lire(second, await retour.simuler(premier, lot, {}))
    assert (autre.executes, autre.rejetes) == (0, 0)
    assert await solde_de(f.dossiers[0]) == (100_000, 60_000, 60_000, 60_000)


async def test_h05_un_retour_lu_par_deux_comptables_a_la_fois() -> None:
    f = await une_facture()
    premier, second = await preparer_et_valider()
    lot = (await paiement_de(f))["lot_uid"]
    rendus = [await retour.simuler(premier, lot, {}) for _ in range(3)]
    bilans = await asyncio.gather(*(retour.lire(second, r) for r in rendus))
    assert sum(1 for b in bilans if b.executes) == 1
    assert await solde_de(f.dossiers[0]) == (100_000, 60_000, 60_000, 60_000)


async def test_h05_un_rejet_apres_execution_est_signale_et_ne_change_rien() -> None:
    f = await une_facture()
    premier, _ = await preparer_et_valider()
    paiement = await paiement_de(f)
    await repondre(premier, paiement["lot_uid"])
    bilan = await repondre(premier, paiement["lot_uid"], {paiement["reference"]: "AC04"})
    assert any(paiement["reference"] in a for a in bilan.anomalies)
    assert await f.etat() == "payee"


async def test_h05_un_retour_etranger_est_refuse() -> None:
    f = await une_facture()
    moi, _ = await preparer_et_valider()
    lot = await paiement_de(f)
    rendu = await retour.simuler(moi, lot["lot_uid"], {})
    inconnu = rendu.replace(lot["lot_numero"].encode(), b"RG-1999-000001")
    with pytest.raises(retour.RetourRefuse, match=r"Aucun de nos règlements"):
        await retour.lire(moi, inconnu)
    with pytest.raises(retour.RetourRefuse):
        await retour.lire(moi, b"<?xml version='1.0'?><a/>")
    intrus = rendu.replace(lot["reference"].encode(), b"RG-1999-000001-00001")
    bilan = await retour.lire(moi, intrus)
    assert any("n’est pas de ce règlement" in a for a in bilan.anomalies)


async def test_h05_une_banque_qui_refuse_tout_le_fichier() -> None:
    f = await une_facture()
    moi, _ = await preparer_et_valider()
    lot = await paiement_de(f)
    rendu = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>R1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{lot['lot_numero']}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>"
        "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
        "</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    bilan = await retour.lire(moi, rendu.encode())
    assert bilan.rejetes >= 1
    lue = await f.lire()
    assert (lue["etat"], lue["compte_a_confirmer"]) == ("rejetee", False)


async def test_h05_rien_a_payer_se_dit(base_neuve: str) -> None:
    with pytest.raises(Conflit, match=r"Rien à payer"):
        await preparation.preparer(await comptable())


async def test_h05_un_dossier_entierement_paye_est_solde() -> None:
    dos = await dossier(accorde=50_000)
    f = await facture((dos, 50_000))
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    (apres,) = await sql("select etat from dossier where id = $1", dos.id)
    (demande,) = await sql("select etat from demande where dossier = $1", dos.id)
    assert (apres["etat"], demande["etat"]) == ("solde", "payee")


async def test_h10_la_derniere_demande_payee_libere_le_reste() -> None:
    dos = await dossier(accorde=50_000)
    f = await facture((dos, 30_000), derniere=True)
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    (apres,) = await sql("select etat from dossier where id = $1", dos.id)
    assert apres["etat"] == "solde"
    assert await solde_de(dos) == (30_000, 30_000, 30_000, 30_000)


async def test_h05_un_dossier_paye_en_partie_reste_ouvert() -> None:
    f = await une_facture(30_000)
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    (apres,) = await sql("select etat from dossier where id = $1", f.dossiers[0].id)
    assert apres["etat"] == "en_cours"

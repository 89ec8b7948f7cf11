"""H05, H10, H11: each cent from the dossier to the payment, read the same way by all who may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from portal.grandlivre import queries as livre
from portal.infra.base import executer, sql1
from tests.dossiers.aides import ouvrir_session, quelqu_un, societe
from tests.factures import fabrique
from tests.factures.fabrique import accorde, deposer, du_de, validee
from tests.reglements.fabrique import preparer_et_valider, repondre

pytestmark = pytest.mark.usefixtures("base_neuve")


async def _un(requete: str, *parametres: Any) -> Any:
    ligne = await sql1(requete, *parametres)
    assert ligne is not None
    return next(iter(ligne.values()))


async def test_h11_du_dossier_au_paiement(navigateur: Any) -> None:
    organisme = await societe(prestataire=True)
    dossier = await accorde(60_000, organisme=organisme)
    demande = await validee(dossier, 45_000, derniere=True)
    facture, erreurs, _ = await deposer(dossier.moi, [(await du_de(dossier), 45_000)])
    assert facture is not None, erreurs
    premier, _ = await preparer_et_valider()
    lot = await sql1("select uid from lot_paiement")
    assert lot is not None
    reference = await _un("select reference from paiement")
    await repondre(premier, lot["uid"])
    assert await _un("select etat from facture where id = $1", facture["id"]) == "payee"
    assert await _un("select etat from demande where id = $1", demande["id"]) == "payee"
    assert (await dossier.lire())["etat"] == "solde"
    assert (await livre.solde(dossier.uid)).solde
    _, entreprise = await quelqu_un(dossier.chez, droits=fabrique.DROITS)
    _, comptable = await quelqu_un(role="comptable")
    for email in (dossier.email, entreprise, comptable):
        nav = await ouvrir_session(navigateur, email)
        page = await nav.get(f"/factures/{facture['uid']}")
        for dit in (
            dossier.numero,
            demande["numero"],
            facture["numero"],
            reference,
            "450,00",
            "Payée",
        ):
            assert dit in page.texte, (email, dit)
    assert await livre.ecarts() == []


async def test_h04_h05_deposer_pendant_que_la_banque_repond() -> None:
    """The return of one invoice and the deposit of the next, on the same dossiers: both go through."""
    for _ in range(4):
        un = await accorde(60_000)
        deux = await accorde(60_000, chez=un.chez, moi=(un.moi, un.email))
        await validee(un), await validee(deux)
        parts = [(await du_de(d), 30_000) for d in (un, deux)]
        facture, erreurs, _ = await deposer(un.moi, parts)
        assert facture is not None, erreurs
        premier, _ = await preparer_et_valider()
        lot = await sql1("select uid from lot_paiement order by id desc limit 1")
        assert lot is not None
        parts = [(await du_de(d), 30_000) for d in (deux, un)]
        _, (suivante, erreurs, _) = await asyncio.gather(
            repondre(premier, lot["uid"]), deposer(un.moi, parts)
        )
        assert suivante is not None, erreurs
        for dossier in (un, deux):
            solde = await livre.solde(dossier.uid)
            assert (solde.facture, solde.paye) == (60_000, 30_000)
        await executer("update facture set etat = 'refusee' where id = $1", suivante["id"])


async def test_h05_un_rejet_dit_pourquoi_et_se_repaie(navigateur: Any) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    facture, erreurs, _ = await deposer(dossier.moi, [(await du_de(dossier), 60_000)])
    assert facture is not None, erreurs
    premier, _ = await preparer_et_valider()
    lot = await sql1("select uid from lot_paiement")
    assert lot is not None
    reference = await _un("select reference from paiement")
    await repondre(premier, lot["uid"], {reference: "AC04"})
    nav = await ouvrir_session(navigateur, dossier.email)
    page = await nav.get(f"/factures/{facture['uid']}")
    assert "Le virement a été rejeté" in page.texte
    assert "le compte est clos" in page.texte
    _, email = await quelqu_un(role="comptable")
    interne = await ouvrir_session(navigateur, email)
    url = f"/factures/{facture['uid']}"
    page = await interne.soumettre(await interne.get(url), f"{url}/compte-confirme")
    assert "Compte confirmé" in page.texte
    await preparer_et_valider()
    lot = await sql1("select uid from lot_paiement order by id desc limit 1")
    assert lot is not None
    await repondre(premier, lot["uid"])
    assert await _un("select etat from facture where id = $1", facture["id"]) == "payee"
    assert (await dossier.lire())["etat"] == "solde"

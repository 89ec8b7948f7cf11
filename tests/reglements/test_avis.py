"""H06: the avis de virement is told by the bell only and read by those whom it concerns."""

from __future__ import annotations

from portal.infra.base import sql
from portal.reglements import accueil, queries
from tests.dossiers.aides import quelqu_un, societe
from tests.reglements.fabrique import (
    DROITS,
    dossier,
    facture,
    paiement_de,
    preparer_et_valider,
    repondre,
    une_facture,
)


async def _payee(f) -> dict:  # type: ignore[no-untyped-def, type-arg]
    moi, _ = await preparer_et_valider()
    await repondre(moi, (await paiement_de(f))["lot_uid"])
    return await paiement_de(f)


async def test_h06_par_la_cloche_et_jamais_par_courriel() -> None:
    dos = await dossier()
    f = await facture((dos, 10_000))
    moi, adresse = await quelqu_un(dos.chez, droits=DROITS)
    autre, _ = await quelqu_un(await societe(), droits=DROITS)
    paiement = await _payee(f)
    recues = await sql(
        "select titre, url, courriel from notification where compte = $1 and genre = 'virement'",
        moi.compte_id,
    )
    assert [(n["url"], n["courriel"]) for n in recues] == [
        (f"/reglements/avis/{paiement['uid']}", "aucun")
    ]
    assert "100,00" in recues[0]["titre"]
    assert not await sql("select 1 as n from courriel where a = $1", adresse)
    assert not await sql(
        "select 1 as n from notification where compte = $1 and genre = 'virement'",
        autre.compte_id,
    )


async def test_h06_l_avis_dit_quelles_factures_et_quels_dossiers() -> None:
    premier = await dossier()
    second = await dossier(premier.chez)
    f = await facture((premier, 10_000), (second, 20_000))
    moi, _ = await quelqu_un(premier.chez, droits=DROITS)
    vu = await queries.avis(moi, (await _payee(f))["uid"])
    assert vu is not None
    assert (vu.montre, vu.cachees, vu.entier) == (30_000, 0, True)
    assert {(li.facture, li.dossier, li.montant) for li in vu.lignes} == {
        (f.numero, premier.numero, 10_000),
        (f.numero, second.numero, 20_000),
    }


async def test_h06_hors_de_portee_l_avis_n_existe_pas() -> None:
    paiement = await _payee(await une_facture())
    etranger, _ = await quelqu_un(await societe(), droits=DROITS)
    assert await queries.avis(etranger, paiement["uid"]) is None
    page = await queries.mes_reglements(etranger)
    assert page.lignes == []


async def test_f05_l_entreprise_voit_sa_part_du_virement_a_l_organisme() -> None:
    organisme = await societe(prestataire=True)
    a_moi, d_autrui = await dossier(organisme=organisme), await dossier(organisme=organisme)
    f = await facture((a_moi, 10_000), (d_autrui, 25_000))
    paiement = await _payee(f)
    assert paiement["beneficiaire_siren"] == organisme.siren
    moi, _ = await quelqu_un(a_moi.chez, droits=DROITS)
    vu = await queries.avis(moi, paiement["uid"])
    assert vu is not None
    assert (vu.montre, vu.cachees, vu.entier) == (10_000, 1, False)
    assert (await queries.mes_reglements(moi)).lignes == []
    du_cote, _ = await quelqu_un(organisme, profil="prestataire", droits=DROITS)
    vu = await queries.avis(du_cote, paiement["uid"])
    assert vu is not None
    assert (vu.montre, vu.entier) == (35_000, True)
    (ligne,) = (await queries.mes_reglements(du_cote)).lignes
    assert ligne.montant == 35_000


async def test_h06_un_droit_d_etablissement_ne_montre_que_ses_lignes() -> None:
    chez = await societe(etablissements=2)
    dos = await dossier(chez)
    f = await facture((dos, 10_000))
    paiement = await _payee(f)
    du_siege, _ = await quelqu_un(chez, droits=DROITS, siret=chez.siret)
    d_ailleurs, _ = await quelqu_un(chez, droits=DROITS, siret=f"{chez.siren}99999")
    assert await queries.avis(du_siege, paiement["uid"]) is not None
    assert await queries.avis(d_ailleurs, paiement["uid"]) is None


async def test_h09_la_facture_montre_ses_virements() -> None:
    f = await une_facture()
    paiement = await _payee(f)
    vus = await accueil.paiements_vus([f.id])
    (seul,) = vus[f.id]
    assert (seul.etat, seul.montant, seul.reference) == ("execute", 60_000, paiement["reference"])


async def test_h11_chercher_un_virement_par_sa_facture() -> None:
    dos = await dossier()
    une, autre = await facture((dos, 10_000)), await facture((dos, 20_000))
    moi, _ = await quelqu_un(dos.chez, droits=DROITS)
    await _payee(une)
    trouves = (await queries.mes_reglements(moi, q=une.numero)).lignes
    assert [r.factures for r in trouves] == [une.numero]
    assert len((await queries.mes_reglements(moi)).lignes) == 2
    assert (await queries.mes_reglements(moi, etat="rejete")).lignes == []
    assert autre.numero

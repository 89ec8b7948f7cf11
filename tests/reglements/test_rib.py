"""H08: who may register an account, who is told, what stays visible; and runs already under way."""

from __future__ import annotations

import pytest

from portal.infra import coffre
from portal.infra.base import sql, valeur
from portal.reglements import preparation, rib, validation
from portal.web.erreurs import Conflit, Interdit, Introuvable
from tests.dossiers.aides import quelqu_un, societe
from tests.reglements.fabrique import (
    DROITS,
    comptable,
    dossier,
    facture,
    iban_neuf,
    paiement_de,
    preparer_et_valider,
    repondre,
)


async def test_h08_un_compte_remplace_l_autre_qui_reste_visible() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez, droits=DROITS)
    ancien, nouveau = iban_neuf(), iban_neuf()
    await rib.enregistrer(moi, chez.siren, "adherent", ancien, "Maison")
    await rib.enregistrer(moi, chez.siren, "adherent", nouveau, "Maison")
    (compte,) = await rib.mes_comptes(moi)
    assert compte.actif is not None
    assert compte.actif.masque == coffre.masquer("iban", nouveau)
    assert [r.masque for r in compte.anciens] == [coffre.masquer("iban", ancien)]
    assert ancien not in str(compte)
    assert compte.saisissable
    assert await rib.actif(chez.siren, "prestataire") is None


async def test_h08_tous_les_administrateurs_sont_prevenus() -> None:
    chez = await societe()
    premier, _ = await quelqu_un(chez, administrateur=True)
    second, adresse = await quelqu_un(chez, administrateur=True)
    moi, _ = await quelqu_un(chez, droits=DROITS)
    iban = iban_neuf()
    await rib.enregistrer(moi, chez.siren, "adherent", iban, "Maison")
    avertis = await sql(
        "select compte, titre, detail from notification where genre = 'rib' and compte = any($1)",
        [premier.compte_id, second.compte_id, moi.compte_id],
    )
    assert {a["compte"] for a in avertis} == {premier.compte_id, second.compte_id}
    (courriel,) = await sql("select sujet, texte from courriel where a = $1", adresse)
    assert iban not in courriel["texte"] + str(avertis)
    assert coffre.masquer("iban", iban) in courriel["texte"]


async def test_h08_sans_le_droit_ou_hors_de_portee() -> None:
    chez = await societe()
    lecteur, _ = await quelqu_un(chez, droits=("rib.consulter",))
    etranger, _ = await quelqu_un(await societe(), droits=DROITS)
    with pytest.raises(Interdit):
        await rib.enregistrer(lecteur, chez.siren, "adherent", iban_neuf(), "Maison")
    with pytest.raises(Introuvable):
        await rib.enregistrer(etranger, chez.siren, "adherent", iban_neuf(), "Maison")


async def test_h08_un_droit_sur_un_etablissement_ne_suffit_pas() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez, droits=DROITS, siret=chez.siret)
    with pytest.raises(Interdit):
        await rib.enregistrer(moi, chez.siren, "adherent", iban_neuf(), "Maison")


async def test_h08_le_meme_compte_et_un_compte_lointain_sont_refuses() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez, droits=DROITS)
    iban = iban_neuf()
    await rib.enregistrer(moi, chez.siren, "adherent", iban, "Maison")
    with pytest.raises(rib.RibRefuse, match=r"déjà celui"):
        await rib.enregistrer(moi, chez.siren, "adherent", iban, "Maison")
    with pytest.raises(rib.RibRefuse, match=r"zone SEPA"):
        await rib.enregistrer(moi, chez.siren, "adherent", "TN5910006035183598478831", "Maison")


async def test_h08_l_iban_n_est_en_clair_nulle_part() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez, droits=DROITS)
    iban = iban_neuf()
    uid = await rib.enregistrer(moi, chez.siren, "adherent", iban, "Maison")
    ecrits = await sql("select details from journal where objet_uid = $1", uid)
    chiffre = await valeur(
        "select s.chiffre from secret s join rib r on r.iban_secret = s.id where r.uid = $1", uid
    )
    assert ecrits
    assert iban not in str(ecrits)
    assert iban.encode() not in chiffre


async def test_h08_un_nouveau_compte_prend_les_factures_non_payees() -> None:
    dos = await dossier()
    f = await facture((dos, 10_000))
    moi, _ = await quelqu_un(dos.chez, droits=DROITS)
    iban = iban_neuf()
    await rib.enregistrer(moi, dos.chez.siren, "adherent", iban, "Maison")
    premier, _ = await preparer_et_valider()
    _, contenu = await validation.fichier(premier, (await paiement_de(f))["lot_uid"])
    assert iban in contenu.decode()


async def test_h08_un_compte_change_pendant_un_reglement_bloque_sa_validation() -> None:
    dos = await dossier()
    f = await facture((dos, 10_000))
    preparateur = await comptable()
    await preparation.preparer(preparateur)
    moi, _ = await quelqu_un(dos.chez, droits=DROITS)
    await rib.enregistrer(moi, dos.chez.siren, "adherent", iban_neuf(), "Maison")
    lot = (await paiement_de(f))["lot_uid"]
    with pytest.raises(Conflit, match=r"compte bancaire a changé"):
        await validation.valider(await comptable(), lot)
    await preparation.annuler(preparateur, lot)
    await preparer_et_valider()
    assert (await paiement_de(f))["lot_etat"] == "valide"


async def test_h08_un_compte_clos_attend_le_suivant() -> None:
    dos = await dossier()
    f = await facture((dos, 10_000))
    comptable_, _ = await preparer_et_valider()
    paiement = await paiement_de(f)
    await repondre(comptable_, paiement["lot_uid"], {paiement["reference"]: "AC04"})
    ecartee = next(c for c in await preparation.candidates() if c.id == f.id)
    assert ecartee.raison is not None
    moi, _ = await quelqu_un(dos.chez, droits=DROITS)
    await rib.enregistrer(moi, dos.chez.siren, "adherent", iban_neuf(), "Maison")
    reprise = next(c for c in await preparation.candidates() if c.id == f.id)
    assert reprise.raison is None
    await preparer_et_valider()
    await repondre(comptable_, (await paiement_de(f))["lot_uid"])
    assert await f.etat() == "payee"

"""H10, F05: a request is made after the training, line by line, and never above the grant."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal

import asyncpg
import pytest

from portal.dossiers import suites
from portal.factures import demandes
from portal.factures.du import dus, situation
from portal.grandlivre import queries as livre
from portal.infra.base import executer, sql, sql1
from portal.web.erreurs import Conflit, Interdit, Introuvable
from tests.dossiers.aides import quelqu_un, societe
from tests.factures import fabrique


async def _etat(demande: dict) -> str:
    ligne = await sql1("select etat from demande where id = $1", demande["id"])
    assert ligne is not None
    return str(ligne["etat"])


async def test_h10_rien_avant_la_fin_tout_apres(horloge) -> None:
    dossier = await fabrique.accorde(50_000)
    await horloge(datetime(2026, 9, 2, 12))
    etat = await situation(await dossier.lire())
    assert (etat.possible, etat.reste) == (0, 50_000)
    assert etat.prochaine is not None
    assert etat.prochaine.isoformat() == "2026-09-03"
    await demandes.enregistrer(dossier.moi, dossier.uid, {"pedagogie": Decimal(100)}, False)
    _, bilan = await demandes.transmettre(dossier.moi, dossier.uid)
    assert "au plus 0,00\u00a0€" in bilan.erreurs["total"]
    assert "3 septembre 2026" in bilan.erreurs["total"]
    await horloge(datetime(2026, 9, 3, 0, 1))
    assert (await situation(await dossier.lire())).possible == 50_000


async def test_h10_de_la_demande_a_la_validation() -> None:
    dossier = await fabrique.accorde(50_000)
    envoyee = await fabrique.transmise(dossier)
    assert envoyee["numero"].startswith("DR-")
    assert envoyee["etat"] == "transmise"
    assert await dus(dossier.moi) == []
    validee = await demandes.valider(
        await fabrique.gestionnaire(), envoyee["uid"], envoyee["version"]
    )
    (du,) = await dus(dossier.moi)
    assert (du.reste, du.demande_uid) == (50_000, validee["uid"])
    textes = [
        e["texte"]
        for e in await sql("select texte from dossier_evenement where dossier = $1", dossier.id)
    ]
    assert len(textes) == 2
    cloche = await sql("select titre from notification where compte = $1", dossier.moi.compte_id)
    assert [n["titre"] for n in cloche] == [f"Demande de remboursement {validee['numero']} validée"]


async def test_h10_toutes_les_erreurs_ensemble() -> None:
    dossier = await fabrique.accorde(100_00, lignes=(("pedagogie", 60_00), ("repas", 40_00)))
    await demandes.enregistrer(
        dossier.moi, dossier.uid, {"pedagogie": Decimal("60.01"), "repas": Decimal("40.01")}, False
    )
    _, bilan = await demandes.transmettre(dossier.moi, dossier.uid)
    assert set(bilan.erreurs) == {"ligne_pedagogie", "ligne_repas", "piece_certificat"}
    assert "Au plus 60,00\u00a0€" in bilan.erreurs["ligne_pedagogie"]


async def test_h10_vide_refusee() -> None:
    dossier = await fabrique.accorde()
    await demandes.enregistrer(dossier.moi, dossier.uid, {}, False)
    _, bilan = await demandes.transmettre(dossier.moi, dossier.uid)
    assert bilan.erreurs["total"] == "Indiquez au moins un montant à rembourser."


async def test_h10_plusieurs_jamais_plus_que_l_accord() -> None:
    dossier = await fabrique.accorde(100_00)
    await fabrique.validee(dossier, 60_00)
    await demandes.enregistrer(dossier.moi, dossier.uid, {"pedagogie": Decimal("40.01")}, False)
    _, bilan = await demandes.transmettre(dossier.moi, dossier.uid)
    assert "Au plus 40,00\u00a0€" in bilan.erreurs["ligne_pedagogie"]
    await fabrique.validee(dossier, 40_00)
    assert (await situation(await dossier.lire())).possible == 0


async def test_h10_une_demande_refusee_rend_son_montant() -> None:
    dossier = await fabrique.accorde(100_00)
    envoyee = await fabrique.transmise(dossier)
    refusee = await demandes.refuser(
        await fabrique.gestionnaire(),
        envoyee["uid"],
        envoyee["version"],
        "Le certificat est illisible.",
    )
    assert refusee["etat"] == "refusee"
    assert (await situation(await dossier.lire())).possible == 100_00
    await fabrique.validee(dossier, 100_00)


async def test_h10_deux_envois_en_meme_temps_font_une_demande() -> None:
    dossier = await fabrique.accorde(100_00)
    demande = await demandes.enregistrer(
        dossier.moi, dossier.uid, {"pedagogie": Decimal(100)}, False
    )
    await fabrique.joindre_certificat(dossier, demande)
    resultats = await asyncio.gather(
        *(demandes.transmettre(dossier.moi, dossier.uid) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(r, Conflit) for r in resultats) == 3
    assert len(await sql("select 1 from demande where dossier = $1", dossier.id)) == 1


async def test_h10_la_base_refuse_au_dela_de_l_engagement() -> None:
    dossier = await fabrique.accorde(100_00)
    await fabrique.transmise(dossier, 60_00)
    with pytest.raises(asyncpg.CheckViolationError):
        await executer(
            "insert into demande (dossier, etat, numero, emetteur_siren, emetteur_siret,"
            " emetteur_profil, montant_centimes, cree_par, cree_le, transmise_le, transmise_jour)"
            " values ($1, 'transmise', $2, '732829320', '73282932000074', 'adherent', 4001, $3, now(),"
            " now(), '2026-09-10')",
            dossier.id,
            f"DR-X-{dossier.id}",
            dossier.moi.compte_id,
        )


async def test_h10_deux_gestionnaires_jugent_une_fois() -> None:
    dossier = await fabrique.accorde()
    envoyee = await fabrique.transmise(dossier)
    un, deux = await fabrique.gestionnaire(), await fabrique.gestionnaire()
    resultats = await asyncio.gather(
        demandes.valider(un, envoyee["uid"], envoyee["version"]),
        demandes.refuser(deux, envoyee["uid"], envoyee["version"], "Non."),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Conflit) for r in resultats) == 1
    assert await _etat(envoyee) in ("validee", "refusee")


async def test_h10_la_derniere_demande_libere_le_reste() -> None:
    dossier = await fabrique.accorde(100_00)
    await fabrique.validee(dossier, 30_00)
    await fabrique.validee(dossier, 50_00, derniere=True)
    solde = await livre.solde(dossier.uid)
    assert (solde.engage, solde.reste) == (80_00, 80_00)
    assert (await situation(await dossier.lire())).possible == 0


async def test_f05_en_subrogation_c_est_l_organisme_qui_demande() -> None:
    organisme = await societe(prestataire=True)
    dossier = await fabrique.accorde(organisme=organisme)
    entreprise, _ = await quelqu_un(dossier.chez, droits=fabrique.DROITS)
    with pytest.raises(Interdit):
        await demandes.enregistrer(entreprise, dossier.uid, {"pedagogie": Decimal(10)}, False)
    validee = await fabrique.validee(dossier)
    assert (validee["emetteur_siren"], validee["emetteur_profil"]) == (
        organisme.siren,
        "prestataire",
    )
    assert await dus(entreprise) == []
    assert len(await dus(dossier.moi)) == 1


async def test_f05_sans_subrogation_l_organisme_ne_demande_pas() -> None:
    organisme = await societe(prestataire=True)
    dossier = await fabrique.accorde()
    await executer(
        "update dossier set organisme_siret = $2 where id = $1", dossier.id, organisme.siret
    )
    lui, _ = await quelqu_un(organisme, profil="prestataire", droits=fabrique.DROITS)
    with pytest.raises(Interdit):
        await demandes.enregistrer(lui, dossier.uid, {"pedagogie": Decimal(10)}, False)


async def test_h10_hors_de_portee_n_existe_pas() -> None:
    dossier = await fabrique.accorde()
    autre, _ = await quelqu_un(await societe(), droits=fabrique.DROITS)
    with pytest.raises(Introuvable):
        await demandes.enregistrer(autre, dossier.uid, {"pedagogie": Decimal(10)}, False)
    lecteur, _ = await quelqu_un(dossier.chez, droits=("dossiers.consulter",))
    with pytest.raises(Interdit):
        await demandes.enregistrer(lecteur, dossier.uid, {"pedagogie": Decimal(10)}, False)
    envoyee = await fabrique.transmise(dossier)
    ailleurs, _ = await quelqu_un(role="gestionnaire")
    await executer("update role_interne set region = '11' where compte = $1", ailleurs.compte_id)
    with pytest.raises(Introuvable):
        await demandes.valider(ailleurs, envoyee["uid"], envoyee["version"])


@pytest.mark.parametrize("etat", ["refuse", "solde", "annule", "transmis"])
async def test_h10_seulement_sur_un_dossier_accorde(etat: str) -> None:
    dossier = await fabrique.accorde(etat=etat)
    with pytest.raises(Conflit):
        await demandes.enregistrer(dossier.moi, dossier.uid, {"pedagogie": Decimal(10)}, False)


async def test_d09_annuler_clot_les_demandes_en_attente() -> None:
    dossier = await fabrique.accorde()
    envoyee = await fabrique.transmise(dossier)
    chef, _ = await quelqu_un(dossier.chez, administrateur=True)
    await suites.annuler(chef, dossier.uid)
    assert await _etat(envoyee) == "refusee"
    assert (await livre.solde(dossier.uid)).engage == 0


async def test_d09_pas_d_annulation_quand_l_argent_est_en_route() -> None:
    dossier = await fabrique.accorde()
    await fabrique.validee(dossier)
    chef, _ = await quelqu_un(dossier.chez, administrateur=True)
    with pytest.raises(Conflit):
        await suites.annuler(chef, dossier.uid)
    assert (await dossier.lire())["etat"] == "en_cours"

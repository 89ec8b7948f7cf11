"""H03, H04: an invoice is checked point by point; each refusal says what was expected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.dossiers import transitions
from portal.factures import operations
from portal.factures.du import dus
from portal.grandlivre import queries as livre
from portal.infra import clock, coffre
from portal.infra.base import executer, sql
from portal.infra.money import date_longue, euros
from portal.web.erreurs import Conflit, Introuvable
from tests.dossiers.aides import quelqu_un, societe
from tests.factures import fabrique
from tests.factures.fabrique import accorde, deposer, du_de, numero_neuf, pdf_facture, validee


async def test_h03_une_bonne_facture_est_acceptee_et_inscrite() -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du = await du_de(dossier)
    facture, erreurs, examen = await deposer(dossier.moi, [(du, 60_000)])
    assert erreurs == {}
    assert examen.a_verifier == []
    assert facture is not None
    assert facture["etat"] == "acceptee"
    assert (await livre.solde(dossier.uid)).facture == 60_000
    assert await dus(dossier.moi) == []
    assert await coffre.reveler(facture["iban_secret"]) == fabrique.IBAN


async def test_h03_avec_tva() -> None:
    dossier = await accorde(120_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 120_000)], numero, tva_centimes=20_000)
    facture, erreurs, _ = await deposer(
        dossier.moi, [(du, 120_000)], numero=numero, pdf=pdf,
        assujetti="tva", ht="1000", tva="200", ttc="1 200,00",
    )  # fmt: skip
    assert erreurs == {}
    assert facture is not None
    assert (facture["ht_centimes"], facture["tva_centimes"]) == (100_000, 20_000)


async def test_h03_une_facture_sur_plusieurs_dossiers() -> None:
    un = await accorde(60_000)
    deux = await accorde(40_000, chez=un.chez, moi=(un.moi, un.email))
    await validee(un), await validee(deux)
    parts = [(await du_de(un), 60_000), (await du_de(deux), 15_000)]
    facture, erreurs, _ = await deposer(un.moi, parts)
    assert erreurs == {}
    assert facture is not None
    assert (await livre.solde(deux.uid)).facture == 15_000
    assert (await du_de(deux)).reste == 25_000


@pytest.mark.parametrize(
    ("ecrit", "champ", "dit"),
    [
        ({"cible": "fonds"}, "cible", "Attendu «\u00a0À l’ordre de OPCO Démo\u00a0»"),
        ({"ttc": "600,02"}, "ttc", "Attendu 600,00\u00a0€"),
        ({"assujetti": "tva", "ht": "500", "tva": "99,98"}, "ttc", "Attendu 599,98\u00a0€"),
        ({"assujetti": "tva"}, "ht", "Montant HT"),
        ({"numero": "AUTRE-9"}, "numero", "AUTRE-9"),
        ({"numero": ""}, "numero", "Numéro de votre facture"),
        ({"date_facture": "31/12/2099"}, "date_facture", "aujourd’hui"),
        ({"date_facture": "02/09/2026"}, "date_facture", "à partir du 3 septembre 2026"),
        ({"iban": "FR00"}, "iban", "IBAN"),
        ({"iban": ""}, "iban", "aucun RIB n’est enregistré"),
    ],
)
async def test_h04_chaque_point_est_nomme(ecrit: dict, champ: str, dit: str) -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 60_000)], numero)
    facture, erreurs, _ = await deposer(
        dossier.moi, [(du, 60_000)], pdf=pdf, **{"numero": numero, **ecrit}
    )
    assert facture is None
    assert dit in erreurs[champ]
    assert (await livre.solde(dossier.uid)).facture == 0


async def test_h04_toutes_les_erreurs_a_la_fois() -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du = await du_de(dossier)
    _, erreurs, _ = await deposer(
        dossier.moi, [(du, 60_001)], pdf=fabrique.SCAN, cible="", numero="", date_facture="x", ttc="-3",
        iban="x",
    )  # fmt: skip
    attendus = {"cible", "numero", "date_facture", "ttc", "iban", f"repartition.{du.cle}.montant"}
    assert attendus <= set(erreurs)


async def test_h04_un_centime_s_arrondit_deux_non() -> None:
    dossier = await accorde(60_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 60_000)], numero, tva_centimes=10_000, ht_centimes=50_001)
    facture, erreurs, examen = await deposer(
        dossier.moi, [(du, 60_000)], numero=numero, pdf=pdf, assujetti="tva", ht="500,01", tva="100",
        ttc="600",
    )  # fmt: skip
    assert erreurs == {}
    assert facture is not None
    assert len(examen.notes) == 1


async def test_h04_au_dela_de_ce_qui_est_du() -> None:
    dossier = await accorde(60_000)
    await validee(dossier, 50_000)
    du = await du_de(dossier)
    facture, erreurs, _ = await deposer(dossier.moi, [(du, 50_001)])
    assert facture is None
    message = erreurs[f"repartition.{du.cle}.montant"]
    assert f"Attendu au plus {euros(50_000)}" in message
    assert du.numero in message


async def test_g05_jamais_deux_destinataires() -> None:
    un = await accorde(10_000)
    deux = await accorde(20_000, chez=un.chez, moi=(un.moi, un.email), dispositif=fabrique.BIS)
    await validee(un), await validee(deux)
    parts = [(await du_de(un), 10_000), (await du_de(deux), 20_000)]
    facture, erreurs, _ = await deposer(un.moi, parts)
    assert facture is None
    assert "une facture n’a qu’un destinataire" in erreurs["repartition"]
    assert "Fonds Bis et OPCO Démo" in erreurs["repartition"]


async def test_g05_le_pdf_a_l_ordre_d_un_autre() -> None:
    dossier = await accorde(10_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 10_000)], numero, cible="fonds")
    facture, erreurs, _ = await deposer(dossier.moi, [(du, 10_000)], numero=numero, pdf=pdf)
    assert facture is None
    assert "le PDF est à l’ordre de Fonds Bis" in erreurs["cible"]


async def test_h04_le_pdf_dit_un_autre_montant() -> None:
    dossier = await accorde(10_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 12_000)], numero)
    facture, erreurs, _ = await deposer(dossier.moi, [(du, 10_000)], numero=numero, pdf=pdf)
    assert facture is None
    assert erreurs["ttc"] == (
        "Attendu 100,00\u00a0€\u00a0: ce total n’apparaît pas dans le PDF. Le plus grand montant lu"
        " est 120,00\u00a0€."
    )


async def test_h04_numero_deja_servi_par_le_meme_emetteur() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    facture, _, _ = await deposer(dossier.moi, [(du, 10_000)], numero=numero)
    assert facture is not None
    pdf = await pdf_facture([(du, 5_000)], numero.lower())
    encore, erreurs, _ = await deposer(
        dossier.moi, [(du, 5_000)], numero=f" {numero.lower()} ", pdf=pdf
    )
    assert encore is None
    assert "a déjà été déposée" in erreurs["numero"]
    autre = await accorde(5_000)
    await validee(autre)
    ailleurs, erreurs, _ = await deposer(autre.moi, [(await du_de(autre), 5_000)], numero=numero)
    assert ailleurs is not None, erreurs


async def test_h04_meme_fichier_sous_un_autre_numero() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 10_000)], numero)
    await deposer(dossier.moi, [(du, 10_000)], numero=numero, pdf=pdf)
    _, erreurs, _ = await deposer(dossier.moi, [(du, 10_000)], numero="AUTRE", pdf=pdf)
    assert "Ce même fichier" in erreurs["fichier"]


async def test_h04_dossier_clos() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    du = await du_de(dossier)
    await transitions.transiter(dossier.id, "solde", None)
    facture, erreurs, _ = await deposer(dossier.moi, [(du, 20_000)])
    assert facture is None
    assert "n’est plus à facturer" in erreurs["repartition"]


async def test_h04_un_scan_attend_une_personne_puis_est_inscrit() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    du = await du_de(dossier)
    facture, erreurs, _ = await deposer(dossier.moi, [(du, 20_000)], pdf=fabrique.scan())
    assert erreurs == {}
    assert facture is not None
    assert facture["etat"] == "deposee"
    assert (await livre.solde(dossier.uid)).facture == 0
    moi = await fabrique.gestionnaire()
    await operations.accepter(moi, facture["uid"], facture["version"])
    assert (await livre.solde(dossier.uid)).facture == 20_000
    with pytest.raises(Conflit):
        await operations.accepter(moi, facture["uid"], facture["version"])


async def test_h04_refusee_par_une_personne_elle_revient_sous_son_numero() -> None:
    dossier = await accorde(20_000)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    facture, _, _ = await deposer(dossier.moi, [(du, 20_000)], numero=numero, pdf=fabrique.scan())
    assert facture is not None
    assert await dus(dossier.moi) == []
    refusee = await operations.refuser(
        await fabrique.gestionnaire(),
        facture["uid"],
        facture["version"],
        ["lisible"],
        "Un PDF net.",
    )
    assert refusee["motifs"][0]["attendu"] == "Un PDF net."
    (notification,) = await sql(
        "select titre, detail from notification where compte = $1 and genre = 'facture'",
        dossier.moi.compte_id,
    )
    assert "Un PDF net." in notification["detail"]
    corrigee, erreurs, _ = await deposer(
        dossier.moi, [(du, 20_000)], numero=numero, remplace=facture["id"]
    )
    assert erreurs == {}
    assert corrigee is not None
    assert corrigee["remplace"] == facture["id"]


async def test_h08_un_autre_iban_attend_une_personne(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.factures import registre

    secret = await coffre.deposer("iban", "FR1420041010050500013M02606")

    async def rib(siren: str, profil: str) -> registre.RibVu:
        return registre.RibVu(secret, "FR14 **** 2606", "Maison")

    monkeypatch.setattr(registre.BRANCHEMENTS, "rib", rib)
    dossier = await accorde(30_00)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    pdf = await pdf_facture([(du, 10_00)], numero, iban="FR1420041010050500013M02606")
    facture, _, _ = await deposer(dossier.moi, [(du, 10_00)], numero=numero, pdf=pdf, iban="")
    assert facture is not None
    assert (facture["etat"], facture["iban_secret"]) == ("acceptee", secret)
    facture, _, examen = await deposer(dossier.moi, [(du, 10_00)])
    assert facture is not None
    assert facture["etat"] == "deposee"
    assert examen.a_verifier == ["L’IBAN saisi n’est pas celui du RIB enregistré."]
    facture, _, examen = await deposer(dossier.moi, [(du, 10_00)], iban="")
    assert facture is not None
    assert "un autre IBAN" in examen.a_verifier[0]


async def test_h04_hors_de_portee_rien_ne_se_facture() -> None:
    dossier = await accorde(30_00)
    await validee(dossier)
    du = await du_de(dossier)
    autre, _ = await quelqu_un(await societe(), droits=fabrique.DROITS)
    facture, erreurs, _ = await deposer(autre, [(du, 30_00)])
    assert facture is None
    assert "n’est plus à facturer" in erreurs["repartition"]
    scan, _, _ = await deposer(dossier.moi, [(du, 30_00)], pdf=fabrique.scan())
    assert scan is not None
    ailleurs, _ = await quelqu_un(role="gestionnaire")
    await executer("update role_interne set region = '11' where compte = $1", ailleurs.compte_id)
    with pytest.raises(Introuvable):
        await operations.accepter(ailleurs, scan["uid"], scan["version"])


async def test_h03_datee_du_premier_jour_possible() -> None:
    dossier = await accorde(30_00)
    await validee(dossier)
    du, numero = await du_de(dossier), numero_neuf()
    jour = fabrique.FIN + timedelta(days=1)
    pdf = await pdf_facture([(du, 30_00)], numero, jour=jour)
    facture, erreurs, _ = await deposer(
        dossier.moi, [(du, 30_00)], numero=numero, pdf=pdf, date_facture=f"{jour:%d/%m/%Y}"
    )
    assert facture is not None, erreurs
    assert date_longue(jour) == "3 septembre 2026"
    assert await clock.aujourd_hui() >= jour


async def test_n02_aucun_iban_en_clair_dans_la_base() -> None:
    dossier = await accorde(30_00)
    await validee(dossier)
    await deposer(dossier.moi, [(await du_de(dossier), 30_00)])
    for table in ("facture", "facture_evenement", "journal", "dossier_evenement", "notification"):
        trouves = await sql(f"select 1 from {table} t where t::text like '%{fabrique.IBAN}%'")
        assert trouves == [], table

"""C13: what comes in by source, read only, with its money in the ledger."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.dossiers import transitions
from portal.dossiers.documents.operations import ajouter
from portal.factures import demandes
from portal.factures.du import REPRISE, dus, situation
from portal.grandlivre.queries import ecarts
from portal.infra.base import sql, sql1, transaction
from portal.reglements import rib
from portal.testing.sessions import renforcer
from portal.web.erreurs import Conflit
from tests.core import rattachements_aides as gens
from tests.core.comptes_aides import connecter
from tests.dossiers.aides import FauxFichier, quelqu_un
from tests.reprise import aides as a

CAS = (
    ("Mon Espace", "brouillon", "", "accepté", False),
    ("Mon Espace", "transmis", "", "", True),
    ("Mon Espace", "Refusé", "", "", True),
    ("Mon Espace", "Soldé", "01/01/2012", "", True),
    ("MDA", "brouillon", "", "", False),
    ("MDA", "En instruction", "", "", False),
    ("MDA", "En cours", "01/01/2015", "", True),
    ("MDA", "Soldé", "01/01/2022", "", False),
    ("MDA", "Soldé", "02/01/2022", "", True),
    ("MDA", "clos", "", "", False),
    ("MDA", "Refusé", "02/01/2024", "", False),
    ("MDA", "Annulé", "02/01/2024", "", True),
)


async def test_c13_ce_qui_vient_selon_la_source(tmp_path: Path) -> None:
    s = await gens.societe()
    lignes = [
        a.un_dossier(
            f"N{rang}-{s.siren}", s.siret(), source, etat=etat, mouvement_le=mouvement,
            accorde="" if etat in ("transmis", "Refusé", "En instruction", "brouillon") else "500",
        )
        for rang, (source, etat, mouvement, _, _) in enumerate(CAS)
    ]  # fmt: skip
    a.ecrire(tmp_path, "dossiers.csv", *lignes)
    dits = a.rapport(await a.reprendre(tmp_path))
    vus = [(d["resultat"] == "accepté", bool(await a.dossier_de(d["cle"]))) for d in dits]
    assert vus == [(attendu, attendu) for *_, attendu in CAS]
    motifs = {d["cle"].partition("-")[0]: d["motif"] for d in dits}
    assert "1er janvier 2022" in motifs["N7"]
    assert "brouillons" in motifs["N0"]
    assert "engagés" in motifs["N5"]


async def test_c13_les_dates_sont_des_donnees_avec_leur_source() -> None:
    regle = await sql1("select * from regle_reprise where source = 'mda'")
    assert regle is not None
    assert regle["clos_apres"].isoformat() == "2022-01-01"
    assert "FAQ" in regle["reference"]


async def test_c13_deux_fois_lu_une_fois_repris(tmp_path: Path) -> None:
    s = await gens.societe()
    numero = f"N-{s.siren}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret()))
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"]
    avant = await a.dossier_de(numero)
    assert a.resultats(await a.reprendre(tmp_path)) == ["déjà repris"]
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret(), accorde="2 000"))
    (autre,) = a.rapport(await a.reprendre(tmp_path))
    assert (autre["resultat"], autre["colonne"]) == ("rejeté", "numero")
    assert "autre contenu" in autre["motif"]
    assert await a.dossier_de(numero) == avant
    assert (await a.livre(numero))["engage"] == 1000


async def test_c13_l_essai_n_ecrit_rien(tmp_path: Path, base_neuve) -> None:
    s = await gens.societe()
    numero = f"N-{s.siren}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret()))
    a.ecrire(tmp_path, "factures.csv", facture(numero, s.siren, "400"))
    a.ecrire(tmp_path, "habilitations.csv", a.droit("x@exemple.fr", s.siren))
    bilan = await a.reprendre(tmp_path, appliquer=False)
    assert a.resultats(bilan) == ["accepté"] * 3, "an invoice is tried on a dossier that is tried"
    assert "rien n’a été écrit" in str(bilan)
    for table in (
        "dossier",
        "facture_reprise",
        "reprise_ligne",
        "mouvement",
        "acces_repris",
        "secret",
    ):
        assert await sql(f"select 1 from {table}") == [], table


async def test_c13_tue_en_route_elle_reprend(tmp_path: Path, monkeypatch) -> None:
    s = await gens.societe()
    numeros = [f"N{n}-{s.siren}" for n in range(6)]
    a.ecrire(tmp_path, "dossiers.csv", *(a.un_dossier(n, s.siret()) for n in numeros))
    from portal.reprise import dossiers

    vrai, passes = dossiers._raconter, []

    async def coupe(lignes: Any) -> None:
        passes.append(1)
        if len(passes) == 2:
            raise KeyboardInterrupt
        await vrai(lignes)

    monkeypatch.setattr(dossiers, "_raconter", coupe)
    with pytest.raises(KeyboardInterrupt):
        await a.reprendre(tmp_path, lot=2)
    monkeypatch.undo()
    assert a.resultats(await a.reprendre(tmp_path, lot=2)) == ["déjà repris"] * 2 + ["accepté"] * 4
    assert len(await sql("select 1 from dossier where numero = any($1::text[])", numeros)) == 6


def facture(dossier: str, siren: str, montant: str, **plus: Any) -> dict[str, Any]:
    return {
        "source": "MDA", "numero": "F-1", "emetteur_siren": siren, "dossier": dossier,
        "date": "15/07/2025", "montant": montant, "etat": "Payée", **plus,
    }  # fmt: skip


def reglement(dossier: str, siren: str, montant: str, **plus: Any) -> dict[str, Any]:
    return {
        "source": "MDA", "reference": "VIR-9", "facture": "F-1", "emetteur_siren": siren,
        "dossier": dossier, "date": "20/07/2025", "montant": montant, **plus,
    }  # fmt: skip


async def test_c13_paye_facture_engage_dans_le_grand_livre(tmp_path: Path) -> None:
    s = await gens.societe()
    en_cours, clos = f"EC-{s.siren}", f"CL-{s.siren}"
    a.ecrire(
        tmp_path, "dossiers.csv", a.un_dossier(en_cours, s.siret()),
        a.un_dossier(clos, s.siret(), etat="Soldé"),
    )  # fmt: skip
    a.ecrire(
        tmp_path, "factures.csv", facture(en_cours, s.siren, "700"),
        facture(en_cours, s.siren, "300,01", numero="F-2"), facture(clos, s.siren, "900"),
        facture(en_cours, s.siren, "9 999", numero="F-3", etat="Refusée"),
        facture("INCONNU", s.siren, "1"), facture(en_cours, gens.siren_neuf(), "1"),
    )  # fmt: skip
    a.ecrire(
        tmp_path, "reglements.csv", reglement(en_cours, s.siren, "500"),
        reglement(en_cours, s.siren, "200,01", reference="VIR-10"),
        reglement(clos, s.siren, "900"), reglement(en_cours, s.siren, "1", facture="F-3"),
    )  # fmt: skip
    dits = a.rapport(await a.reprendre(tmp_path))
    assert [d["resultat"] for d in dits] == [
        "accepté", "accepté",
        "accepté", "rejeté", "accepté", "accepté", "rejeté", "rejeté",
        "accepté", "rejeté", "accepté", "rejeté",
    ]  # fmt: skip
    assert "il reste 300,00" in dits[3]["motif"].replace("\u00a0", " ").replace("\u202f", "")
    assert await a.livre(en_cours) == {"engage": 1000, "facture": 700, "paye": 500}
    assert await a.livre(clos) == {"engage": 1000, "facture": 900, "paye": 900}
    uids = {str((await a.dossier_de(n) or {})["uid"]) for n in (en_cours, clos)}
    assert not [e for e in await ecarts() if any(uid in e for uid in uids)], "as doctor sees it"
    assert a.resultats(await a.reprendre(tmp_path)).count("accepté") == 0
    assert await a.livre(en_cours) == {"engage": 1000, "facture": 700, "paye": 500}


async def test_c13_un_dossier_repris_se_lit_et_ne_change_pas(tmp_path: Path, navigateur) -> None:
    s = await gens.societe("Fonderie Arnaud")
    numero = f"R-{s.siren}"
    a.ecrire(
        tmp_path,
        "dossiers.csv",
        a.un_dossier(numero, s.siret(), "Mon Espace", etat="transmis", accorde=""),
    )
    await a.reprendre(tmp_path)
    dossier = await a.dossier_de(numero)
    assert dossier is not None
    _, email = await quelqu_un(s, administrateur=True)
    nav = navigateur()
    await connecter(nav, email)
    assert numero in (await nav.get("/dossiers")).texte
    page = await nav.get(f"/dossiers/{dossier['uid']}")
    assert "Dossier repris" in page.texte
    assert "1 200,00" in page.texte.replace("\u202f", " ")
    assert "Dupliquer" not in page.texte
    moi, _ = await quelqu_un(s, administrateur=True)
    for vers in ("en_instruction", "annule"):
        with pytest.raises(Conflit, match="ancien portail"):
            async with transaction():
                await transitions.transiter(dossier["id"], vers, moi)


async def test_c13_un_numero_comme_les_notres_n_est_pas_redonne(tmp_path: Path) -> None:
    from portal.dossiers import numeros

    s = await gens.societe()
    prefixe = f"R{s.siren[-5:]}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(f"2025-{prefixe}-000041", s.siret()))
    await a.reprendre(tmp_path)
    assert await numeros.rang(2025, prefixe) == 42


async def test_c13_rib_sous_historique_jamais_paye(tmp_path: Path, navigateur) -> None:
    s = await gens.societe()
    numero = f"H-{s.siren}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret()))
    a.ecrire(tmp_path, "factures.csv", facture(numero, s.siren, "400", numero="F-H"))
    a.ecrire(tmp_path, "ribs.csv", {
        "source": "Mon Espace", "siren": s.siren, "profil": "adherent",
        "iban": "FR76 3000 6000 0112 3456 7890 189", "titulaire": "Fonderie", "depose_le": "",
    })  # fmt: skip
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"] * 3
    assert a.resultats(await a.reprendre(tmp_path)) == ["déjà repris"] * 3
    assert await sql("select 1 from rib where siren = $1", s.siren) == []
    _, email = await quelqu_un(s, administrateur=True)
    nav = navigateur()
    await connecter(nav, email)
    page = await nav.get("/factures/historique")
    assert "F-H" in page.texte
    assert "0189" in page.texte.replace(" ", "")[-4000:] or "189" in page.texte
    assert "30006000" not in page.texte.replace(" ", "")
    assert "Historique" in (await nav.get("/factures")).texte
    _, autre = await quelqu_un(await gens.societe(), administrateur=True)
    ailleurs = navigateur()
    await connecter(ailleurs, autre)
    assert "F-H" not in (await ailleurs.get("/factures/historique")).texte
    (dit,) = await sql(
        "select cle from reprise_ligne where genre = 'ribs' and cle like $1", f"{s.siren}%"
    )
    assert "30006000" not in dit["cle"]


async def test_c13_salaries_et_cles_pas_encore_repris(tmp_path: Path) -> None:
    a.ecrire(tmp_path, "salaries.csv", {"source": "MDA", "nom": "X"})
    a.ecrire(tmp_path, "cles_api.csv", {"source": "MDA", "cle": "X"})
    dits = a.rapport(await a.reprendre(tmp_path))
    assert {d["resultat"] for d in dits} == {"rejeté"}
    assert all("Pas encore repris" in d["motif"] for d in dits)


async def test_c13_le_reste_d_un_dossier_repris_se_demande_ici(tmp_path: Path, navigateur) -> None:
    s = await gens.societe()
    numero = f"D-{s.siren}"
    a.ecrire(tmp_path, "dossiers.csv", a.un_dossier(numero, s.siret()))
    a.ecrire(tmp_path, "factures.csv", facture(numero, s.siren, "400"))
    await a.reprendre(tmp_path)
    dossier = await a.dossier_de(numero)
    assert dossier is not None
    etat = await situation(dossier)
    assert (etat.possible, etat.lignes[0].reste) == (60_000, 60_000)
    moi, email = await quelqu_un(s, administrateur=True)
    await demandes.enregistrer(moi, dossier["uid"], {REPRISE: Decimal("600.01")}, False)
    _, bilan = await demandes.transmettre(moi, dossier["uid"])
    assert "600,00" in bilan.erreurs[f"ligne_{REPRISE}"]
    await demandes.enregistrer(moi, dossier["uid"], {REPRISE: Decimal("600")}, False)
    _, bilan = await demandes.transmettre(moi, dossier["uid"])
    for nom in bilan.erreurs:
        piece = await ajouter(moi, dossier["uid"], nom.removeprefix("piece_"), FauxFichier())  # type: ignore[arg-type]
        await demandes.joindre((await demandes.brouillon_de(dossier["id"]))["id"], piece["id"])  # type: ignore[index]
    demande, bilan = await demandes.transmettre(moi, dossier["uid"])
    assert not bilan.erreurs
    gestionnaire, _ = await quelqu_un(role="gestionnaire")
    await demandes.valider(gestionnaire, demande["uid"], demande["version"])
    (du,) = await dus(moi)
    assert (du.dossier_numero, du.reste) == (numero, 60_000)
    for page in (
        f"/dossiers/{dossier['uid']}/remboursement",
        f"/dossiers/{dossier['uid']}/documents",
    ):
        nav = navigateur()
        await connecter(nav, email)
        assert (await nav.get(page)).statut == 200


async def test_c13_un_rib_repris_ne_sert_qu_une_fois_confirme(tmp_path: Path, navigateur) -> None:
    s = await gens.societe()
    a.ecrire(tmp_path, "ribs.csv", {
        "source": "MDA", "siren": s.siren, "profil": "adherent", "titulaire": "Forge Nord",
        "iban": "FR7630006000011234567890189",
    })  # fmt: skip
    await a.reprendre(tmp_path)
    repris = await sql1("select uid from rib_repris where siren = $1", s.siren)
    assert repris is not None
    chemin = f"/factures/historique/rib/{repris['uid']}"
    _, email = await quelqu_un(s, administrateur=True)
    nav = navigateur()
    await connecter(nav, email, renforcee=False)
    assert (await nav.get(chemin, suivre=False)).statut == 303, "another proof first"
    await renforcer(nav)
    page = await nav.get(chemin)
    assert (await nav.soumettre(page, chemin)).statut == 422
    assert await rib.actif(s.siren, "adherent") is None
    page = await nav.soumettre(await nav.get(chemin), chemin, certifie="oui")
    assert "Compte enregistré" in page.texte
    actif = await rib.actif(s.siren, "adherent")
    assert actif is not None
    assert actif.titulaire == "Forge Nord"
    assert "Enregistré ici depuis" in (await nav.get("/factures/historique")).texte
    _, autre = await quelqu_un(await gens.societe(), administrateur=True)
    ailleurs = navigateur()
    await connecter(ailleurs, autre)
    assert (await ailleurs.get(chemin)).statut == 404

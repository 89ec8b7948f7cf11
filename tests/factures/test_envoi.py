"""H10: a request, its evidence and its sending are one operation, told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portal.dossiers import registre
from portal.factures import demandes
from portal.factures.envoi import Envoi, envoyer
from portal.infra.base import sql
from tests.dossiers.aides import PDF, FauxFichier, ouvrir_session
from tests.factures import fabrique

SANS_PIECE = replace(
    fabrique.ESSAI,
    code="essai_sans_piece",
    prefixe="ES",
    pieces=(replace(fabrique.ESSAI.pieces[0], si=lambda _donnees: False),),
)


@pytest.fixture
def _sans_piece() -> Iterator[None]:
    registre.DISPOSITIFS[SANS_PIECE.code] = SANS_PIECE
    yield
    registre.DISPOSITIFS.pop(SANS_PIECE.code)


async def _traces(dossier: fabrique.Accorde) -> list[str]:
    lignes = await sql(
        "select action from journal where acteur_id = $1 and starts_with(action, 'd') order by id",
        dossier.moi.compte_id,
    )
    return [ligne["action"] for ligne in lignes]


def _certificat(contenu: bytes = PDF) -> dict[str, Any]:
    return {"certificat": [FauxFichier(contenu, "certificat.pdf")]}


async def test_h10_enregistrer_se_dit_une_fois_et_la_piece_aussi() -> None:
    dossier = await fabrique.accorde()
    resultat = await envoyer(
        dossier.moi, dossier.uid, Envoi({"pedagogie": Decimal(100)}, fichiers=_certificat())
    )
    assert not resultat.erreurs
    assert not resultat.transmise
    assert await _traces(dossier) == ["dossier.document", "demande.enregistree"]
    evenements = await sql(
        "select texte from dossier_evenement where dossier = $1 and genre = 'document'", dossier.id
    )
    assert [e["texte"] for e in evenements] == ["Document ajouté\u00a0: certificat.pdf"]
    (document,) = await demandes.documents(resultat.demande["id"])
    retiree = await envoyer(
        dossier.moi, dossier.uid, Envoi({"pedagogie": Decimal(100)}, retirer=document["uid"])
    )
    assert await demandes.documents(retiree.demande["id"]) == []
    lignes = await sql(
        "select details->>'document_retire' as retire from journal where objet_uid = $1 order by id",
        retiree.demande["uid"],
    )
    assert [ligne["retire"] for ligne in lignes] == [None, str(document["uid"])]


async def test_h10_transmettre_d_un_seul_geste() -> None:
    dossier = await fabrique.accorde()
    envoi = Envoi({"pedagogie": Decimal(100)}, fichiers=_certificat(), transmettre=True)
    resultat = await envoyer(dossier.moi, dossier.uid, envoi)
    assert resultat.transmise
    assert await _traces(dossier) == ["dossier.document", "dossier.demande_transmise"]


async def test_h10_une_piece_refusee_garde_le_reste_sans_transmettre() -> None:
    dossier = await fabrique.accorde()
    envoi = Envoi({"pedagogie": Decimal(100)}, fichiers=_certificat(b"non"), transmettre=True)
    resultat = await envoyer(dossier.moi, dossier.uid, envoi)
    assert list(resultat.erreurs) == ["piece_certificat"]
    assert not resultat.transmise
    assert resultat.demande["montant_centimes"] == 100_00
    assert await _traces(dossier) == ["demande.enregistree"]


@pytest.mark.usefixtures("_sans_piece")
async def test_h10_une_piece_sans_objet_n_est_pas_demandee(navigateur: Any) -> None:
    dossier = await fabrique.accorde(dispositif=SANS_PIECE)
    nav = await ouvrir_session(navigateur, dossier.email)
    for url in (f"/dossiers/{dossier.uid}/remboursement", f"/dossiers/{dossier.uid}/documents"):
        page = await nav.get(url)
        assert page.statut == 200
        assert "Certificat" not in page.texte
    resultat = await envoyer(
        dossier.moi, dossier.uid, Envoi({"pedagogie": Decimal(100)}, transmettre=True)
    )
    assert resultat.transmise

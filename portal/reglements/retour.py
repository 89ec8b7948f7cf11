"""The bank's return: what it says of each transfer is written once, however often it is read."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from portal.core.journal import operations as journal
from portal.factures import paiements as factures
from portal.grandlivre import operations as grandlivre
from portal.infra import banque, clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import euros
from portal.reglements import avis
from portal.reglements.validation import cle_ecriture, contenu_du_fichier
from portal.reglements.verrous import (
    comptable,
    lignes_a_ecrire,
    paiements_du_lot,
    verrouiller_dossiers,
    verrouiller_lot,
)
from portal.web.identite import Personne

COMPTE_EN_CAUSE = frozenset({"AC01", "AC04", "AC06", "AG01", "BE01", "CNOR", "MD07", "RC01"})
"""Bank codes that put the beneficiary's account in question: the same would be rejected again."""

SANS_MOTIF = "sans motif indiqué par la banque"


class RetourRefuse(ValueError):
    """The file can't be taken; the message is for the field."""


@dataclass
class Bilan:
    """What a return changed. `anomalies` are sentences that an accountant must read."""

    lot: UUID
    numero: str
    executes: int = 0
    rejetes: int = 0
    inchanges: int = 0
    en_cours: int = 0
    deja_lu: bool = False
    anomalies: list[str] = field(default_factory=list)

    def en_mots(self) -> str:
        """One sentence for the page."""
        if self.deja_lu:
            return (
                f"Ce compte rendu a déjà été lu\u00a0: le règlement {self.numero} n’a pas changé."
            )
        parts = [_compter(self.executes, "virement exécuté", "virements exécutés")]
        if self.rejetes:
            parts.append(_compter(self.rejetes, "rejeté", "rejetés"))
        if self.en_cours:
            parts.append(f"{self.en_cours} en attente de la banque")
        return f"Règlement {self.numero}\u00a0: {', '.join(parts)}."


def _compter(nombre: int, un: str, plusieurs: str) -> str:
    return f"{nombre} {plusieurs if nombre > 1 else un}"


async def lire(moi: Personne, contenu: bytes) -> Bilan:
    """Read a pain.002: executed transfers are paid, rejected ones can be paid again.

    Raises `RetourRefuse` for a file that is not a report, or that answers no run of ours.
    """
    comptable(moi)
    try:
        rendu = banque.lire_compte_rendu(contenu)
    except banque.RetourIllisible as erreur:
        raise RetourRefuse(str(erreur)) from None
    async with transaction():
        lot = await _lot(rendu.ordre)
        bilan = Bilan(lot["uid"], lot["numero"])
        empreinte = hashlib.sha256(contenu).hexdigest()
        if await sql1("select 1 as n from retour_banque where empreinte = $1", empreinte):
            bilan.deja_lu = True
            return bilan
        await _appliquer(moi, lot, rendu, bilan)
        await executer(
            "insert into retour_banque (lot, message, empreinte, resultat, lu_par, lu_le)"
            " values ($1, $2, $3, $4, $5, $6)",
            lot["id"],
            rendu.message,
            empreinte,
            {k: v for k, v in asdict(bilan).items() if k != "lot"},
            moi.compte_id,
            clock.instant(),
        )
        await journal.noter(
            "reglement.retour",
            acteur=moi,
            objet=("lot_paiement", lot["uid"]),
            numero=lot["numero"],
            executes=bilan.executes,
            rejetes=bilan.rejetes,
            en_cours=bilan.en_cours,
            anomalies=bilan.anomalies,
        )
    return bilan


async def _lot(ordre: str) -> dict[str, Any]:
    connu = await sql1("select uid from lot_paiement where numero = $1", ordre)
    if connu is None:
        raise RetourRefuse(f"Aucun de nos règlements ne porte le numéro {ordre[:35]}.")
    lot = await verrouiller_lot(connu["uid"])
    if lot["etat"] in ("prepare", "annule"):
        raise RetourRefuse(
            f"Le règlement {lot['numero']} n’a pas été validé\u00a0: la banque ne peut pas y répondre."
        )
    return lot


async def _appliquer(
    moi: Personne, lot: dict[str, Any], rendu: banque.CompteRendu, bilan: Bilan
) -> None:
    jour = await clock.aujourd_hui()
    paiements = await paiements_du_lot(lot["id"])
    await verrouiller_dossiers([p["id"] for p in paiements])
    connues = {p["reference"] for p in paiements}
    bilan.anomalies += [
        f"Le virement {r.end_to_end[:35]} n’est pas de ce règlement\u00a0: rien n’a été fait."
        for r in rendu.retours
        if r.end_to_end not in connues
    ]
    executes: list[dict[str, Any]] = []
    rejets: list[tuple[dict[str, Any], str]] = []
    for paiement in paiements:
        sort = rendu.sort(paiement["reference"], lot["numero"])
        _trier(paiement, sort, executes, rejets, bilan)
    await _executer(moi, executes, jour)
    await _rejeter(moi, rejets, jour)
    bilan.executes, bilan.rejetes = len(executes), len(rejets)
    if not bilan.en_cours:
        await executer(
            "update lot_paiement set etat = 'traite' where id = $1 and etat <> 'traite'", lot["id"]
        )
    elif lot["etat"] == "valide":
        await executer(
            "update lot_paiement set etat = 'transmis', transmis_le = $2 where id = $1",
            lot["id"],
            clock.instant(),
        )


def _trier(
    paiement: dict[str, Any],
    sort: banque.Retour | None,
    executes: list[dict[str, Any]],
    rejets: list[tuple[dict[str, Any], str]],
    bilan: Bilan,
) -> None:
    """Where one transfer goes. What is already told stays; a contradiction is for people."""
    if paiement["etat"] == "ordonne":
        if sort is not None and sort.execute:
            executes.append(paiement)
        elif sort is not None and sort.rejete:
            rejets.append((paiement, sort.motif or SANS_MOTIF))
        else:
            bilan.en_cours += 1
        return
    bilan.inchanges += 1
    if sort is not None and sort.rejete and paiement["etat"] == "execute":
        bilan.anomalies.append(
            f"Le virement {paiement['reference']} ({paiement['nom']}, "
            f"{euros(paiement['montant_centimes'])}) est rejeté après avoir été dit exécuté\u00a0: "
            f"{sort.motif or SANS_MOTIF}. Voyez avec la banque."
        )
    if sort is not None and sort.execute and paiement["etat"] == "rejete":
        bilan.anomalies.append(
            f"Le virement {paiement['reference']} ({paiement['nom']}) est dit exécuté après avoir "
            "été rejeté. Voyez avec la banque avant de payer de nouveau."
        )


async def _executer(moi: Personne, paiements: list[dict[str, Any]], jour: date) -> None:
    if not paiements:
        return
    ids = [p["id"] for p in paiements]
    await executer(
        "update paiement set etat = 'execute', fini_jour = $2, fini_le = $3"
        " where id = any($1::bigint[])",
        ids,
        jour,
        clock.instant(),
    )
    lignes = await lignes_a_ecrire(ids)
    await grandlivre.verrouiller({ligne["dossier_uid"] for ligne in lignes})
    for ligne in lignes:
        await grandlivre.executer(
            ligne["dossier_uid"],
            ligne["montant"],
            cle_ecriture("execution", ligne),
            ligne["paiement_uid"],
            f"Virement {ligne['reference']} exécuté",
        )
    await factures.payer(sorted({ligne["facture"] for ligne in lignes}), jour, moi)
    for paiement in paiements:
        await avis.annoncer(paiement)


async def _rejeter(moi: Personne, rejets: list[tuple[dict[str, Any], str]], jour: date) -> None:
    if not rejets:
        return
    ids = [p["id"] for p, _ in rejets]
    lignes = await lignes_a_ecrire(ids)
    await grandlivre.verrouiller({ligne["dossier_uid"] for ligne in lignes})
    for ligne in lignes:
        await grandlivre.rejeter(
            ligne["dossier_uid"],
            ligne["montant"],
            cle_ecriture("rejet", ligne),
            ligne["paiement_uid"],
            f"Virement {ligne['reference']} rejeté",
        )
    for paiement, motif in rejets:
        await executer(
            "update paiement set etat = 'rejete', motif = $2, fini_jour = $3, fini_le = $4"
            " where id = $1",
            paiement["id"],
            motif,
            jour,
            clock.instant(),
        )
        liberees = await sql(
            "update paiement_facture set vivant = false where paiement = $1 and vivant"
            " returning facture",
            paiement["id"],
        )
        en_cause = motif[:4] in COMPTE_EN_CAUSE
        await factures.rejeter(
            [f["facture"] for f in liberees], motif, moi, compte_en_cause=en_cause
        )
        await avis.annoncer_rejet(paiement, motif, compte_en_cause=en_cause)


async def simuler(moi: Personne, uid: UUID, rejets: dict[str, str]) -> bytes:
    """The report that a bank could send for this run: for the demonstration and the tests."""
    comptable(moi)
    _, ordre = await contenu_du_fichier(uid)
    moment = await clock.maintenant()
    return banque.fabriquer_retour(
        ordre, rejets, message=f"DEMO-{moment:%Y%m%d%H%M%S%f}", cree_le=moment
    )

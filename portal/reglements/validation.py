"""The second signature: it orders the payments and makes the bank's file, once and for ever.

The file is kept (encrypted: it holds account numbers) in the transaction that orders its payments;
whatever stops after that, the same bytes are handed out.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.core.journal import operations as journal
from portal.factures.registre import CIBLES
from portal.grandlivre import operations as grandlivre
from portal.infra import banque, clock, coffre
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import de_cents, euros
from portal.reglements.verrous import comptable, lignes_a_ecrire, paiements_du_lot, verrouiller_lot
from portal.web.erreurs import Conflit, Interdit, Introuvable
from portal.web.identite import Personne

MEME_PERSONNE = "Vous avez préparé ce règlement\u00a0: c’est à un autre comptable de le valider."


async def valider(moi: Personne, uid: UUID) -> str:
    """Approve a run: payments ordered in the ledger, file made and kept. Its number."""
    comptable(moi)
    async with transaction():
        lot = await verrouiller_lot(uid)
        if lot["prepare_par"] == moi.compte_id:
            raise Interdit(MEME_PERSONNE)
        if lot["etat"] != "prepare":
            raise Conflit(
                "Ce règlement n’est plus à valider",
                "Il a été validé ou annulé entre-temps. Rouvrez-le pour voir où il en est.",
            )
        paiements = await paiements_du_lot(lot["id"])
        await _refuser_comptes_changes(lot["id"])
        await _ordonner([p["id"] for p in paiements])
        cree_le = (await clock.maintenant()).replace(microsecond=0)
        executer_le = jour_ouvre(await clock.aujourd_hui())
        fichier = await _fabriquer(lot, paiements, cree_le, executer_le)
        await executer("update paiement set etat = 'ordonne' where lot = $1", lot["id"])
        await executer(
            "update lot_paiement set etat = 'valide', valide_par = $2, valide_le = $3,"
            " fichier_le = $4, fichier = $5, jour = $6 where id = $1",
            lot["id"],
            moi.compte_id,
            clock.instant(),
            cree_le,
            coffre.chiffrer(zlib.compress(fichier), _contexte(uid)),
            executer_le,
        )
        await journal.noter(
            "reglement.valide",
            acteur=moi,
            objet=("lot_paiement", uid),
            numero=lot["numero"],
            virements=len(paiements),
            total=euros(lot["total_centimes"]),
            empreinte=hashlib.sha256(fichier).hexdigest(),
        )
    return str(lot["numero"])


async def _refuser_comptes_changes(lot: int) -> None:
    """A transfer prepared to an account that its company has since replaced is not ordered."""
    changes = await sql(
        "select distinct p.nom, p.reference from paiement p"
        " join paiement_facture x on x.paiement = p.id join facture f on f.id = x.facture"
        " join secret avant on avant.id = p.iban_secret join secret apres on apres.id = f.iban_secret"
        " where p.lot = $1 and avant.empreinte <> apres.empreinte order by p.reference limit 6",
        lot,
    )
    if changes:
        noms = ", ".join(c["nom"] for c in changes[:5]) + ("…" if len(changes) > 5 else "")
        raise Conflit(
            "Un compte bancaire a changé",
            f"Depuis la préparation, le compte de {noms} a été remplacé. Annulez ce règlement et "
            "préparez-le à nouveau\u00a0: les virements iront sur les nouveaux comptes.",
        )


async def _ordonner(paiements: list[int]) -> None:
    lignes = await lignes_a_ecrire(paiements)
    await grandlivre.verrouiller({ligne["dossier_uid"] for ligne in lignes})
    for ligne in lignes:
        await grandlivre.ordonner(
            ligne["dossier_uid"],
            ligne["montant"],
            cle_ecriture("ordre", ligne),
            ligne["paiement_uid"],
            f"Virement {ligne['reference']} ordonné",
        )


def cle_ecriture(quoi: str, ligne: dict[str, Any]) -> str:
    """Key of a movement: one order, one outcome for each line of each transfer."""
    return f"{quoi}:{ligne['reference']}:{ligne['ligne']}"


def jour_ouvre(jour: date) -> date:
    """This day, or the Monday after a week-end: banks carry nothing out on these."""
    while jour.weekday() >= 5:
        jour += timedelta(days=1)
    return jour


async def _fabriquer(
    lot: dict[str, Any], paiements: list[dict[str, Any]], cree_le: Any, executer_le: date
) -> bytes:
    cible = CIBLES[lot["cible"]]
    ibans = await coffre.reveler_plusieurs({p["iban_secret"] for p in paiements})
    adresses = await _adresses([p["beneficiaire_siren"] for p in paiements])
    ordre = banque.OrdreVirement(
        identifiant=lot["numero"],
        cree_le=cree_le,
        executer_le=executer_le,
        debiteur=banque.Partie(cible.nom, cible.iban_debiteur),
        virements=[
            banque.Virement(
                identifiant=p["reference"],
                beneficiaire=banque.Partie(
                    p["nom"],
                    ibans[p["iban_secret"]],
                    adresse=adresses.get(p["beneficiaire_siren"]),
                ),
                montant=de_cents(p["montant_centimes"]),
                libelle=p["libelle"],
            )
            for p in paiements
        ],
    )
    return banque.virements(ordre)


async def _adresses(sirens: list[str]) -> dict[str, banque.Adresse]:
    """Town, postcode and country of each beneficiary's head office, where the register has them."""
    lignes = await sql(
        "select e.siren, s.code_postal, s.commune from entreprise e"
        " join etablissement s on s.siret = e.siege"
        " where e.siren = any($1) and coalesce(s.commune, '') <> ''",
        sirens,
    )
    return {
        a["siren"]: banque.Adresse(ville=a["commune"], code_postal=a["code_postal"] or "")
        for a in lignes
    }


async def fichier(moi: Personne | None, uid: UUID) -> tuple[str, bytes]:
    """The bank file of an approved run and its name: always the same bytes.

    It holds account numbers in clear: each reading is an audit line. Without `moi`, read on the
    server itself.
    """
    if moi is not None:
        comptable(moi)
    nom, contenu = await contenu_du_fichier(uid)
    await journal.noter(
        "reglement.fichier_lu", acteur=moi, objet=("lot_paiement", uid), fichier=nom
    )
    return nom, contenu


async def contenu_du_fichier(uid: UUID) -> tuple[str, bytes]:
    """The kept bytes, or `Introuvable` before the approval."""
    lot = await sql1("select numero, fichier from lot_paiement where uid = $1", uid)
    if lot is None or lot["fichier"] is None:
        raise Introuvable()
    contenu = zlib.decompress(coffre.dechiffrer(lot["fichier"], _contexte(uid)))
    return f"{lot['numero']}.xml", contenu


async def resceller() -> int:
    """Seal every kept file anew with the current key, before an old key is dropped; how many."""
    lots = await sql("select uid from lot_paiement where fichier is not null order by id")
    for lot in lots:
        async with transaction():
            await executer("set local portal.rescellement = 'oui'")
            ligne = await sql1(
                "select fichier from lot_paiement where uid = $1 for update", lot["uid"]
            )
            assert ligne is not None
            contexte = _contexte(lot["uid"])
            await executer(
                "update lot_paiement set fichier = $2 where uid = $1",
                lot["uid"],
                coffre.chiffrer(coffre.dechiffrer(ligne["fichier"], contexte), contexte),
            )
    return len(lots)


async def transmettre(moi: Personne, uid: UUID) -> str:
    """Say that the file was given to the bank."""
    comptable(moi)
    async with transaction():
        lot = await verrouiller_lot(uid)
        if lot["etat"] == "valide":
            await executer(
                "update lot_paiement set etat = 'transmis', transmis_le = $2 where id = $1",
                lot["id"],
                clock.instant(),
            )
            await journal.noter(
                "reglement.transmis",
                acteur=moi,
                objet=("lot_paiement", uid),
                numero=lot["numero"],
            )
        elif lot["etat"] != "transmis":
            raise Conflit(
                "Rien à transmettre",
                "Seul un règlement validé se transmet à la banque.",
            )
    return str(lot["numero"])


def _contexte(uid: UUID) -> str:
    return f"lot_paiement/{uid}"

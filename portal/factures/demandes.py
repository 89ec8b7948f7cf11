"""Requests for reimbursement (H10): filled in, sent, validated or refused. Never above the grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.core.journal import operations as journal
from portal.dossiers import transitions
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie.contenu import lire_contenu
from portal.dossiers.saisie.verification import pieces_de
from portal.factures import annonces, perimetre
from portal.factures.du import OUVERTS, VIVANTES, Situation, situation
from portal.factures.numeros import suivant
from portal.grandlivre import operations as grandlivre
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.infra.money import date_longue, en_cents, euros
from portal.kit import Piece
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne

LIBELLES = {
    "brouillon": "Brouillon",
    "transmise": "Transmise",
    "validee": "Validée",
    "refusee": "Refusée",
    "payee": "Payée",
}


@dataclass
class Bilan:
    """What keeps a request from being sent: messages by field (`ligne_<code>`, `piece_<code>`,
    `total`). Empty: it is sent."""

    erreurs: dict[str, str] = field(default_factory=dict)


async def enregistrer(
    moi: Personne, dossier_uid: UUID, montants: Mapping[str, Decimal], derniere: bool
) -> dict[str, Any]:
    """Keep the draft of the dossier as typed; one is made when there is none."""
    async with transaction():
        demande = await garder(moi, await ouvrir(moi, dossier_uid), montants, derniere)
        await noter_brouillon(moi, demande)
        return demande


async def garder(
    moi: Personne, dossier: dict[str, Any], montants: Mapping[str, Decimal], derniere: bool
) -> dict[str, Any]:
    """The draft's row, inside an operation that locked the dossier and writes the audit line."""
    brouillon = await brouillon_de(dossier["id"])
    etat = await situation(dossier)
    lignes: list[dict[str, Any]] = [
        {"code": li.code, "libelle": li.libelle, "montant": en_cents(montants[li.code])}
        for li in etat.lignes
        if montants.get(li.code)
    ]
    total = sum(ligne["montant"] for ligne in lignes)
    if brouillon is None:
        return await _creer(moi, dossier, lignes, total, derniere)
    ligne = await sql1(
        "update demande set lignes = $2, montant_centimes = $3, derniere = $4,"
        " version = version + 1 where id = $1 returning *",
        brouillon["id"],
        lignes,
        total,
        derniere,
    )
    assert ligne is not None
    return ligne


async def noter_brouillon(
    moi: Personne, demande: dict[str, Any], *, retiree: UUID | None = None
) -> None:
    """The audit line of a draft that was kept, and of the document taken out of it."""
    await journal.noter(
        "demande.enregistree",
        acteur=moi,
        objet=("demande", demande["uid"]),
        siren=demande["emetteur_siren"],
        profil=demande["emetteur_profil"],
        montant=euros(demande["montant_centimes"]),
        **({"document_retire": retiree} if retiree else {}),
    )


async def _creer(
    moi: Personne, dossier: dict[str, Any], lignes: list[Any], total: int, derniere: bool
) -> dict[str, Any]:
    siren, siret, profil = perimetre.emetteur(dossier)
    ligne = await sql1(
        "insert into demande (dossier, emetteur_siren, emetteur_siret, emetteur_profil, lignes,"
        " montant_centimes, derniere, cree_par, cree_le)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *",
        dossier["id"],
        siren,
        siret,
        profil,
        lignes,
        total,
        derniere,
        moi.compte_id,
        clock.instant(),
    )
    assert ligne is not None
    return ligne


async def joindre(demande_id: int, document_id: int) -> None:
    """Tie a document of the dossier to a request."""
    await executer(
        "insert into demande_document (demande, document) values ($1, $2) on conflict do nothing",
        demande_id,
        document_id,
    )


async def transmettre(moi: Personne, dossier_uid: UUID) -> tuple[dict[str, Any], Bilan]:
    """Send the draft, unless something is wrong or missing. Requests of one dossier take turns."""
    async with transaction():
        dossier = await ouvrir(moi, dossier_uid)
        demande = await brouillon_de(dossier["id"])
        if demande is None:
            raise Conflit(
                "Rien à transmettre", "Cette demande est déjà transmise. Rouvrez la page."
            )
        return await conclure(moi, dossier, demande)


async def conclure(
    moi: Personne, dossier: dict[str, Any], demande: dict[str, Any]
) -> tuple[dict[str, Any], Bilan]:
    """Judge a draft and send it, inside an operation that locked the dossier."""
    etat = await situation(dossier, hors=demande["id"])
    bilan = await _juger(dossier, demande, etat)
    if bilan.erreurs:
        return demande, bilan
    numero = await suivant("DR")
    envoyee = await sql1(
        "update demande set etat = 'transmise', numero = $2, transmise_le = $3,"
        " transmise_jour = $4, version = version + 1 where id = $1 returning *",
        demande["id"],
        numero,
        clock.instant(),
        await clock.aujourd_hui(),
    )
    assert envoyee is not None
    montant = euros(envoyee["montant_centimes"])
    await transitions.noter(
        dossier,
        "demande_transmise",
        f"Demande de remboursement {numero} transmise\u00a0: {montant}",
        moi,
        demande=numero,
    )
    await annonces.demande_transmise(dossier, envoyee, montant)
    return envoyee, bilan


async def _juger(dossier: dict[str, Any], demande: dict[str, Any], etat: Situation) -> Bilan:
    bilan = Bilan()
    restes = {li.code: li for li in etat.lignes}
    for ligne in demande["lignes"]:
        reste = restes[ligne["code"]].reste if ligne["code"] in restes else 0
        if ligne["montant"] > reste:
            bilan.erreurs[f"ligne_{ligne['code']}"] = (
                f"Au plus {euros(reste)}\u00a0: c’est ce qui reste de l’accord pour cette ligne."
            )
    total = demande["montant_centimes"]
    if total == 0:
        bilan.erreurs["total"] = "Indiquez au moins un montant à rembourser."
    elif total > etat.possible and not bilan.erreurs:
        suite = (
            f" La suite pourra être demandée à partir du {date_longue(etat.prochaine)}."
            if etat.prochaine
            else ""
        )
        bilan.erreurs["total"] = (
            f"Vous demandez {euros(total)}\u00a0; au plus {euros(etat.possible)} peuvent être"
            f" demandés aujourd’hui.{suite}"
        )
    presentes = {d["piece"] for d in await documents(demande["id"])}
    for piece in await pieces(dossier):
        if piece.obligatoire and piece.code not in presentes:
            bilan.erreurs[f"piece_{piece.code}"] = f"Joignez la pièce\u00a0: {piece.libelle}."
    return bilan


async def valider(moi: Personne, uid: UUID, version: int) -> dict[str, Any]:
    """A gestionnaire agrees: the proforma opens. A last request frees what it leaves."""
    async with transaction():
        demande, dossier = await _a_decider(moi, uid, version)
        validee = await _decider(moi, demande, "validee", "")
        if demande["derniere"]:
            await _liberer_reste(dossier, demande)
        montant = euros(validee["montant_centimes"])
        await transitions.noter(
            dossier,
            "demande_validee",
            f"Demande de remboursement {validee['numero']} validée\u00a0: {montant}",
            moi,
            demande=validee["numero"],
        )
        await annonces.demande_decidee(
            dossier,
            validee,
            f"Demande de remboursement {validee['numero']} validée",
            f"Dossier {dossier['numero']}\u00a0: vous pouvez facturer {montant}.",
            "/factures/proforma",
        )
        return validee


async def refuser(moi: Personne, uid: UUID, version: int, motif: str) -> dict[str, Any]:
    """A gestionnaire refuses, saying why; another request may be made."""
    async with transaction():
        demande, dossier = await _a_decider(moi, uid, version)
        refusee = await _decider(moi, demande, "refusee", motif.strip()[:2000])
        await transitions.noter(
            dossier,
            "demande_refusee",
            f"Demande de remboursement {refusee['numero']} refusée\u00a0: {refusee['motif']}",
            moi,
            demande=refusee["numero"],
        )
        await annonces.demande_decidee(
            dossier,
            refusee,
            f"Demande de remboursement {refusee['numero']} refusée",
            f"Dossier {dossier['numero']}\u00a0: {refusee['motif']}",
            f"/dossiers/{dossier['uid']}/remboursement",
        )
        return refusee


async def clore(dossier: dict[str, Any], motif: str) -> None:
    """The dossier ends without its waiting requests: drafts go, the others are refused.

    Raises `Conflit` when something of it is billed or validated.
    """
    if await sql1(
        "select 1 as n from demande where dossier = $1 and etat in ('validee', 'payee')",
        dossier["id"],
    ):
        raise Conflit(
            "Ce dossier a une demande de remboursement validée",
            "Il ne peut plus être annulé\u00a0: écrivez à votre gestionnaire.",
        )
    await executer("delete from demande where dossier = $1 and etat = 'brouillon'", dossier["id"])
    await executer(
        "update demande set etat = 'refusee', motif = $2, decidee_le = $3, version = version + 1"
        " where dossier = $1 and etat = 'transmise'",
        dossier["id"],
        motif,
        clock.instant(),
    )


async def pieces(dossier: dict[str, Any]) -> list[Piece]:
    """Evidence asked for with a request, by what the dossier holds."""
    dispositif = du_registre(dossier["dispositif"])
    contenu = await lire_contenu(dispositif, dossier["donnees"])
    return pieces_de(dispositif, contenu.donnees, "realisation")


async def brouillon_de(dossier_id: int) -> dict[str, Any] | None:
    return await sql1("select * from demande where dossier = $1 and etat = 'brouillon'", dossier_id)


async def documents(demande_id: int) -> list[dict[str, Any]]:
    """Evidence tied to a request."""
    return await sql(
        "select c.id, c.uid, c.piece, c.nom, c.type_mime, c.taille, c.depose_le"
        " from demande_document j join document c on c.id = j.document"
        " where j.demande = $1 order by c.piece, c.id",
        demande_id,
    )


async def ouvrir(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The dossier, locked: granted, and billed by this person's company."""
    vu = await perimetre.exiger_dossier(moi, uid, perimetre.SAISIR)
    dossier = await transitions.verrouiller(vu["id"])
    if dossier["etat"] not in OUVERTS:
        raise Conflit(
            "Ce dossier n’ouvre pas de remboursement",
            f"Il est à l’état «\u00a0{transitions.LIBELLES[dossier['etat']]}\u00a0». Une demande de"
            " remboursement se fait sur un dossier accordé, avant qu’il soit soldé.",
        )
    return dossier


async def _a_decider(
    moi: Personne, uid: UUID, version: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    trouvee = await sql1("select id, dossier from demande where uid = $1", uid)
    if trouvee is None:
        raise Introuvable()
    await perimetre.exiger_interne(moi, trouvee["dossier"], perimetre.VALIDEURS)
    dossier = await transitions.verrouiller(trouvee["dossier"])
    demande = await sql1("select * from demande where id = $1 for update", trouvee["id"])
    assert demande is not None
    if demande["etat"] != "transmise" or demande["version"] != version:
        raise Conflit(
            "Cette demande a changé entre-temps",
            f"Elle est à l’état «\u00a0{LIBELLES[demande['etat']]}\u00a0». Rouvrez-la pour voir"
            " ce qui peut être fait.",
        )
    if dossier["etat"] not in OUVERTS:
        raise Conflit("Ce dossier est clos", "Sa demande de remboursement ne peut plus être jugée.")
    return demande, dossier


async def _decider(moi: Personne, demande: dict[str, Any], etat: str, motif: str) -> dict[str, Any]:
    ligne = await sql1(
        "update demande set etat = $2, motif = $3, decidee_par = $4, decidee_le = $5,"
        " version = version + 1 where id = $1 returning *",
        demande["id"],
        etat,
        motif,
        moi.compte_id,
        clock.instant(),
    )
    assert ligne is not None
    return ligne


async def _liberer_reste(dossier: dict[str, Any], demande: dict[str, Any]) -> None:
    vivantes = await valeur(
        "select coalesce(sum(montant_centimes), 0)::bigint from demande"
        " where dossier = $1 and etat = any($2)",
        dossier["id"],
        list(VIVANTES),
    )
    engage = (await situation(dossier)).engage
    if engage > vivantes:
        await grandlivre.liberer(
            dossier["uid"], engage - vivantes, cle=f"derniere:{demande['uid']}"
        )

"""What staff do with a transmitted dossier. One function, one transaction, one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.dossiers import papiers, transitions
from portal.dossiers.instruction.queries import EN_FILE, exiger
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie.verification import Examen, examiner
from portal.grandlivre import operations as grandlivre
from portal.infra import clock
from portal.infra.base import executer, transaction, valeur
from portal.infra.money import en_cents, euros
from portal.web.erreurs import Conflit, Refus
from portal.web.identite import Personne


class SaisieRefusee(ValueError):
    """An input of the decision that can't be taken; `champ` is its HTML name."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ
        self.message = message


async def prendre_en_charge(moi: Personne, uid: UUID, version: int | None) -> dict[str, Any]:
    """The dossier becomes this gestionnaire's; a transmitted one goes into instruction."""
    async with transaction():
        dossier = await exiger(moi, uid)
        dossier = await transitions.verrouiller(dossier["id"])
        transitions.exiger_version(dossier, version)
        if dossier["etat"] not in EN_FILE:
            raise _plus_possible(dossier)
        autre = dossier["gestionnaire"]
        await executer(
            "update dossier set gestionnaire = $2 where id = $1", dossier["id"], moi.compte_id
        )
        if dossier["etat"] == "transmis":
            return await transitions.transiter(dossier["id"], "en_instruction", moi)
        if autre != moi.compte_id:
            await transitions.noter(
                dossier, "attribution", f"Dossier suivi par {moi.nom_affiche}", moi
            )
            await executer(
                "update dossier set version = version + 1, modifie_le = $2 where id = $1",
                dossier["id"],
                clock.instant(),
            )
        return dossier


async def demander_complement(
    moi: Personne,
    uid: UUID,
    version: int | None,
    message: str,
    pieces: list[str],
    echeance: date,
) -> None:
    """Ask for a document or a correction, with a due date; the letter is the « relance »."""
    if not message.strip():
        raise SaisieRefusee("message", "Dites ce qu’il manque et pourquoi.")
    if echeance <= await clock.aujourd_hui():
        raise SaisieRefusee("echeance", "La date limite doit être à venir.")
    async with transaction():
        dossier = await _a_instruire(moi, uid, version)
        connues = {p.code for p in du_registre(dossier["dispositif"]).pieces}
        complement = await valeur(
            "insert into complement (dossier, message, pieces, echeance, demande_par, demande_le)"
            " values ($1, $2, $3, $4, $5, $6) returning id",
            dossier["id"],
            message.strip()[:4000],
            [p for p in pieces if p in connues],
            echeance,
            moi.compte_id,
            clock.instant(),
        )
        await transitions.transiter(
            dossier["id"],
            "a_completer",
            moi,
            texte=f"Complément demandé\u00a0: {message.strip()[:500]}",
        )
        await papiers.commander(dossier["id"], "relance", complement)


async def accorder(
    moi: Personne,
    uid: UUID,
    version: int | None,
    montants: Mapping[str, Decimal],
    motifs: Mapping[str, str],
    texte: str,
) -> dict[str, Any]:
    """Grant, line by line. Less than what the rules give needs a reason; more is refused.

    The amounts are computed anew under a lock on the company's grants of this dispositif, so that
    two decisions at once can't pass the yearly ceiling together.
    """
    async with transaction():
        dossier = await _a_instruire(moi, uid, version)
        await executer(
            "select pg_advisory_xact_lock(hashtextextended($1, 7))",
            f"{dossier['siren']}:{dossier['dispositif']}",
        )
        examen = await examiner(dossier)
        if examen.bloquants:
            raise Refus(
                "Un contrôle bloquant n’est pas levé\u00a0: demandez un complément, ou refusez."
            )
        lignes = _lignes_accordees(examen, montants, motifs)
        total = sum(li["accorde"] for li in lignes)
        if total <= 0:
            raise Refus("Aucun montant n’est accordé\u00a0: refusez la demande en disant pourquoi.")
        decision = await _decider(moi, dossier, "accord", lignes, None, texte)
        await executer(
            "update dossier set accorde_centimes = $2, decide_le = $3 where id = $1",
            dossier["id"],
            total,
            clock.instant(),
        )
        await grandlivre.engager(
            dossier["uid"],
            dossier["siren"],
            dossier["dispositif"],
            dossier["cible"],
            total,
            cle=f"accord:{dossier['uid']}",
        )
        apres = await transitions.transiter(
            dossier["id"], "accorde", moi, texte=f"Prise en charge accordée\u00a0: {euros(total)}"
        )
        await papiers.commander(dossier["id"], "accord", decision)
        return apres


async def refuser(
    moi: Personne, uid: UUID, version: int | None, motif_code: str, texte: str
) -> dict[str, Any]:
    """Refuse with a coded reason that says what can be done."""
    async with transaction():
        dossier = await _a_instruire(moi, uid, version)
        motif = next(
            (m for m in du_registre(dossier["dispositif"]).motifs_refus if m.code == motif_code),
            None,
        )
        if motif is None:
            raise SaisieRefusee("motif", "Choisissez un motif dans la liste.")
        decision = await _decider(moi, dossier, "refus", [], motif_code, texte)
        await executer(
            "update dossier set decide_le = $2 where id = $1", dossier["id"], clock.instant()
        )
        apres = await transitions.transiter(
            dossier["id"], "refuse", moi, texte=f"Prise en charge refusée\u00a0: {motif.libelle}"
        )
        await papiers.commander(dossier["id"], "refus", decision)
        return apres


async def _a_instruire(moi: Personne, uid: UUID, version: int | None) -> dict[str, Any]:
    """The dossier, locked, in instruction, from an up-to-date page."""
    visible = await exiger(moi, uid)
    dossier = await transitions.verrouiller(visible["id"])
    transitions.exiger_version(dossier, version)
    if dossier["etat"] != "en_instruction":
        raise _plus_possible(dossier)
    if dossier["gestionnaire"] != moi.compte_id:
        raise Conflit(
            "Un autre gestionnaire suit ce dossier",
            "Prenez-le en charge avant de décider, si c’est convenu avec lui.",
        )
    return dossier


def _plus_possible(dossier: dict[str, Any]) -> Conflit:
    return Conflit(
        "Ce n’est plus possible",
        f"Le dossier est à l’état «\u00a0{transitions.LIBELLES[dossier['etat']]}\u00a0». "
        "Rouvrez-le pour voir ce qui peut être fait.",
    )


def _lignes_accordees(
    examen: Examen, montants: Mapping[str, Decimal], motifs: Mapping[str, str]
) -> list[dict[str, Any]]:
    lignes = []
    for ligne in examen.financement.lignes:
        accorde = montants.get(ligne.code, ligne.accorde)
        motif = motifs.get(ligne.code, "").strip()
        if accorde < 0 or accorde > ligne.accorde:
            raise SaisieRefusee(
                f"montant.{ligne.code}",
                f"Au plus {euros(en_cents(ligne.accorde))}, d’après les règles.",
            )
        if accorde < ligne.accorde and not motif:
            raise SaisieRefusee(f"motif.{ligne.code}", "Dites pourquoi le montant est réduit.")
        lignes.append(
            {
                "code": ligne.code,
                "libelle": ligne.libelle,
                "demande": en_cents(ligne.demande),
                "accorde": en_cents(accorde),
                "calcul": ligne.calcul,
                "regle": ligne.regle,
                "source": ligne.source,
                "motif": motif[:1000],
            }
        )
    return lignes


async def _decider(
    moi: Personne,
    dossier: dict[str, Any],
    sens: str,
    lignes: list[dict[str, Any]],
    motif: str | None,
    texte: str,
) -> int:
    return await valeur(
        "insert into decision (dossier, sens, lignes, motif_code, texte, par, le)"
        " values ($1, $2, $3, $4, $5, $6, $7) returning id",
        dossier["id"],
        sens,
        lignes,
        motif,
        texte.strip()[:4000],
        moi.compte_id,
        clock.instant(),
    )

"""A payment run from the invoices that wait, and what keeps the others out of it.

One run a target (its account is the one debited), one transfer a beneficiary and account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from portal.core.journal import operations as journal
from portal.factures import paiements as factures
from portal.factures.numeros import suivant
from portal.factures.registre import CIBLES
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import euros
from portal.reglements.verrous import comptable, verrouiller_lot
from portal.web.erreurs import Conflit
from portal.web.identite import Personne

LIBELLE_MAX = 140
MONTANT_MAX = 99_999_999_999
"""Largest transfer of the format, in cents."""


@dataclass(frozen=True)
class Candidate:
    """An invoice that waits to be paid; `raison` says why the next run leaves it out."""

    id: int
    uid: UUID
    numero: str
    cible: str
    siren: str
    profil: str
    nom: str
    compte: bytes
    iban_secret: int
    montant: int
    dossiers: str
    nombre_dossiers: int
    raison: str | None = None


@dataclass(frozen=True)
class LotPrepare:
    """What a preparation made."""

    uid: UUID
    numero: str
    nombre: int
    total: int


_CANDIDATES = """
select f.id, f.uid, f.numero, f.cible, f.emetteur_siren as siren, f.emetteur_profil as profil,
    f.emetteur_nom as nom, s.empreinte as compte, f.iban_secret, l.montant,
    f.compte_a_confirmer, l.dossiers, l.nombre_dossiers
from facture f
join secret s on s.id = f.iban_secret
cross join lateral (
    select min(d.numero) as dossiers, count(distinct d.id) as nombre_dossiers,
        sum(i.montant_centimes)::bigint as montant
    from facture_ligne i join dossier d on d.id = i.dossier where i.facture = f.id
) l
where f.etat in ('acceptee', 'rejetee')
"""


async def candidates(*, verrouiller: bool = False) -> list[Candidate]:
    """Invoices that wait, oldest first. Locked, two preparations at once take turns: the second
    one no longer sees what the first one took."""
    lignes = await sql(_CANDIDATES + " order by f.id" + (" for update of f" if verrouiller else ""))
    return [_candidate(ligne) for ligne in lignes]


def _candidate(ligne: dict[str, Any]) -> Candidate:
    raison = _raison(ligne)
    del ligne["compte_a_confirmer"]
    return Candidate(**ligne, raison=raison)


def _raison(ligne: dict[str, Any]) -> str | None:
    if ligne["compte_a_confirmer"]:
        return "Le compte bancaire est à confirmer ou à remplacer."
    cible = CIBLES.get(ligne["cible"])
    if cible is None or not cible.iban_debiteur:
        return "Le compte à débiter de ce financeur n’est pas réglé."
    if ligne["montant"] > MONTANT_MAX:
        return "Le montant dépasse celui d’un virement."
    return None


@dataclass(frozen=True)
class EnAttente:
    """What the next run would take, by target, and the first of what it would leave."""

    nombre: int
    totaux: dict[str, int]
    ecartees: list[Candidate]


async def en_attente(limite: int = 100) -> EnAttente:
    """The same rules as `preparer`, for the page: counted in SQL, however many wait."""
    debitables = [code for code, cible in CIBLES.items() if cible.iban_debiteur]
    groupes = await sql(
        f"select c.cible, count(*) as nombre, sum(c.montant)::bigint as total from ({_CANDIDATES}) c"
        " where not c.compte_a_confirmer and c.cible = any($1) and c.montant <= $2"
        " group by c.cible order by c.cible",
        debitables,
        MONTANT_MAX,
    )
    ecartees = await sql(
        f"select * from ({_CANDIDATES}) c where c.compte_a_confirmer or c.cible <> all($1)"
        " or c.montant > $2 order by c.id limit $3",
        debitables,
        MONTANT_MAX,
        limite,
    )
    return EnAttente(
        sum(g["nombre"] for g in groupes),
        {g["cible"]: g["total"] for g in groupes},
        [_candidate(ligne) for ligne in ecartees],
    )


async def preparer(moi: Personne) -> list[LotPrepare]:
    """Put every payable invoice in a run, one a target. Raises `Conflit` when none waits."""
    comptable(moi)
    async with transaction():
        payables = [c for c in await candidates(verrouiller=True) if c.raison is None]
        if not payables:
            raise Conflit(
                "Rien à payer",
                "Aucune facture acceptée n’attend de règlement. Celles d’un règlement déjà préparé "
                "n’y figurent plus.",
            )
        payables.sort(key=lambda c: (c.cible, c.siren, c.profil, c.compte, c.id))
        return [
            await _lot(moi, cible, list(groupe))
            for cible, groupe in groupby(payables, key=lambda c: c.cible)
        ]


async def _lot(moi: Personne, cible: str, payables: Sequence[Candidate]) -> LotPrepare:
    jour = await clock.aujourd_hui()
    virements = [list(g) for _, g in groupby(payables, key=lambda c: (c.siren, c.profil, c.compte))]
    total = sum(c.montant for c in payables)
    numero = await suivant("RG")
    ligne = await sql1(
        "insert into lot_paiement (numero, cible, jour, etat, nombre, total_centimes, prepare_par,"
        " prepare_le) values ($1, $2, $3, 'prepare', $4, $5, $6, $7) returning id, uid",
        numero,
        cible,
        jour,
        len(virements),
        total,
        moi.compte_id,
        clock.instant(),
    )
    assert ligne is not None
    await _inserer_virements(ligne["id"], numero, virements)
    await factures.mettre_en_paiement([c.id for c in payables], numero, moi)
    await journal.noter(
        "reglement.prepare",
        acteur=moi,
        objet=("lot_paiement", ligne["uid"]),
        numero=numero,
        cible=cible,
        virements=len(virements),
        factures=len(payables),
        total=euros(total),
    )
    return LotPrepare(ligne["uid"], numero, len(virements), total)


async def _inserer_virements(
    lot: int, numero: str, virements: Sequence[Sequence[Candidate]]
) -> None:
    """All transfers in one statement, all their invoices in another."""
    references = [f"{numero}-{rang:05d}" for rang in range(1, len(virements) + 1)]
    posees = await sql(
        "insert into paiement (lot, reference, beneficiaire_siren, beneficiaire_profil, nom,"
        " iban_secret, montant_centimes, libelle, etat)"
        " select $1, v.reference, v.siren, v.profil, v.nom, v.iban, v.montant, v.libelle, 'prepare'"
        " from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],"
        " $8::text[]) as v (reference, siren, profil, nom, iban, montant, libelle)"
        " returning id, reference",
        lot,
        references,
        [v[0].siren for v in virements],
        [v[0].profil for v in virements],
        [v[0].nom for v in virements],
        [v[0].iban_secret for v in virements],
        [sum(c.montant for c in v) for v in virements],
        [libelle(r, v) for r, v in zip(references, virements, strict=True)],
    )
    ids = {p["reference"]: p["id"] for p in posees}
    couples = [(ids[r], c) for r, v in zip(references, virements, strict=True) for c in v]
    await sql(
        "insert into paiement_facture (paiement, facture, montant_centimes)"
        " select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])",
        [p for p, _ in couples],
        [c.id for _, c in couples],
        [c.montant for _, c in couples],
    )


def libelle(reference: str, groupe: Sequence[Candidate]) -> str:
    """What the beneficiary reads on the bank statement: the issuer's own invoice number, then the
    dossier's when single; else our reference, whose page lists them all."""
    if len(groupe) == 1:
        seule = groupe[0]
        dossier = f" {seule.dossiers}" if seule.nombre_dossiers == 1 else f" {reference}"
        return f"{seule.numero}{dossier}"[:LIBELLE_MAX]
    numeros = _tant_que(c.numero for c in groupe)
    return f"{reference} {len(groupe)} factures {numeros}"[:LIBELLE_MAX].strip()


def _tant_que(numeros: Iterable[str], place: int = 90) -> str:
    """As many whole numbers as fit."""
    texte = ""
    for numero in numeros:
        if len(texte) + len(numero) + 1 > place:
            return f"{texte} ...".strip()
        texte = f"{texte} {numero}".strip()
    return texte


async def annuler(moi: Personne, uid: UUID) -> str:
    """Cancel a run that is not approved: its invoices wait for the next one. Its number."""
    comptable(moi)
    async with transaction():
        lot = await verrouiller_lot(uid)
        if lot["etat"] != "prepare":
            raise Conflit(
                "Ce règlement ne s’annule plus",
                "Ses virements sont ordonnés\u00a0: seule la banque peut encore les rejeter.",
            )
        touchees = await sql(
            "update paiement_facture x set vivant = false from paiement p"
            " where p.id = x.paiement and p.lot = $1 and x.vivant returning x.facture",
            lot["id"],
        )
        await executer("update paiement set etat = 'annule' where lot = $1", lot["id"])
        await executer("update lot_paiement set etat = 'annule' where id = $1", lot["id"])
        await factures.reprendre([f["facture"] for f in touchees], lot["numero"], moi)
        await journal.noter(
            "reglement.annule",
            acteur=moi,
            objet=("lot_paiement", uid),
            numero=lot["numero"],
            factures=len(touchees),
        )
    return str(lot["numero"])

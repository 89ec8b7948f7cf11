"""The states of invoices as payments move them, and what follows: requests paid, dossiers closed.

Called by `portal.reglements` inside its own transaction; the ledger is written there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.core.journal.operations import QuiAgit
from portal.dossiers import transitions
from portal.factures.histoire import PORTAIL
from portal.grandlivre import operations as grandlivre
from portal.grandlivre import queries as livre
from portal.infra import clock
from portal.infra.base import executer, sql, transaction
from portal.infra.money import date_longue
from portal.web.erreurs import Conflit
from portal.web.identite import Personne

PAYABLES = ("acceptee", "rejetee")


async def mettre_en_paiement(factures: Sequence[int], lot: str, acteur: QuiAgit | None) -> None:
    """Accepted invoices (or rejected ones, to be tried again) enter a payment run."""
    await _changer(factures, PAYABLES, "en_paiement")
    await _noter(factures, "paiement", f"Mise en paiement, règlement {lot}", acteur)


async def reprendre(factures: Sequence[int], lot: str, acteur: QuiAgit | None) -> None:
    """Their run was cancelled before it was approved: they wait for the next one."""
    await _changer(factures, ("en_paiement",), "acceptee")
    await _noter(
        factures, "reprise", f"Règlement {lot} annulé\u00a0: en attente du suivant", acteur
    )


async def rejeter(
    factures: Sequence[int], motif: str, acteur: QuiAgit | None, *, compte_en_cause: bool
) -> None:
    """The bank refused the transfer: payable again in the next run, or, where the account is at
    fault, once it was confirmed or replaced."""
    await _changer(factures, ("en_paiement",), "rejetee")
    if compte_en_cause:
        await executer(
            "update facture set compte_a_confirmer = true where id = any($1::bigint[])",
            list(factures),
        )
    await _noter(factures, "rejet", f"Virement rejeté par la banque\u00a0: {motif}", acteur)


async def payer(factures: Sequence[int], jour: date, acteur: Personne | None) -> None:
    """The transfer was carried out: invoices paid, requests paid, dossiers closed where all is."""
    async with transaction():
        await _changer(factures, ("en_paiement",), "payee", jour=jour)
        await _noter(factures, "paye", f"Payée le {date_longue(jour)}", acteur)
        await _solder_demandes(factures)
        for dossier in await _dossiers(factures):
            await _solder_dossier(dossier, acteur)


async def changer_compte(
    siren: str, profil: str, iban_secret: int, masque: str, acteur: QuiAgit | None
) -> int:
    """The issuer has a new account: its unpaid invoices go there; returns how many.

    A transfer that was approved before keeps its account; one that was only prepared can no
    longer be approved as it stands.
    """
    touchees = await sql(
        "update facture set iban_secret = $3, compte_a_confirmer = false, version = version + 1"
        " where emetteur_siren = $1 and emetteur_profil = $2"
        " and etat in ('deposee', 'acceptee', 'en_paiement', 'rejetee') returning id",
        siren,
        profil,
        iban_secret,
    )
    await _noter([f["id"] for f in touchees], "compte", f"À payer sur le compte {masque}", acteur)
    return len(touchees)


async def _noter(factures: Sequence[int], genre: str, texte: str, acteur: QuiAgit | None) -> None:
    """The same event on each of these invoices."""
    await sql(
        "insert into facture_evenement (facture, genre, texte, acteur, jour, instant)"
        " select f, $2, $3, $4, $5, $6 from unnest($1::bigint[]) f",
        list(factures),
        genre,
        texte,
        acteur.nom_affiche if acteur else PORTAIL,
        await clock.aujourd_hui(),
        clock.instant(),
    )


async def _changer(
    factures: Sequence[int],
    de: Sequence[str],
    vers: str,
    *,
    jour: date | None = None,
) -> None:
    """Move all of them or none; another state than expected is a conflict."""
    nombre = await executer(
        "update facture set etat = $3, version = version + 1, payee_jour = $4"
        " where id = any($1::bigint[]) and etat = any($2::text[])",
        list(factures),
        list(de),
        vers,
        jour,
    )
    if nombre != len(set(factures)):
        raise Conflit(
            "Une facture a changé entre-temps",
            "Son état ne permet plus ce paiement. Rouvrez le règlement pour voir où il en est.",
        )


async def _solder_demandes(factures: Sequence[int]) -> None:
    """A request is paid when paid invoices cover it."""
    await executer(
        "update demande d set etat = 'payee', version = version + 1 where d.etat = 'validee'"
        " and d.id in (select demande from facture_ligne where facture = any($1::bigint[]))"
        " and d.montant_centimes = (select coalesce(sum(l.montant_centimes), 0)"
        "   from facture_ligne l join facture f on f.id = l.facture"
        "   where l.demande = d.id and f.etat = 'payee')",
        list(factures),
    )


async def _dossiers(factures: Sequence[int]) -> list[dict[str, Any]]:
    return await sql(
        "select d.id, d.uid, d.etat from dossier d where d.id in"
        " (select dossier from facture_ligne where facture = any($1::bigint[])) order by d.id",
        list(factures),
    )


async def _solder_dossier(dossier: dict[str, Any], acteur: Personne | None) -> None:
    """Close a dossier whose grant is paid, or whose last request is: the rest is given back."""
    if dossier["etat"] not in ("accorde", "en_cours"):
        return
    solde = await livre.solde(dossier["uid"])
    if solde.paye != solde.engage:
        if not await _derniere_payee(dossier["id"]):
            return
        await grandlivre.liberer(dossier["uid"], cle=f"solde:{dossier['uid']}")
    await transitions.transiter(dossier["id"], "solde", acteur)


async def _derniere_payee(dossier: int) -> bool:
    """The company said that nothing more will be asked, and all it asked is paid."""
    (etat,) = await sql(
        "select coalesce(bool_or(derniere) filter (where etat = 'payee'), false)"
        " and not exists (select 1 from demande o where o.dossier = $1"
        "   and o.etat in ('transmise', 'validee')) as finie"
        " from demande where dossier = $1",
        dossier,
    )
    return bool(etat["finie"])

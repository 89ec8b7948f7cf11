"""Reading invoices within a person's reach: an invoice is seen through the dossiers it bills.

One that also bills dossiers out of reach is seen in part: its lines within reach, no total, no file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures.operations import LIBELLES
from portal.factures.perimetre import decision_facture, emission, lecture, proche
from portal.factures.registre import cible
from portal.infra.base import parcourir, sql, sql1
from portal.infra.texte import mots
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

VUES = {
    "deposees": ("deposee", "acceptee", "en_paiement", "rejetee"),
    "refusees": ("refusee", "rejetee"),
    "payees": ("payee",),
    "toutes": tuple(LIBELLES),
    "a_verifier": ("deposee",),
}
MOTS_MAX = 6


def _vue(moi: Personne) -> str:
    """SQL: what this person sees of the lines of `f`: `montant`, `nombre`, `entiere`."""
    return (
        "lateral (select sum(l.montant_centimes) filter (where x.vu) as montant,"
        " count(*) filter (where x.vu) as nombre, bool_and(x.vu) as entiere,"
        " min(d.numero) filter (where x.vu) as premier"
        " from facture_ligne l join dossier d on d.id = l.dossier"
        f" cross join lateral (select coalesce({lecture(moi)}, false) as vu) x"
        " where l.facture = f.id) v"
    )


def _proches(moi: Personne) -> str:
    """SQL: invoices of dossiers near enough to be looked at one by one."""
    if moi.est_interne:
        return "true"
    return (
        "f.id in (select l.facture from facture_ligne l join dossier d on d.id = l.dossier"
        f" where {proche(moi)})"
    )


@dataclass(frozen=True)
class Filtres:
    """What the list keeps: a view, words, days of deposit, one company (`siren`)."""

    vue: str = "toutes"
    q: str = ""
    du: date | None = None
    au: date | None = None
    siren: str = ""


async def lister(
    moi: Personne, filtres: Filtres, apres: str | None = None, taille: int = TAILLE
) -> PageDe[dict[str, Any]]:
    """A page of invoices, latest deposited first."""
    cle = decoder(apres, 1)
    lignes = await sql(
        "select f.id, f.uid, f.numero, f.emetteur_nom, f.cible, f.dispositif, f.date_facture,"
        " f.deposee_jour, f.payee_jour, f.etat, f.ttc_centimes, f.a_verifier,"
        " v.montant::bigint as montant, v.nombre, v.entiere, v.premier"
        f" from facture f cross join {_vue(moi)}"
        f" where {_proches(moi)} and v.nombre > 0 and f.etat = any($2) and f.recherche like all($3::text[])"
        " and ($4::date is null or f.deposee_jour >= $4)"
        " and ($5::date is null or f.deposee_jour <= $5)"
        " and ($6::bigint is null or f.id < $6)"
        " and ($8 = '' or f.emetteur_siren = $8 or exists (select 1 from facture_ligne l"
        "  join dossier d on d.id = l.dossier where l.facture = f.id and d.siren = $8))"
        " order by f.id desc limit $7",
        moi.compte_id,
        list(VUES.get(filtres.vue, VUES["toutes"])),
        [f"%{mot}%" for mot in mots(filtres.q)[:MOTS_MAX]] or ["%"],
        filtres.du,
        filtres.au,
        cle[0] if cle and isinstance(cle[0], int) else None,
        taille + 1,
        filtres.siren,
    )
    montrees = lignes[:taille]
    suivant = encoder(montrees[-1]["id"]) if len(lignes) > taille else None
    return PageDe([_ligne(ligne) for ligne in montrees], suivant)


def _ligne(f: dict[str, Any]) -> dict[str, Any]:
    """As shown: a total only where all of it is within reach."""
    reste = f["nombre"] - 1
    return f | {
        "url": f"/factures/{f['uid']}",
        "etat_mot": LIBELLES[f["etat"]],
        "montant": f["ttc_centimes"] if f["entiere"] else f["montant"],
        "emetteur": {
            "texte": f["emetteur_nom"],
            "aide": f"À l’ordre de {cible(f['cible']).nom}",
        },
        "dossiers": f["premier"]
        + (f" et {reste} autre{'s' if reste > 1 else ''}" if reste else ""),
    }


async def lisible(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The invoice with `entiere`, `emetteur` (whether this person bills it) and `peut_decider`.
    Raises `Introuvable`."""
    ligne = await sql1(
        "select f.*, v.entiere, v.montant::bigint as montant_vu, s.masque as compte,"
        " p.uid as proforma_uid, p.numero as proforma_numero, r.uid as remplacee_par,"
        f" exists (select 1 from facture_ligne l join dossier d on d.id = l.dossier"
        f" where l.facture = f.id and {emission(moi)}) as emetteur,"
        f" {decision_facture(moi)} as peut_decider"
        f" from facture f cross join {_vue(moi)} join secret s on s.id = f.iban_secret"
        " left join proforma p on p.id = f.proforma"
        " left join lateral (select g.uid from facture g where g.remplace = f.id"
        "   order by g.id desc limit 1) r on true"
        " where f.uid = $2 and v.nombre > 0",
        moi.compte_id,
        uid,
    )
    if ligne is None:
        raise Introuvable()
    return ligne


async def lignes(moi: Personne, facture_id: int) -> list[dict[str, Any]]:
    """Lines within reach: dossier, request, amount."""
    return await sql(
        "select l.montant_centimes, d.uid as dossier_uid, d.numero as dossier_numero, d.intitule,"
        " d.siren, coalesce(e.denomination, d.siren) as denomination, q.numero as demande_numero,"
        " q.uid as demande_uid, q.transmise_jour, q.etat as demande_etat"
        " from facture_ligne l join dossier d on d.id = l.dossier"
        " join demande q on q.id = l.demande left join entreprise e on e.siren = d.siren"
        f" where l.facture = $2 and {lecture(moi)} order by l.id",
        moi.compte_id,
        facture_id,
    )


async def du_dossier(dossier_id: int) -> list[dict[str, Any]]:
    """Invoices that bill a dossier, with its share, latest first. Rights are the caller's business."""
    trouvees = await sql(
        "select f.id, f.uid, f.numero, f.etat, f.deposee_jour, f.payee_jour, f.emetteur_nom,"
        " sum(l.montant_centimes)::bigint as montant from facture_ligne l"
        " join facture f on f.id = l.facture where l.dossier = $1"
        " group by f.id order by f.id desc",
        dossier_id,
    )
    return [f | {"url": f"/factures/{f['uid']}", "etat_mot": LIBELLES[f["etat"]]} for f in trouvees]


async def compter(moi: Personne, etats: tuple[str, ...]) -> int:
    ligne = await sql1(
        f"select count(*) as n from facture f cross join {_vue(moi)}"
        f" where {_proches(moi)} and f.etat = any($2) and v.nombre > 0",
        moi.compte_id,
        list(etats),
    )
    return ligne["n"] if ligne else 0


async def lignes_export(moi: Personne) -> AsyncIterator[dict[str, Any]]:
    """Every invoice within reach, for the spreadsheet: a row an invoice and dossier."""
    async for ligne in parcourir(
        "select f.numero, f.emetteur_siren, f.emetteur_nom, f.cible, f.dispositif, f.public,"
        " f.date_facture, f.deposee_jour, f.etat, f.payee_jour, f.assujetti, d.numero as dossier,"
        " d.siren, coalesce(e.denomination, d.siren) as denomination, d.intitule,"
        " q.numero as demande, l.montant_centimes"
        " from facture f join facture_ligne l on l.facture = f.id"
        " join dossier d on d.id = l.dossier join demande q on q.id = l.demande"
        f" left join entreprise e on e.siren = d.siren where {proche(moi)}"
        f" and {lecture(moi)} order by f.id desc, l.id",
        moi.compte_id,
    ):
        yield ligne | {
            "etat": LIBELLES[ligne["etat"]],
            "cible": cible(ligne["cible"]).nom,
            "dispositif": libelle_dispositif(ligne["dispositif"]),
        }

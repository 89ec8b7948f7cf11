"""Reading what former portals held: « Historique » of « Mes factures », and a dossier's own part."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from portal.dossiers.volets import Volet
from portal.factures.operations import LIBELLES
from portal.factures.perimetre import lecture, proche
from portal.infra.base import sql, sql1
from portal.reglements import rib as comptes
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

RIB = "rib.consulter"
RIBS_MAX = 200

_COLONNES = (
    "f.id, f.numero, f.emetteur_siren, f.date_facture, f.montant_centimes, f.etat, d.uid as dossier_uid,"
    " d.numero as dossier, d.intitule, (select coalesce(sum(r.montant_centimes), 0)::bigint"
    " from reglement_repris r where r.facture = f.id) as paye,"
    " (select string_agg(r.reference, ', ' order by r.jour, r.id) from reglement_repris r"
    " where r.facture = f.id) as references,"
    " (select max(r.jour) from reglement_repris r where r.facture = f.id) as paye_le"
    " from facture_reprise f join dossier d on d.id = f.dossier"
)


async def factures(moi: Personne, apres: str | None = None) -> PageDe[dict[str, Any]]:
    """Invoices of former portals within reach, with what was paid of each, latest first."""
    depart = decoder(apres, 2)
    jour = _jour(depart[0]) if depart and isinstance(depart[1], int) else None
    lignes = await sql(
        f"select {_COLONNES} where {proche(moi)} and {lecture(moi)}"
        " and ($2::date is null or (f.date_facture, f.id) < ($2, $3))"
        " order by f.date_facture desc, f.id desc limit $4",
        moi.compte_id,
        jour,
        depart[1] if depart and jour else 0,
        TAILLE + 1,
    )
    montrees = [_montrer(ligne) for ligne in lignes[:TAILLE]]
    suivant = None
    if len(lignes) > TAILLE:
        suivant = encoder(montrees[-1]["date_facture"].isoformat(), montrees[-1]["id"])
    return PageDe(montrees, suivant)


def _jour(brut: Any) -> date | None:
    try:
        return date.fromisoformat(str(brut))
    except ValueError:
        return None


def _montrer(ligne: dict[str, Any]) -> dict[str, Any]:
    return {
        **ligne,
        "etat_mot": LIBELLES[ligne["etat"]],
        "dossier": {
            "texte": ligne["dossier"],
            "url": f"/dossiers/{ligne['dossier_uid']}",
            "aide": ligne["intitule"],
        },
    }


async def ribs(moi: Personne) -> list[dict[str, Any]]:
    """Accounts of former portals within reach, masked; `actif`: registered here since."""
    if not moi.a_le_droit(RIB):
        return []
    return await sql(
        "select r.uid, r.siren, r.profil, coalesce(e.denomination, r.siren) as denomination, s.masque,"
        " r.titulaire, r.depose_le, exists (select 1 from rib b join secret t on t.id = b.iban_secret"
        " where b.siren = r.siren and b.profil = r.profil and b.etat = 'actif'"
        " and t.empreinte = s.empreinte) as actif, exists (select 1 from perimetre($1, 'rib.saisir') p"
        " where p.siren = r.siren and p.profil = r.profil and p.siret is null) as saisissable"
        " from rib_repris r join secret s on s.id = r.iban_secret"
        " left join entreprise e on e.siren = r.siren where exists (select 1"
        f" from perimetre($1, '{RIB}') p where p.siren = r.siren and p.profil = r.profil)"
        " order by e.cle_tri, r.siren, r.profil, r.id desc limit $2",
        moi.compte_id,
        RIBS_MAX,
    )


async def rib(moi: Personne, uid: UUID) -> dict[str, Any]:
    """One of these accounts, of a company whose account this person may register.

    Raises `Introuvable` out of reach, `Interdit` without the right.
    """
    ligne = await sql1(
        "select r.uid, r.siren, r.profil, coalesce(e.denomination, r.siren) as denomination,"
        " r.iban_secret, s.masque, r.titulaire from rib_repris r join secret s on s.id = r.iban_secret"
        " left join entreprise e on e.siren = r.siren where r.uid = $1",
        uid,
    )
    if ligne is None:
        raise Introuvable()
    await comptes.exiger(moi, ligne["siren"], ligne["profil"])
    return ligne


async def volet(moi: Personne, dossier: dict[str, Any]) -> Volet | None:
    """« Factures de l’ancien portail » on the page of a dossier that came from there."""
    if not dossier["origine"]:
        return None
    droits = await sql1(
        f"select {lecture(moi)} as lire from dossier d where d.id = $2",
        moi.compte_id,
        dossier["id"],
    )
    if droits is None or not droits["lire"]:
        return None
    lignes = await sql(
        f"select {_COLONNES} where d.id = $1 order by f.date_facture, f.id", dossier["id"]
    )
    if not lignes:
        return None
    return Volet(
        "Factures de l’ancien portail",
        "reprise/_volet.html",
        {"factures": [_montrer(ligne) for ligne in lignes]},
    )


async def bienvenue(compte_id: int) -> str:
    """A former user without any right to take over is told how to find her company again."""
    seule = await sql1(
        "select 1 as oui from utilisateur_repris u join compte c on c.email = u.email"
        " where c.id = $1 and not exists (select 1 from acces_repris a where a.email = u.email)"
        " and not exists (select 1 from administrateur_annonce n where n.email = u.email)",
        compte_id,
    )
    if seule is None:
        return ""
    return (
        "Votre adresse était connue de l’ancien portail, sans droit repris\u00a0: demandez un rattachement"
        " à votre entreprise pour retrouver ses dossiers."
    )

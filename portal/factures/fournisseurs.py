"""What this room gives to the home page, the navigation and the dossier's page."""

from __future__ import annotations

from typing import Any

from portal.dossiers.volets import Volet
from portal.factures import consultation, demandes, queries, registre
from portal.factures.du import EMETTEURS, FACTURE, OUVERTS, VIVANTES, situation
from portal.factures.perimetre import (
    CONSULTER,
    SAISIR,
    VALIDEURS,
    VERIFICATEURS,
    emission,
    lecture,
    proche,
)
from portal.grandlivre import queries as grandlivre
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.infra.money import euros
from portal.web.fournisseurs import Chiffre, Lien, Tache
from portal.web.identite import Personne

TACHES_MAX = 10


def navigation(moi: Personne) -> list[Lien]:
    if moi.est_interne:
        if not {*VERIFICATEURS, "administrateur"} & moi.roles:
            return []
        return [
            Lien("Remboursements", "/remboursements", "instruire", ordre=12),
            Lien("Factures", "/factures", "factures", ordre=14),
        ]
    if not moi.a_le_droit(CONSULTER):
        return []
    return [Lien("Mes factures", "/factures", "factures", ordre=20)]


async def taches(moi: Personne) -> list[Tache]:
    """Requests to make, invoices to issue, refused ones to correct; for staff, what waits for them."""
    if moi.est_interne:
        return await _taches_internes(moi)
    if not moi.a_le_droit(SAISIR):
        return []
    return [*await _a_demander(moi), *await _a_facturer(moi), *await _a_corriger(moi)]


async def _a_demander(moi: Personne) -> list[Tache]:
    """Trainings that are over and for which nothing was asked yet."""
    dossiers = await sql(
        "select d.uid, d.numero, d.intitule from dossier d"
        " join engagement g on g.dossier_uid = d.uid and g.engage_centimes > 0"
        f" where {proche(moi, SAISIR)} and d.etat = any($2) and d.fin < $3 and {emission(moi)}"
        " and not exists (select 1 from demande q where q.dossier = d.id and q.etat = any($4))"
        " order by d.fin, d.id limit $5",
        moi.compte_id,
        list(OUVERTS),
        await clock.aujourd_hui(),
        list(VIVANTES),
        TACHES_MAX,
    )
    return [
        Tache(
            f"Demander le remboursement du dossier {d['numero']}",
            f"/dossiers/{d['uid']}/remboursement",
            d["intitule"],
        )
        for d in dossiers
    ]


async def _total_du(moi: Personne) -> tuple[int, int]:
    """How many requests are to be billed, and for how much."""
    ligne = await sql1(
        f"select count(*) as n, coalesce(sum(x.reste), 0)::bigint as total from"
        f" (select q.montant_centimes - {FACTURE} as reste from demande q"
        " join dossier d on d.id = q.dossier where q.etat = 'validee'"
        f" and q.emetteur_siren = any({EMETTEURS}) and d.etat = any($2)"
        f" and {emission(moi)}) x where x.reste > 0",
        moi.compte_id,
        list(OUVERTS),
    )
    assert ligne is not None
    return ligne["n"], ligne["total"]


async def _a_facturer(moi: Personne) -> list[Tache]:
    nombre, total = await _total_du(moi)
    if not nombre:
        return []
    mots = "une demande validée" if nombre == 1 else f"{nombre} demandes validées"
    return [Tache(f"Facturer {mots}", "/factures", f"{euros(total)} à facturer")]


async def _a_corriger(moi: Personne) -> list[Tache]:
    """Refused invoices that did not come back."""
    refusees = await sql(
        "select f.uid, f.numero, f.emetteur_nom from facture f where f.etat = 'refusee'"
        f" and f.emetteur_siren = any({EMETTEURS})"
        " and exists (select 1 from facture_ligne l join dossier d on d.id = l.dossier"
        f" join demande q on q.id = l.demande where l.facture = f.id and {emission(moi)}"
        f" and q.etat = 'validee' and d.etat = any($2) and q.montant_centimes > {FACTURE})"
        " and not exists (select 1 from facture g where g.id > f.id and (g.remplace = f.id"
        " or (g.emetteur_siren = f.emetteur_siren and g.cle_numero = f.cle_numero)))"
        " order by f.id limit $3",
        moi.compte_id,
        list(OUVERTS),
        TACHES_MAX,
    )
    return [
        Tache(f"Corriger la facture {f['numero']}", f"/factures/{f['uid']}", f["emetteur_nom"])
        for f in refusees
    ]


async def _taches_internes(moi: Personne) -> list[Tache]:
    liste = []
    if {*VALIDEURS} & moi.roles and (n := await queries.compter_a_valider(moi)):
        quoi = "une demande" if n == 1 else f"{n} demandes"
        liste.append(Tache(f"Valider {quoi} de remboursement", "/remboursements"))
    if {*VERIFICATEURS} & moi.roles and (n := await queries.compter_a_verifier(moi)):
        quoi = "une facture" if n == 1 else f"{n} factures"
        liste.append(Tache(f"Vérifier {quoi}", "/factures?vue=a_verifier"))
    return liste


async def chiffres(moi: Personne) -> list[Chiffre]:
    """To be billed, and waiting to be paid."""
    if moi.est_interne or not moi.a_le_droit(CONSULTER):
        return []
    liste = []
    if moi.a_le_droit(SAISIR):
        nombre, total = await _total_du(moi)
        if nombre:
            liste.append(Chiffre("À facturer", euros(total), "/factures", ordre=20))
    attente = await consultation.compter(moi, ("deposee", "acceptee", "en_paiement"))
    if attente:
        mot = (
            "Facture en attente de paiement" if attente == 1 else "Factures en attente de paiement"
        )
        liste.append(Chiffre(mot, attente, "/factures?vue=deposees", ordre=22))
    return liste


async def volet(moi: Personne, dossier: dict[str, Any]) -> Volet | None:
    """« Remboursement et factures » on the page of a granted dossier."""
    if dossier["accorde_centimes"] is None:
        return None
    droits = await sql1(
        f"select {lecture(moi)} as lire, {emission(moi)} as saisir from dossier d where d.id = $2",
        moi.compte_id,
        dossier["id"],
    )
    if droits is None or not droits["lire"]:
        return None
    factures = await consultation.du_dossier(dossier["id"])
    etat = await situation(dossier)
    return Volet(
        "Remboursement et factures",
        "factures/_volet.html",
        {
            "solde": await grandlivre.solde(dossier["uid"]),
            "demandes": await queries.demandes_envoyees(dossier["id"]),
            "factures": factures,
            "paiements": await registre.paiements_de([f["id"] for f in factures]),
            "base": f"/dossiers/{dossier['uid']}/remboursement",
            "peut_demander": bool(droits["saisir"])
            and dossier["etat"] in OUVERTS
            and etat.possible > 0,
            "prochaine": etat.prochaine if etat.possible == 0 and etat.reste else None,
            "libelles": demandes.LIBELLES,
        },
    )

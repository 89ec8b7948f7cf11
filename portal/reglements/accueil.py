"""What payments bring to the home page, the navigation and the pages of invoices."""

from __future__ import annotations

from portal.factures.registre import PaiementVu, RibVu
from portal.infra.base import sql, sql1
from portal.infra.money import euros
from portal.reglements import queries
from portal.reglements.preparation import en_attente
from portal.web.fournisseurs import Acces, Chiffre, Lien, Tache
from portal.web.identite import Personne


def navigation(moi: Personne) -> list[Lien]:
    """A company finds its payments under « Mes factures »."""
    if "comptable" in moi.roles:
        return [Lien("Règlements", "/reglements/lots", "reglements", ordre=30)]
    return []


async def taches(moi: Personne) -> list[Tache]:
    """Accountants: a run to prepare, runs to approve. Companies: transfers that came back for want of an account."""
    if "comptable" in moi.roles:
        a_payer = await en_attente(limite=0)
        prepare = Tache(
            "Préparer un règlement",
            "/reglements/lots",
            f"{a_payer.nombre} facture{'s' if a_payer.nombre > 1 else ''} à payer, "
            f"{euros(sum(a_payer.totaux.values()))}",
        )
        return ([prepare] if a_payer.nombre else []) + [
            Tache(
                f"Valider le règlement {lot['numero']}",
                f"/reglements/lots/{lot['uid']}",
                f"{lot['nombre']} virement{'s' if lot['nombre'] > 1 else ''}, {euros(lot['total'])}",
                urgence=True,
            )
            for lot in await queries.a_valider(moi)
        ]
    if moi.est_interne or not moi.a_le_droit("rib.saisir"):
        return []
    lignes = await sql(
        "select f.emetteur_siren as siren, f.emetteur_profil as profil,"
        " coalesce(e.denomination, f.emetteur_siren) as nom, count(*) as nombre"
        " from facture f left join entreprise e on e.siren = f.emetteur_siren"
        " where f.etat = 'rejetee' and f.compte_a_confirmer and exists ("
        "   select 1 from perimetre($1, 'rib.saisir') p where p.siren = f.emetteur_siren"
        "   and p.profil = f.emetteur_profil and p.siret is null)"
        " group by 1, 2, 3 order by 3",
        moi.compte_id,
    )
    return [
        Tache(
            f"Enregistrer un autre RIB pour {li['nom']}",
            f"/rib/{li['siren']}/{li['profil']}",
            f"La banque a rejeté le paiement de {li['nombre']} "
            f"facture{'s' if li['nombre'] > 1 else ''}.",
            urgence=True,
        )
        for li in lignes
    ]


async def chiffres(moi: Personne) -> list[Chiffre]:
    """Accountants: what waits for a run. Companies: what is on its way to them."""
    if "comptable" in moi.roles:
        attente = await en_attente(limite=0)
        return [
            Chiffre(
                "À mettre en paiement",
                attente.nombre,
                "/reglements/lots",
                euros(sum(attente.totaux.values())),
                20,
            )
        ]
    if moi.est_interne or not moi.a_le_droit("factures.consulter"):
        return []
    en_route = await sql1(
        "select count(*) as n, coalesce(sum(p.montant_centimes), 0)::bigint as total"
        f" from paiement p where p.etat = 'ordonne' and {queries.portee(moi)}",
        moi.compte_id,
    )
    assert en_route is not None
    if not en_route["n"]:
        return []
    return [
        Chiffre("Virements en cours", en_route["n"], "/reglements", euros(en_route["total"]), 25)
    ]


async def acces(moi: Personne) -> list[Acces]:
    if moi.est_interne or not moi.a_le_droit("rib.consulter"):
        return []
    return [Acces("RIB", "/rib", ordre=60)]


async def rib_vu(siren: str, profil: str) -> RibVu | None:
    """For the deposit of an invoice: the registered account."""
    ligne = await sql1(
        "select r.iban_secret, s.masque, r.titulaire from rib r join secret s on s.id = r.iban_secret"
        " where r.siren = $1 and r.profil = $2 and r.etat = 'actif'",
        siren,
        profil,
    )
    return RibVu(**ligne) if ligne else None


async def paiements_vus(factures: list[int]) -> dict[int, list[PaiementVu]]:
    """For the page of an invoice: its transfers, oldest first."""
    lignes = await sql(
        "select x.facture, p.uid, p.reference, p.etat, coalesce(p.fini_jour, t.jour) as jour,"
        " x.montant_centimes as montant, p.motif from paiement_facture x"
        " join paiement p on p.id = x.paiement join lot_paiement t on t.id = p.lot"
        " where x.facture = any($1::bigint[]) and p.etat = any($2) order by x.id",
        factures,
        list(queries.VISIBLES),
    )
    vus: dict[int, list[PaiementVu]] = {}
    for li in lignes:
        vus.setdefault(li["facture"], []).append(
            PaiementVu(
                li["reference"],
                li["etat"],
                li["jour"],
                li["montant"],
                f"/reglements/avis/{li['uid']}",
                li["motif"],
            )
        )
    return vus

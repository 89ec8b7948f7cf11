"""Who is told of what happens to requests and invoices."""

from __future__ import annotations

from typing import Any

from portal.core.notifications import operations as notifications
from portal.factures.perimetre import SAISIR
from portal.infra.base import sql


async def demande_transmise(dossier: dict[str, Any], demande: dict[str, Any], montant: str) -> None:
    """A gestionnaire has something to validate: theirs, or those of the branch."""
    comptes = (
        [dossier["gestionnaire"]]
        if dossier["gestionnaire"]
        else await notifications.internes("gestionnaire", dossier["idcc"], dossier["region"])
    )
    await notifications.notifier(
        comptes,
        "demande",
        f"Demande de remboursement {demande['numero']} à valider",
        f"/remboursements/{demande['uid']}",
        f"Dossier {dossier['numero']}, {montant}",
        courriel=False,
        cle=f"demande:{demande['uid']}:transmise",
    )


async def demande_decidee(
    dossier: dict[str, Any], demande: dict[str, Any], titre: str, detail: str, url: str
) -> None:
    """Those who bill are told; by e-mail too, for those who chose it."""
    comptes = await notifications.destinataires(
        demande["emetteur_siren"],
        demande["emetteur_profil"],
        SAISIR,
        demande["emetteur_siret"],
        dossier["dispositif"],
    )
    await notifications.notifier(
        comptes, "demande", titre, url, detail, cle=f"demande:{demande['uid']}:{demande['etat']}"
    )


async def facture_a_verifier(facture: dict[str, Any], points: list[str]) -> None:
    """A scan, or something unusual: staff of the branches concerned look at it."""
    lieux = await sql(
        "select distinct d.idcc, d.region from facture_ligne l join dossier d on d.id = l.dossier"
        " where l.facture = $1",
        facture["id"],
    )
    comptes: set[int] = set()
    for lieu in lieux:
        comptes.update(await notifications.internes("gestionnaire", lieu["idcc"], lieu["region"]))
    await notifications.notifier(
        comptes,
        "facture",
        f"Facture {facture['numero']} à vérifier",
        f"/factures/{facture['uid']}",
        f"{facture['emetteur_nom']}. {' '.join(points)}"[:500],
        courriel=False,
        cle=f"facture:{facture['uid']}:a_verifier",
    )


async def facture_decidee(facture: dict[str, Any], titre: str, detail: str = "") -> None:
    """Those who bill these dossiers are told what became of their invoice."""
    await notifications.notifier(
        await emetteurs(facture),
        "facture",
        titre,
        f"/factures/{facture['uid']}",
        detail,
        cle=f"facture:{facture['uid']}:{facture['etat']}:{facture['version']}",
    )


async def emetteurs(facture: dict[str, Any], droit: str = SAISIR) -> set[int]:
    """Accounts of the issuer within reach of at least one of the invoice's dossiers."""
    lieux = await sql(
        "select distinct q.emetteur_siret, d.dispositif from facture_ligne l"
        " join demande q on q.id = l.demande join dossier d on d.id = l.dossier"
        " where l.facture = $1",
        facture["id"],
    )
    comptes: set[int] = set()
    for lieu in lieux:
        comptes.update(
            await notifications.destinataires(
                facture["emetteur_siren"],
                facture["emetteur_profil"],
                droit,
                lieu["emetteur_siret"],
                lieu["dispositif"],
            )
        )
    return comptes

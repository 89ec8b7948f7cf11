"""Who sees what is billed of a dossier, and who bills it.

SQL text over a row `d` of `dossier`. The company that files and the body that the dossier names
see its requests, invoices and payments; the one that is paid bills: the company, or the body when
the dossier says that it is paid directly (subrogation).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.dossiers.queries import (
    ROLES_LECTURE,
    portee_deposant,
    portee_interne,
    portee_nommee,
)
from portal.dossiers.queries import portee as portee_dossiers
from portal.infra.base import sql1
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne

CONSULTER, SAISIR = "factures.consulter", "factures.saisir"
INTERNES = ",".join(ROLES_LECTURE)
VERIFICATEURS = ("gestionnaire", "comptable")
"""Who accepts and refuses invoices."""
VALIDEURS = ("gestionnaire",)
"""Who validates and refuses requests for reimbursement."""


def lecture(moi: Personne, n: str = "$1") -> str:
    """Dossiers whose money this person may see."""
    if moi.est_interne:
        return portee_dossiers(moi, n=n)
    entreprise = portee_deposant(CONSULTER, n)
    if "prestataire" not in moi.profils:
        return entreprise
    return f"({entreprise} or {portee_nommee(CONSULTER, n)})"


def emission(moi: Personne, droit: str = SAISIR, n: str = "$1") -> str:
    """Dossiers that this person bills (or, with another right, sees as the one who is paid)."""
    if moi.est_interne:
        return f"({n}::bigint is null)"  # nobody: staff bills nothing
    entreprise = portee_deposant(droit, n)
    nommee = portee_nommee(droit, n)
    return f"case when d.paye_organisme then {nommee} else {entreprise} end"


def proche(moi: Personne, droit: str = CONSULTER, n: str = "$1") -> str:
    """Dossiers of the companies and bodies within reach: not the right itself (see `lecture`), but
    an index away, so that a list costs what one has and not what there is."""
    if moi.est_interne:
        return "true"
    sirens = f"any(array(select p.siren from etendue({n}, '{droit}', 1) p))"
    return f"(d.siren = {sirens} or left(d.organisme_siret, 9) = {sirens})"


async def exiger_dossier(moi: Personne, uid: UUID, droit: str = CONSULTER) -> dict[str, Any]:
    """The dossier, if this person may see its money (or bill it, with `factures.saisir`).

    Raises `Introuvable` out of reach, `Interdit` when it may be seen but not that.
    """
    permis = lecture(moi) if droit == CONSULTER else emission(moi, droit)
    ligne = await sql1(
        f"select d.*, ({permis}) as permis from dossier d"
        f" where d.uid = $2 and d.etat <> 'brouillon' and ({portee_dossiers(moi)} or {lecture(moi)})",
        moi.compte_id,
        uid,
    )
    if ligne is None:
        raise Introuvable()
    if not ligne.pop("permis"):
        raise Interdit()
    return ligne


def emetteur(dossier: dict[str, Any]) -> tuple[str, str, str]:
    """Who bills a dossier: SIREN, SIRET, profile."""
    if dossier["paye_organisme"] and dossier["organisme_siret"]:
        siret = dossier["organisme_siret"]
        return siret[:9], siret, "prestataire"
    return dossier["siren"], dossier["siret"], dossier["profil"]


def decision(moi: Personne, roles: Sequence[str]) -> str:
    """Dossiers on whose money this staff member decides, as one of these roles."""
    return portee_interne(moi, roles)


def decision_facture(moi: Personne) -> str:
    """Invoices `f` of which every dossier is this person's to decide on."""
    return (
        "not exists (select 1 from facture_ligne l join dossier d on d.id = l.dossier"
        f" where l.facture = f.id and not coalesce({decision(moi, VERIFICATEURS)}, false))"
    )


async def exiger_interne(moi: Personne, dossier_id: int, roles: Sequence[str]) -> None:
    """The dossier must lie within the branches and regions of these roles."""
    vu = await sql1(
        f"select 1 as n from dossier d where d.id = $2 and {decision(moi, roles)}",
        moi.compte_id,
        dossier_id,
    )
    if vu is None or not moi.est_interne:
        raise Introuvable()

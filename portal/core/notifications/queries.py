"""Read notifications, and find who is to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from portal.infra.base import sql, sql1
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

Filtre = Literal["toutes", "non_lues"]


@dataclass(frozen=True)
class Notification:
    """One line of the bell."""

    uid: UUID
    titre: str
    detail: str
    moment: datetime
    lue: bool


async def lister(
    compte: int, filtre: Filtre = "toutes", apres: str | None = None, taille: int = TAILLE
) -> PageDe[Notification]:
    """A page of somebody's notifications, newest first."""
    curseur = decoder(apres, 1)
    depuis = curseur[0] if curseur and isinstance(curseur[0], int) else None
    lignes = await sql(
        "select id, uid, titre, detail, moment, lue_le is not null as lue from notification"
        " where compte = $1 and ($2 or lue_le is null) and ($3::bigint is null or id < $3)"
        " order by id desc limit $4",
        compte,
        filtre == "toutes",
        depuis,
        taille + 1,
    )
    montrees = lignes[:taille]
    return PageDe(
        [Notification(n["uid"], n["titre"], n["detail"], n["moment"], n["lue"]) for n in montrees],
        encoder(montrees[-1]["id"]) if len(lignes) > taille else None,
    )


async def compter_non_lues(compte: int) -> int:
    """What the bell shows."""
    ligne = await sql1("select cloche_de($1) as nombre", compte)
    return ligne["nombre"] if ligne else 0


async def administrateurs(siren: str, profil: str) -> list[int]:
    """Accounts of the company's administrators."""
    lignes = await sql(
        "select distinct r.compte from rattachement r join compte c on c.id = r.compte"
        " where r.siren = $1 and r.profil = $2 and r.etat = 'actif' and r.administrateur"
        " and c.actif order by 1",
        siren,
        profil,
    )
    return [ligne["compte"] for ligne in lignes]


async def destinataires(
    siren: str,
    profil: str,
    droit: str = "dossiers.consulter",
    siret: str | None = None,
    dispositif: str | None = None,
) -> list[int]:
    """Accounts that hold the right on this object, by a mandat de gestion too: one query, the same
    perimeter as the pages'."""
    lignes = await sql(
        "select r.compte from ("
        "  select compte from rattachement where siren = $1 and profil = $2 and etat = 'actif'"
        "  union select g.compte from mandat m join rattachement g on g.siren = m.mandataire"
        "  and g.profil = 'prestataire' and g.etat = 'actif'"
        "  where $2 = 'adherent' and m.mandant = $1 and m.etat = 'actif') r"
        " join compte c on c.id = r.compte and c.actif"
        " where voit(r.compte, $3, $1, $4, $2, $5) order by 1",
        siren,
        profil,
        droit,
        siret,
        dispositif,
    )
    return [ligne["compte"] for ligne in lignes]


async def internes(role: str, idcc: str | None = None, region: str | None = None) -> list[int]:
    """Accounts of the OPCO's staff with this role whose perimeter holds this branch and region."""
    lignes = await sql(
        "select distinct i.compte from role_interne i join compte c on c.id = i.compte"
        " where i.role = $1 and c.actif"
        " and (i.idcc is null or $2::text is null or i.idcc = $2)"
        " and (i.region is null or $3::text is null or i.region = $3) order by 1",
        role,
        idcc,
        region,
    )
    return [ligne["compte"] for ligne in lignes]

"""My conseillers; messages of the régions that somebody looks after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.core.contact.formulaires import SUJETS
from portal.core.entreprises.fiche import Conseiller
from portal.infra.base import sql, sql1
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

ROLES = ("conseiller", "aef", "administrateur")
"""Who answers, the first that a région has."""

# The role `i` looks after the région of the message `d` and, where it is bounded to a branch, after
# that of the company which the message names.
_BORNES = (
    "(i.region is null or i.region = d.region) and (i.idcc is null or exists (select 1"
    " from entreprise b where b.siren = d.siren and b.idcc = i.idcc))"
)
# The message `d` is within reach of account $1.
_PORTEE = (
    "exists (select 1 from role_interne i where i.compte = $1"
    f" and i.role in ('conseiller', 'aef', 'administrateur') and {_BORNES})"
)


@dataclass(frozen=True)
class MonConseiller:
    """Somebody to call, and for which of my companies."""

    conseiller: Conseiller
    entreprises: tuple[str, ...]


async def mes_conseillers(compte: int, limite: int = 12) -> list[MonConseiller]:
    """The conseillers of my companies, those of most of them first."""
    lignes = await sql(
        "select c.nom, c.telephone, c.courriel,"
        " array_agg(distinct e.denomination) as entreprises from (select distinct siren"
        "   from rattachement where compte = $1 and etat = 'actif') r"
        " join conseiller_entreprise ce on ce.siren = r.siren"
        " join conseiller c on c.id = ce.conseiller join entreprise e on e.siren = r.siren"
        " group by c.id order by count(*) desc, c.nom limit $2",
        compte,
        limite,
    )
    return [
        MonConseiller(Conseiller(x["nom"], x["telephone"], x["courriel"]), tuple(x["entreprises"]))
        for x in lignes
    ]


async def ma_region(compte: int) -> str:
    """The région of most of my companies' head offices."""
    ligne = await sql1(
        "select s.region from rattachement r join entreprise e on e.siren = r.siren"
        " join etablissement s on s.siret = e.siege where r.compte = $1 and r.etat = 'actif'"
        " and s.region <> '' group by s.region order by count(*) desc, s.region limit 1",
        compte,
    )
    return ligne["region"] if ligne else ""


@dataclass(frozen=True)
class Demande:
    """A message, as the staff reads it."""

    id: int
    uid: UUID
    region: str
    sujet: str
    message: str
    nom: str
    email: str
    telephone: str | None
    siren: str | None
    denomination: str | None
    connecte: bool
    jour: date
    etat: str
    suite: str
    close_jour: date | None
    close_par: str | None

    @property
    def sujet_mot(self) -> str:
        return SUJETS.get(self.sujet, self.sujet)

    @property
    def ouverte(self) -> bool:
        return self.etat == "ouverte"


_COLONNES = (
    "select d.id, d.uid, d.region, d.sujet, d.message, d.nom, d.email, d.telephone, d.siren,"
    " e.denomination, d.compte is not null as connecte, d.jour, d.etat, d.suite, d.close_jour,"
    " p.prenom || ' ' || p.nom as close_par from demande_contact d"
    " left join entreprise e on e.siren = d.siren left join compte p on p.id = d.close_par"
)


async def lister(
    moi: Personne, etat: str = "ouverte", apres: str | None = None, taille: int = TAILLE
) -> PageDe[Demande]:
    """Messages of my régions: open ones oldest first, closed ones newest first."""
    curseur = decoder(apres, 1)
    depuis = curseur[0] if curseur and isinstance(curseur[0], int) else None
    ordre, signe = ("", ">") if etat == "ouverte" else (" desc", "<")
    lignes = await sql(
        f"{_COLONNES} where {_PORTEE} and d.etat = $2 and ($3::bigint is null or d.id {signe} $3)"
        f" order by d.id{ordre} limit $4",
        moi.compte_id,
        etat,
        depuis,
        taille + 1,
    )
    montrees = lignes[:taille]
    return PageDe(
        [Demande(**x) for x in montrees],
        encoder(montrees[-1]["id"]) if len(lignes) > taille else None,
    )


async def lire(moi: Personne, uid: UUID) -> Demande:
    """One message of my régions; any other does not exist."""
    ligne: dict[str, Any] | None = await sql1(
        f"{_COLONNES} where {_PORTEE} and d.uid = $2", moi.compte_id, uid
    )
    if ligne is None:
        raise Introuvable()
    return Demande(**ligne)


async def repondants(uid: UUID) -> list[int]:
    """Who answers this message: those of the first role that has somebody within reach of it."""
    lignes = await sql(
        "select i.role, array_agg(distinct i.compte) as comptes from demande_contact d"
        f" join role_interne i on i.role = any($2::text[]) and {_BORNES}"
        " join compte c on c.id = i.compte and c.actif where d.uid = $1"
        " group by i.role order by array_position($2::text[], i.role) limit 1",
        uid,
        list(ROLES),
    )
    return list(lignes[0]["comptes"]) if lignes else []


async def compter(moi: Personne) -> int:
    """Open messages of my régions."""
    ligne = await sql1(
        f"select count(*) as nombre from demande_contact d where {_PORTEE} and d.etat = 'ouverte'",
        moi.compte_id,
    )
    return ligne["nombre"] if ligne else 0

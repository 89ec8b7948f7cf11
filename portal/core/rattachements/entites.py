"""A company under one profile: who administers it, and one change of its accesses at a time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal.core.rattachements.evenements import Entite
from portal.infra.base import executer, sql, sql1
from portal.web.erreurs import Introuvable

# Of a company `e` and its head office `s`: whether letters may go there. What somebody typed by hand
# is no address until the register has it.
ADRESSE_CONNUE = "s.code_postal <> '' and s.commune <> '' and not s.a_verifier and not e.a_verifier"


@dataclass(frozen=True)
class Administrateur:
    """A living administrator."""

    compte_id: int
    nom: str
    rattachement: UUID


async def verrouiller(siren: str, profil: str) -> None:
    """Until the transaction ends, accesses of this SIREN × profile change one after the other:
    two administrators who remove each other, two people who ask for the first letter."""
    await executer(
        "select pg_advisory_xact_lock(hashtextextended($1, 7403))", f"acces:{siren}:{profil}"
    )


async def entite(siren: str, profil: str) -> Entite:
    """The company as events name it; unknown answers 404."""
    ligne = await sql1("select denomination from entreprise where siren = $1", siren)
    if ligne is None:
        raise Introuvable()
    return Entite(siren, profil, ligne["denomination"])


async def administrateurs(siren: str, profil: str) -> list[Administrateur]:
    """Living administrators, the oldest first. A closed account counts for nothing."""
    lignes = await sql(
        "select r.compte as compte_id, c.prenom || ' ' || c.nom as nom, r.uid as rattachement"
        " from rattachement r join compte c on c.id = r.compte and c.actif"
        " where r.siren = $1 and r.profil = $2 and r.etat = 'actif' and r.administrateur"
        " order by r.decide_le, r.id",
        siren,
        profil,
    )
    return [Administrateur(**ligne) for ligne in lignes]


async def annonces_en_attente(siren: str, profil: str) -> int:
    """How many administrators were named to a conseiller and have no account yet."""
    ligne = await sql1(
        "select count(*) as nombre from administrateur_annonce"
        " where siren = $1 and profil = $2 and active_le is null and retire_le is null",
        siren,
        profil,
    )
    return ligne["nombre"] if ligne else 0

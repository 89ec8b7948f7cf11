"""What people see of accesses: their own, those of their company, those that the staff follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.core.rattachements import suites
from portal.core.rattachements.delais import delai_postal
from portal.core.rattachements.modeles import en_mots
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.web.identite import Personne

LIMITE = 500

# Of a rattachement `r`: its habilitations, gathered.
_DROITS = """
    left join lateral (
        select coalesce(array_agg(distinct h.droit), '{}') as droits,
            count(distinct h.siret) as lieux, min(h.siret) as un_lieu,
            coalesce(bool_or(h.siret is null), false) as partout
        from habilitation h where h.rattachement = r.id
    ) d on true
"""
_ETABLISSEMENT = """
    left join etablissement t on t.siret = r.siret
"""


@dataclass(frozen=True)
class Acces:
    """A living access, as its holder or an administrator reads it."""

    uid: UUID
    compte: int
    nom: str
    email: str
    siren: str
    profil: str
    denomination: str
    siret: str | None
    lieu: str
    administrateur: bool
    modele: str | None
    droits: tuple[str, ...]
    lieux: int
    un_lieu: str | None
    partout: bool
    depuis: datetime | None

    @property
    def url(self) -> str:
        return f"/entreprise/{self.siren}/{self.profil}/utilisateurs"

    @property
    def portee(self) -> str:
        """Where, in words."""
        if self.siret:
            return f"Établissement {self.lieu or self.siret}"
        if not self.lieux:
            return "Tous les établissements"
        if self.partout:
            return f"Tous les établissements, et d’autres droits sur {self.lieux}"
        return f"{self.lieux}\u00a0établissements" if self.lieux > 1 else str(self.un_lieu)

    @property
    def en_mots(self) -> str:
        """What, in words."""
        if self.administrateur:
            return "Administrateur\u00a0: tous les droits"
        return en_mots(self.droits) or "Aucun droit"


@dataclass(frozen=True)
class Demande:
    """A request, waiting or refused."""

    uid: UUID
    compte: int
    nom: str
    email: str
    siren: str
    profil: str
    denomination: str
    siret: str | None
    lieu: str
    etat: str
    message: str
    motif: str
    depuis: date
    decide_le: datetime | None
    complement: bool
    recours_le: date | None = None
    suite: suites.Suite | None = None
    recours: suites.Recours | None = None

    @property
    def portee(self) -> str:
        return (
            f"Établissement {self.lieu or self.siret}" if self.siret else "Tous les établissements"
        )

    @property
    def url(self) -> str:
        return f"/entreprise/{self.siren}/{self.profil}/demandes/{self.uid}"


_COLONNES_ACCES = (
    "r.uid, r.compte, c.prenom || ' ' || c.nom as nom, c.email, r.siren, r.profil, e.denomination,"
    " r.siret, coalesce(nullif(t.enseigne, ''), t.commune, '') as lieu, r.administrateur, r.modele,"
    " d.droits, d.lieux, d.un_lieu, d.partout, r.decide_le as depuis"
)
_COLONNES_DEMANDE = (
    "r.uid, r.compte, c.prenom || ' ' || c.nom as nom, c.email, r.siren, r.profil, e.denomination,"
    " r.siret, coalesce(nullif(t.enseigne, ''), t.commune, '') as lieu, r.etat, r.message, r.motif,"
    " r.demande_jour as depuis, r.decide_le, exists (select 1 from rattachement a"
    " where a.compte = r.compte and a.siren = r.siren and a.profil = r.profil"
    " and a.etat = 'actif') as complement"
)
_SOURCE = (
    " from rattachement r join compte c on c.id = r.compte join entreprise e on e.siren = r.siren"
    + _ETABLISSEMENT
)
# Person `$1` may see the accesses of this rattachement.
_VISIBLE = (
    "exists (select 1 from perimetre($1, 'rattachements.consulter') p where p.siren = r.siren"
    " and p.profil = r.profil and (p.siret is null or p.siret = r.siret))"
)


def _acces(ligne: dict[str, Any]) -> Acces:
    return Acces(**{**ligne, "droits": tuple(ligne["droits"])})


async def mes_acces(moi: Personne) -> list[Acces]:
    """« Mes entreprises », by name."""
    lignes = await sql(
        f"select {_COLONNES_ACCES} {_SOURCE} {_DROITS}"
        " where r.compte = $1 and r.etat = 'actif'"
        " order by e.cle_tri, r.siren, r.profil, r.siret limit $2",
        moi.compte_id,
        LIMITE,
    )
    return [_acces(ligne) for ligne in lignes]


async def mon_acces(moi: Personne, siren: str, profil: str) -> Acces | None:
    """My living access to a company under a profile."""
    ligne = await sql1(
        f"select {_COLONNES_ACCES} {_SOURCE} {_DROITS}"
        " where r.compte = $1 and r.siren = $2 and r.profil = $3 and r.etat = 'actif'",
        moi.compte_id,
        siren,
        profil,
    )
    return _acces(ligne) if ligne else None


async def mes_demandes(moi: Personne) -> list[Demande]:
    """« Demandes en attente », with what happens next; then the refusals of the last 90 days."""
    jour = await clock.aujourd_hui()
    lignes = await sql(
        f"select {_COLONNES_DEMANDE}, r.recours_le, {suites.ETAT_ENTITE} {_SOURCE}"
        " where r.compte = $1 and (r.etat = 'en_attente'"
        " or (r.etat = 'refuse' and r.demande_jour > $2 - 90))"
        " order by r.etat = 'refuse', r.demande_le desc limit $3",
        moi.compte_id,
        jour,
        LIMITE,
    )
    return [_ma_demande(ligne) for ligne in lignes]


def _ma_demande(ligne: dict[str, Any]) -> Demande:
    etat = {cle: ligne.pop(cle) for cle in suites.CLES}
    if ligne["etat"] != "en_attente":
        return Demande(**ligne)
    recours = suites.recours(etat) if ligne["recours_le"] else None
    return Demande(**ligne, suite=suites.suite(etat, delai_postal()), recours=recours)


async def utilisateurs(moi: Personne, siren: str, profil: str) -> list[Acces]:
    """People of a company, as far as this person may see: administrators first, then by name."""
    lignes = await sql(
        f"select {_COLONNES_ACCES} {_SOURCE} {_DROITS}"
        f" where r.siren = $2 and r.profil = $3 and r.etat = 'actif' and c.actif and {_VISIBLE}"
        " order by not r.administrateur, lower(c.nom), lower(c.prenom), r.id limit $4",
        moi.compte_id,
        siren,
        profil,
        LIMITE,
    )
    return [_acces(ligne) for ligne in lignes]


async def demandes(moi: Personne, siren: str, profil: str) -> list[Demande]:
    """Requests that wait for this company, as far as this person may see; the oldest first."""
    lignes = await sql(
        f"select {_COLONNES_DEMANDE} {_SOURCE}"
        f" where r.siren = $2 and r.profil = $3 and r.etat = 'en_attente' and {_VISIBLE}"
        " order by r.demande_le limit $4",
        moi.compte_id,
        siren,
        profil,
        LIMITE,
    )
    return [Demande(**ligne) for ligne in lignes]


async def un_acces(moi: Personne, siren: str, profil: str, uid: UUID) -> Acces | None:
    """One living access within reach."""
    ligne = await sql1(
        f"select {_COLONNES_ACCES} {_SOURCE} {_DROITS} where r.uid = $2 and r.siren = $3"
        f" and r.profil = $4 and r.etat = 'actif' and {_VISIBLE}",
        moi.compte_id,
        uid,
        siren,
        profil,
    )
    return _acces(ligne) if ligne else None


async def une_demande(moi: Personne, siren: str, profil: str, uid: UUID) -> Demande | None:
    """One request within reach, answered or not."""
    ligne = await sql1(
        f"select {_COLONNES_DEMANDE} {_SOURCE} where r.uid = $2 and r.siren = $3"
        f" and r.profil = $4 and {_VISIBLE}",
        moi.compte_id,
        uid,
        siren,
        profil,
    )
    return Demande(**ligne) if ligne else None


@dataclass(frozen=True)
class CodeVivant:
    """What may be known of a live code: never the code."""

    valable_du: date
    valable_jusqu: date


async def code_vivant(siren: str, profil: str) -> CodeVivant | None:
    """The live code of a SIREN × profile, if there is one today."""
    ligne = await sql1(
        "select valable_du, valable_jusqu from code_activation where siren = $1 and profil = $2"
        " and etat = 'actif' and valable_jusqu >= $3",
        siren,
        profil,
        await clock.aujourd_hui(),
    )
    return CodeVivant(**ligne) if ligne else None

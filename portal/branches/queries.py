"""What is open to a branch on a day, by which values it is judged, and their history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.branches.dates import ParametresDates, Valeur
from portal.infra.base import sql
from portal.web.identite import Personne


@dataclass(frozen=True)
class Ouverture:
    """A period of a dispositif in a branch; `dernier` is its last day, None when it has none."""

    uid: UUID
    idcc: str
    dispositif: str
    du: date
    dernier: date | None
    par: str | None
    pose_le: datetime

    def etat(self, jour: date) -> str:
        if jour < self.du:
            return "À venir"
        return "Ouvert" if self.dernier is None or jour <= self.dernier else "Terminé"


@dataclass(frozen=True)
class ValeurPosee(Valeur):
    """A value with its story: who set it and when, whether another replaced it from its first day."""

    uid: UUID | None = None
    par: str | None = None
    pose_le: datetime | None = None
    remplacee_le: datetime | None = None

    def etat(self, jour: date) -> str:
        if self.remplacee_le is not None:
            return "Remplacée"
        if jour < self.du:
            return "À venir"
        return "En vigueur" if self.au is None or jour <= self.au else "Terminée"


async def ouverts(idcc: str, jour: date) -> set[str]:
    """Codes of the dispositifs open to this branch on this day."""
    lignes = await sql(
        "select dispositif from ouverture where idcc = $1 and periode @> $2::date", idcc, jour
    )
    return {ligne["dispositif"] for ligne in lignes}


async def ouverts_par_branche(jour: date) -> dict[str, set[str]]:
    """The same for all branches at once."""
    lignes = await sql("select idcc, dispositif from ouverture where periode @> $1::date", jour)
    trouves: dict[str, set[str]] = {}
    for ligne in lignes:
        trouves.setdefault(ligne["idcc"], set()).add(ligne["dispositif"])
    return trouves


async def parametres(idcc: str | None, jour: date) -> ParametresDates:
    """All values that hold on this day for this branch, its own and everybody's, in one query."""
    lignes = await sql(
        "select cle, valeur, lower(periode) as du, upper(periode) - 1 as au, source, idcc, criteres"
        " from parametre where remplacee_le is null and periode @> $2::date"
        " and (idcc is null or idcc = $1)",
        idcc,
        jour,
    )
    return ParametresDates(idcc, jour, [Valeur(**ligne) for ligne in lignes])


class Lecteur:
    """What plugins get as `contexte.parametres`."""

    async def au(self, idcc: str | None, jour: date) -> ParametresDates:
        return await parametres(idcc, jour)


async def ouvertures(idcc: str, dispositif: str | None = None) -> list[Ouverture]:
    """Past, present and future openings, newest first."""
    lignes = await sql(
        "select o.uid, o.idcc, o.dispositif, lower(o.periode) as du, upper(o.periode) - 1 as dernier,"
        " c.prenom || ' ' || c.nom as par, o.pose_le"
        " from ouverture o left join compte c on c.id = o.pose_par"
        " where o.idcc = $1 and ($2::text is null or o.dispositif = $2)"
        " order by lower(o.periode) desc",
        idcc,
        dispositif,
    )
    return [Ouverture(**ligne) for ligne in lignes]


async def historique(cle: str, idcc: str | None) -> list[ValeurPosee]:
    """Every value ever set under this key for a branch and for all, newest first."""
    lignes = await sql(
        "select p.cle, p.valeur, lower(p.periode) as du, upper(p.periode) - 1 as au, p.source,"
        " p.idcc, p.criteres, p.uid, c.prenom || ' ' || c.nom as par, p.pose_le, p.remplacee_le"
        " from parametre p left join compte c on c.id = p.pose_par"
        " where p.cle = $1 and (p.idcc is null or p.idcc = $2)"
        " order by p.idcc nulls last, p.criteres::text, lower(p.periode) desc, p.id desc",
        cle,
        idcc,
    )
    return [ValeurPosee(**ligne) for ligne in lignes]


async def a_portee(moi: Personne, idcc: str | None) -> bool:
    """Whether this person may set what this branch does; None asks for all branches."""
    if "administrateur" in moi.roles:
        return True
    perimetre = await _perimetre(moi)
    return None in perimetre or (idcc is not None and idcc in perimetre)


async def branches_de(moi: Personne, idccs: Iterable[str]) -> list[str]:
    """Of these branches, those within this person's reach."""
    if "administrateur" in moi.roles:
        return list(idccs)
    perimetre = await _perimetre(moi)
    return [idcc for idcc in idccs if None in perimetre or idcc in perimetre]


async def _perimetre(moi: Personne) -> set[str | None]:
    lignes = await sql("select idcc from perimetre_interne($1, 'branche')", moi.compte_id)
    return {ligne["idcc"] for ligne in lignes}

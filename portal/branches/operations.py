"""Open, close, set a value: one function, one transaction, one audit line. Effective at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.branches.referentiel import nom
from portal.core.journal import operations as journal
from portal.core.journal.operations import QuiAgit
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import date_longue


class Refuse(Exception):
    """A change that can't be made; `champ` is the form field to mend. Nothing was written."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ
        self.message = message


async def ouvrir(
    idcc: str, dispositif: str, du: date, dernier: date | None = None, *, acteur: QuiAgit | None
) -> UUID:
    """Open a dispositif to a branch from a day on, until a last day or until it is closed."""
    if dernier and dernier < du:
        raise Refuse(
            "dernier", "Le dernier jour précède le premier. Corrigez l’une des deux dates."
        )
    au = dernier + timedelta(days=1) if dernier else None
    async with transaction():
        await _verrouiller(f"ouverture {idcc} {dispositif}")
        autre = await sql1(
            "select lower(periode) as du, upper(periode) - 1 as dernier from ouverture where idcc = $1"
            " and dispositif = $2 and periode && daterange($3, $4) order by periode limit 1",
            idcc,
            dispositif,
            du,
            au,
        )
        if autre:
            raise Refuse(
                "du", f"Le dispositif est déjà ouvert {periode(autre['du'], autre['dernier'])}."
            )
        ligne = await sql1(
            "insert into ouverture (idcc, dispositif, periode, pose_par, pose_le)"
            " values ($1, $2, daterange($3, $4), $5, $6) returning uid",
            idcc,
            dispositif,
            du,
            au,
            acteur.compte_id if acteur else None,
            clock.instant(),
        )
        assert ligne is not None
        await journal.noter(
            "branche.dispositif_ouvert",
            acteur=acteur,
            objet=("ouverture", ligne["uid"]),
            idcc=idcc,
            branche=nom(idcc),
            dispositif=dispositif,
            du=du,
            dernier=dernier,
        )
    return ligne["uid"]


async def fermer(uid: UUID, dernier: date, *, acteur: QuiAgit | None) -> None:
    """Set the last day of an opening; dossiers already transmitted keep their rules."""
    async with transaction():
        ligne = await _ouverture(uid)
        if dernier < ligne["du"]:
            raise Refuse(
                "dernier", f"Ce dispositif n’ouvre que le {date_longue(ligne['du'])}\u00a0: le "
                "dernier jour ne peut pas être avant.",
            )  # fmt: skip
        if dernier < await clock.aujourd_hui():
            raise Refuse("dernier", "Cette date est passée. Choisissez aujourd’hui ou plus tard.")
        suivante = await sql1(
            "select min(lower(periode)) as du from ouverture where idcc = $1 and dispositif = $2"
            " and lower(periode) > $3",
            ligne["idcc"],
            ligne["dispositif"],
            ligne["du"],
        )
        if suivante and suivante["du"] and dernier >= suivante["du"]:
            raise Refuse(
                "dernier", f"Une autre ouverture commence le {date_longue(suivante['du'])}. "
                "Choisissez un jour avant.",
            )  # fmt: skip
        await executer(
            "update ouverture set periode = daterange(lower(periode), $2) where uid = $1",
            uid,
            dernier + timedelta(days=1),
        )
        await _journal_ouverture("branche.dispositif_ferme", ligne, acteur, dernier=dernier)


async def annuler(uid: UUID, *, acteur: QuiAgit | None) -> None:
    """Take back an opening that has not begun."""
    async with transaction():
        ligne = await _ouverture(uid)
        if ligne["du"] <= await clock.aujourd_hui():
            raise Refuse("dernier", "Ce dispositif est déjà ouvert\u00a0: fermez-le à une date.")
        await executer("delete from ouverture where uid = $1", uid)
        await _journal_ouverture("branche.ouverture_annulee", ligne, acteur)


async def poser(
    cle: str,
    valeur: str,
    du: date,
    source: str,
    *,
    acteur: QuiAgit | None,
    idcc: str | None = None,
    criteres: Mapping[str, str] | None = None,
) -> UUID:
    """Set a value from a day on, until the next one already set. The value before ends the day
    before; one that began on the very day is kept as replaced."""
    condition = dict(criteres or {})
    async with transaction():
        await _verrouiller(f"parametre {idcc} {cle}")
        voisines = await valeurs_de(cle, idcc, condition)
        for autre in voisines:
            if autre["du"] == du and autre["valeur"] == valeur and autre["source"] == source:
                raise Refuse("valeur", "Cette valeur est déjà posée à cette date.")
        ancienne = await _faire_place(voisines, du)
        ligne = await inserer(
            cle, valeur, du, suivant(voisines, du), source, idcc, condition, acteur
        )
        await journal.noter(
            "branche.parametre_pose",
            acteur=acteur,
            objet=("parametre", ligne),
            cle=cle,
            idcc=idcc,
            branche=nom(idcc),
            criteres=condition,
            valeur=valeur,
            ancienne=ancienne,
            du=du,
            source=source,
        )
    return ligne


async def _faire_place(voisines: list[dict[str, Any]], du: date) -> str | None:
    """End the value that holds on this day; returns what it was."""
    for autre in voisines:
        if autre["du"] == du:
            await executer(
                "update parametre set remplacee_le = $2 where id = $1",
                autre["id"],
                clock.instant(),
            )
            return str(autre["valeur"])
        if autre["du"] < du and (autre["au"] is None or autre["au"] > du):
            await raccourcir(autre["id"], du)
            return str(autre["valeur"])
    return None


async def raccourcir(parametre: int, au: date) -> None:
    """A value ends the day before `au`."""
    await executer(
        "update parametre set periode = daterange(lower(periode), $2) where id = $1", parametre, au
    )


def suivant(voisines: list[dict[str, Any]], du: date) -> date | None:
    """When the next value of the same kind begins."""
    return min((v["du"] for v in voisines if v["du"] > du), default=None)


async def valeurs_de(
    cle: str, idcc: str | None, criteres: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The values of one kind that count, locked, oldest first."""
    return await sql(
        "select id, valeur, source, pose_par, lower(periode) as du, upper(periode) as au"
        " from parametre where cle = $1 and idcc is not distinct from $2"
        " and criteres = $3::jsonb and remplacee_le is null order by lower(periode) for update",
        cle,
        idcc,
        dict(criteres),
    )


async def inserer(
    cle: str,
    valeur: str,
    du: date,
    au: date | None,
    source: str,
    idcc: str | None,
    criteres: Mapping[str, str],
    acteur: QuiAgit | None,
) -> UUID:
    """Write a value whose place was made."""
    ligne = await sql1(
        "insert into parametre (cle, valeur, periode, source, idcc, criteres, pose_par, pose_le)"
        " values ($1, $2, daterange($3, $4), $5, $6, $7::jsonb, $8, $9) returning uid",
        cle,
        valeur,
        du,
        au,
        source,
        idcc,
        dict(criteres),
        acteur.compte_id if acteur else None,
        clock.instant(),
    )
    assert ligne is not None
    return ligne["uid"]


def periode(du: date, dernier: date | None) -> str:
    """« du 1er janvier 2026 au 31 mars 2026 », « à partir du 1er janvier 2026 »."""
    if dernier is None:
        return f"à partir du {date_longue(du)}"
    return f"du {date_longue(du)} au {date_longue(dernier)}"


async def _ouverture(uid: UUID) -> dict[str, Any]:
    ligne = await sql1(
        "select uid, idcc, dispositif, lower(periode) as du from ouverture where uid = $1"
        " for update",
        uid,
    )
    if ligne is None:
        raise Refuse("dernier", "Cette ouverture n’existe plus. Rechargez la page.")
    return ligne


async def _journal_ouverture(
    action: str, ligne: dict[str, Any], acteur: QuiAgit | None, **details: Any
) -> None:
    await journal.noter(
        action,
        acteur=acteur,
        objet=("ouverture", ligne["uid"]),
        idcc=ligne["idcc"],
        branche=nom(ligne["idcc"]),
        dispositif=ligne["dispositif"],
        du=ligne["du"],
        **details,
    )


async def _verrouiller(sujet: str) -> None:
    """Two people on one thing wait for each other."""
    await executer("select pg_advisory_xact_lock(hashtextextended($1, 7))", sujet)

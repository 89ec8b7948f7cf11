"""Reference values that come with the portal and its plugins, sown after each migration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from portal.branches import operations, valeurs
from portal.infra.base import executer, sql, transaction
from portal.kit import ValeurInitiale

VERROU = 7_403_113
Cle = tuple[str, str | None, str, date]


class ApporteValeurs(Protocol):
    """Of the loaded plugins, what is needed here."""

    def valeurs_initiales(self) -> Sequence[ValeurInitiale]: ...


async def semer_plugins(plugins: ApporteValeurs) -> int:
    """Sow the engine's and every plugin's values; returns how many are new."""
    return await semer([*valeurs.VALEURS, *plugins.valeurs_initiales()])


async def semer(initiales: Iterable[ValeurInitiale]) -> int:
    """Insert each value whose key, branch, criteria and first day don't exist yet. Sown twice it is
    once there; what a branch team has set is never changed, nor covered."""
    async with transaction():
        await executer(f"select pg_advisory_xact_lock({VERROU})")
        lignes = await sql("select cle, idcc, criteres, lower(periode) as du from parametre")
        connues = {_cle(v["cle"], v["idcc"], v["criteres"], v["du"]) for v in lignes}
        nouvelles = 0
        for valeur in sorted(initiales, key=lambda v: (v.cle, v.idcc or "", v.du)):
            cle = _cle(valeur.cle, valeur.idcc, valeur.criteres, valeur.du)
            if cle not in connues and await _semer_une(valeur):
                nouvelles += 1
            connues.add(cle)
    return nouvelles


def _cle(cle: str, idcc: str | None, criteres: Mapping[str, str], du: date) -> Cle:
    return cle, idcc, json.dumps(dict(criteres), sort_keys=True), du


async def _semer_une(valeur: ValeurInitiale) -> bool:
    voisines = await operations.valeurs_de(valeur.cle, valeur.idcc, valeur.criteres)
    courante = next(
        (v for v in voisines if v["du"] < valeur.du and (v["au"] is None or v["au"] > valeur.du)),
        None,
    )
    if courante is not None:
        if courante["pose_par"] is not None:
            return False
        await operations.raccourcir(courante["id"], valeur.du)
    prochaine = operations.suivant(voisines, valeur.du)
    fin = valeur.au + timedelta(days=1) if valeur.au else None
    bornes = [borne for borne in (fin, prochaine) if borne is not None]
    await operations.inserer(
        valeur.cle,
        valeur.valeur,
        valeur.du,
        min(bornes, default=None),
        valeur.source,
        valeur.idcc,
        valeur.criteres,
        None,
    )
    return True

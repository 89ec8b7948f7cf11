"""Rate limits, kept in the database so that all workers share them: a growing delay, never for ever."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.infra import clock
from portal.infra.base import executer, sql1


@dataclass(frozen=True)
class Limite:
    """`libres` tries cost nothing; each one more doubles the wait, from `depart` to `maximum`.

    After `oubli` without a try all is forgotten.
    """

    genre: str
    libres: int
    depart: timedelta
    maximum: timedelta
    oubli: timedelta

    async def attente(self, valeur: str, *, verrou: bool = False) -> int:
        """Seconds to wait before the next try, 0 when it may go on.

        With `verrou`, tries of one `valeur` follow one another until the transaction ends:
        a burst sent at once gets no more than its share.
        """
        if verrou:
            await executer(
                "insert into tentative (genre, cle, dernier) values ($1, $2, $3)"
                " on conflict (genre, cle) do update set genre = excluded.genre",
                self.genre,
                self._cle(valeur),
                clock.instant(),
            )
        ligne = await sql1(
            "select bloque_jusque from tentative where genre = $1 and cle = $2",
            self.genre,
            self._cle(valeur),
        )
        return _secondes(ligne["bloque_jusque"] if ligne else None)

    async def noter(self, valeur: str) -> int:
        """Count a try; returns the seconds to wait before the next one."""
        quand = clock.instant()
        ligne = await sql1(
            "insert into tentative as t (genre, cle, nombre, dernier) values ($1, $2, 1, $3)"
            " on conflict (genre, cle) do update set dernier = $3,"
            " nombre = case when t.dernier < $4 then 1 else t.nombre + 1 end"
            " returning nombre",
            self.genre,
            self._cle(valeur),
            quand,
            quand - self.oubli,
        )
        assert ligne is not None
        jusque = quand + delai if (delai := self.delai(ligne["nombre"])) else None
        await executer(
            "update tentative set bloque_jusque = $3 where genre = $1 and cle = $2",
            self.genre,
            self._cle(valeur),
            jusque,
        )
        return _secondes(jusque)

    async def oublier(self, valeur: str) -> None:
        """Start anew: who tried has shown to be the right person."""
        await executer(
            "delete from tentative where genre = $1 and cle = $2", self.genre, self._cle(valeur)
        )

    def delai(self, nombre: int) -> timedelta:
        """The wait after so many tries."""
        if nombre < self.libres:
            return timedelta()
        return min(self.depart * 2 ** min(nombre - self.libres, 20), self.maximum)

    def _cle(self, valeur: str) -> bytes:
        return hashlib.sha256(f"{self.genre}\n{valeur}".encode()).digest()


def _secondes(jusque: datetime | None) -> int:
    if jusque is None:
        return 0
    return max(0, math.ceil((jusque - clock.instant()).total_seconds()))


def en_mots(secondes: int) -> str:
    """« 40 secondes », « 3 minutes »."""
    if secondes < 60:
        return f"{secondes}\u00a0seconde{'s' if secondes > 1 else ''}"
    minutes = math.ceil(secondes / 60)
    return f"{minutes}\u00a0minute{'s' if minutes > 1 else ''}"


def _minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


CONNEXION_COMPTE = Limite("connexion.compte", 5, _minutes(0.25), _minutes(15), timedelta(days=1))
CONNEXION_IP = Limite("connexion.ip", 30, _minutes(0.5), _minutes(15), timedelta(hours=1))
# Three codes at once, then about twenty a day: five tries each leave 1 chance in 10 000 to guess.
ENVOI_ADRESSE = Limite("envoi.adresse", 3, _minutes(5), _minutes(120), timedelta(days=1))
REINIT_ADRESSE = Limite("reinit.adresse", 3, _minutes(5), _minutes(120), timedelta(days=1))
ENVOI_IP = Limite("envoi.ip", 100, _minutes(0.5), _minutes(15), timedelta(hours=1))
# A code is one of a million, three at a time: ninety tries a day leave 3 chances in 10 000.
SECOND_FACTEUR = Limite("second_facteur", 5, _minutes(0.25), _minutes(15), timedelta(days=1))

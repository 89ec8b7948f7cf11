"""Opening hours of the phone line: read from a setting, judged on a moment. Pure.

« lun-jeu 9:00-12:30 13:30-17:00, ven 9:00-12:00 13:30-16:30 » is mainland time; public holidays
are closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

JOURS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
NOMS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LOIN = 30
"""Days ahead among which the next opening is looked for."""

_GROUPE = re.compile(r"^([a-z]{3})(?:-([a-z]{3}))?((?: \d{1,2}:\d{2}-\d{1,2}:\d{2})+)$")
Plage = tuple[time, time]


@dataclass(frozen=True)
class Groupe:
    """Days in a row with the same hours."""

    premier: int
    dernier: int
    plages: tuple[Plage, ...]

    def __str__(self) -> str:
        if self.premier == self.dernier:
            jours = f"Le {NOMS[self.premier]}"
        else:
            jours = f"Du {NOMS[self.premier]} au {NOMS[self.dernier]}"
        heures = " et ".join(f"de {dire_heure(a)} à {dire_heure(b)}" for a, b in self.plages)
        return f"{jours}, {heures}"


@dataclass(frozen=True)
class Etat:
    """Open until when, or closed until when (`prochaine`, in the same zone as what was asked)."""

    ouvert: bool
    moment: datetime
    jusque: time | None = None
    prochaine: datetime | None = None

    def __str__(self) -> str:
        if self.ouvert and self.jusque:
            return f"Ouverte en ce moment, jusqu’à {dire_heure(self.jusque)}"
        if self.prochaine is None:
            return "Fermée en ce moment"
        return f"Fermée en ce moment\u00a0; elle ouvre {self._quand(self.prochaine)}"

    def _quand(self, moment: datetime) -> str:
        ecart = (moment.date() - self.moment.date()).days
        jour = {0: "aujourd’hui", 1: "demain"}.get(ecart) or NOMS[moment.weekday()]
        if ecart > 6:
            jour = f"le {NOMS[moment.weekday()]} {moment:%d/%m}"
        return f"{jour} à {dire_heure(moment.time())}"


@dataclass(frozen=True)
class Horaires:
    """A week of the phone line."""

    groupes: tuple[Groupe, ...]

    @property
    def phrases(self) -> list[str]:
        return [str(g) for g in self.groupes]

    def plages(self, jour: date) -> tuple[Plage, ...]:
        return next(
            (g.plages for g in self.groupes if g.premier <= jour.weekday() <= g.dernier), ()
        )

    def etat(self, moment: datetime, ferie: Callable[[date], bool]) -> Etat:
        """Whether somebody answers at this moment (mainland time), else when the line opens."""
        jour, heure = moment.date(), moment.time()
        for avance in range(LOIN):
            if not ferie(jour):
                for ouvre, ferme in self.plages(jour):
                    if avance == 0 and ouvre <= heure < ferme:
                        return Etat(True, moment, jusque=ferme)
                    if avance > 0 or heure < ouvre:
                        debut = datetime.combine(jour, ouvre, moment.tzinfo)
                        return Etat(False, moment, prochaine=debut)
            jour += timedelta(1)
        return Etat(False, moment)


def dire_heure(heure: time) -> str:
    """« 9 h », « 12 h 30 »."""
    return f"{heure.hour}\u00a0h" + (f"\u00a0{heure.minute:02d}" if heure.minute else "")


def lire(texte: str) -> Horaires:
    """Read the setting; `ValueError` says what is wrong."""
    groupes = []
    for morceau in filter(None, (m.strip() for m in re.split("[,;]", texte.lower()))):
        trouve = _GROUPE.match(morceau)
        if trouve is None:
            raise ValueError(
                f"«\u00a0{morceau}\u00a0» ne se lit pas\u00a0: lun-jeu 9:00-12:30 13:30-17:00"
            )
        premier, dernier, plages = trouve.groups()
        if premier not in JOURS or (dernier or premier) not in JOURS:
            raise ValueError(f"«\u00a0{morceau}\u00a0»\u00a0: les jours sont {', '.join(JOURS)}")
        groupes.append(
            Groupe(
                JOURS.index(premier),
                JOURS.index(dernier or premier),
                tuple(_plage(p) for p in plages.split()),
            )
        )
    return Horaires(tuple(groupes))


def _plage(texte: str) -> Plage:
    debut, fin = (time(int(t.split(":")[0]), int(t.split(":")[1])) for t in texte.split("-"))
    if debut >= fin:
        raise ValueError(f"«\u00a0{texte}\u00a0» finit avant de commencer")
    return debut, fin

"""`portal letters`: queue the first mailing if asked, print what waits, tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from portal.core.rattachements import courriers
from portal.core.rattachements.premier_envoi import premier_envoi

Dire = Callable[[str], None]
RYTHME = 2.0
"""Seconds between two words on the progress."""


class _Progression:
    """Says at most every `RYTHME` seconds how many of how many are done, and how fast."""

    def __init__(self, dire: Dire, mot: str, total: int | None = None) -> None:
        self.dire, self.mot, self.total = dire, mot, total
        self.debut = self.dit_a = time.monotonic()

    def __call__(self, nombre: int) -> None:
        maintenant = time.monotonic()
        if maintenant - self.dit_a < RYTHME:
            return
        self.dit_a = maintenant
        vitesse = nombre / (maintenant - self.debut)
        if not self.total:
            self.dire(f"{nombre} {self.mot}")
            return
        reste = max(0, self.total - nombre) / vitesse if vitesse else 0
        self.dire(
            f"{nombre} sur {self.total} {self.mot} ({100 * nombre // self.total} %), "
            f"{vitesse:.0f} par seconde, encore {_duree(reste)}"
        )


def _duree(secondes: float) -> str:
    if secondes < 90:
        return f"{secondes:.0f} s"
    if secondes < 5400:
        return f"{secondes / 60:.0f} min"
    return f"{secondes / 3600:.1f} h".replace(".", ",")


async def envoyer(
    dossier: Path, *, premier: bool = False, maximum: int | None = None, dire: Dire
) -> str:
    """What the run did, in words. Ended in the middle, run it again: nothing goes out twice."""
    phrases = []
    if premier:
        nombre = await premier_envoi(progres=_Progression(dire, "courriers mis en file"))
        phrases.append(f"Premier envoi : {nombre} courriers ajoutés à la file.")
    attendus = await courriers.attendent()
    total = attendus if maximum is None else min(attendus, maximum)
    progres = _Progression(dire, "courriers", total)
    resultat = await courriers.produire(dossier, maximum=maximum, progres=progres)
    return " ".join([*phrases, str(resultat)])

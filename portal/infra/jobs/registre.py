"""Which tasks exist: a name, an async function, and how patiently it is tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Fonction = Callable[..., Awaitable[None]]

# Seconds before the second try, the third, and so on; the last figure repeats.
ATTENTES = (5, 30, 120, 600, 3600, 6 * 3600)
ESSAIS = 8


class TacheInconnue(LookupError):
    """No task has this name in this process: its module was not imported."""


@dataclass(frozen=True)
class Tache:
    """One task. `transactionnelle=False` is for those that manage transactions themselves."""

    nom: str
    fonction: Fonction
    essais: int = ESSAIS
    transactionnelle: bool = True

    def attente(self, deja_essaye: int) -> timedelta | None:
        """How long to wait after one more failure, or None when it is the last."""
        if deja_essaye + 1 >= self.essais:
            return None
        return timedelta(seconds=ATTENTES[min(deja_essaye, len(ATTENTES) - 1)])


TACHES: dict[str, Tache] = {}
PERIODIQUES: dict[str, str] = {}


def tache(
    nom: str, *, essais: int = ESSAIS, transactionnelle: bool = True
) -> Callable[[Fonction], Fonction]:
    """Decorate an async function as the task `nom`; its arguments are ids and short codes."""

    def inscrire(fonction: Fonction) -> Fonction:
        ancienne = TACHES.get(nom)
        if ancienne is not None and _origine(ancienne.fonction) != _origine(fonction):
            raise ValueError(f"deux tâches s’appellent « {nom} »")
        TACHES[nom] = Tache(nom, fonction, essais, transactionnelle)
        return fonction

    return inscrire


def periodique(nom: str, cron: str, *, essais: int = 1) -> Callable[[Fonction], Fonction]:
    """Decorate an async function without arguments, run at each tick of `cron` (in UTC).

    However many workers run, each tick is run once. A tick missed by more than ten minutes
    is not made up for, so a periodic task looks at what is due, not at when it is called.
    """

    def inscrire(fonction: Fonction) -> Fonction:
        PERIODIQUES[nom] = cron
        return tache(nom, essais=essais)(fonction)

    return inscrire


def trouver(nom: str) -> Tache:
    """The task of this name, or `TacheInconnue`."""
    try:
        return TACHES[nom]
    except KeyError:
        raise TacheInconnue(f"aucune tâche ne s’appelle « {nom} »") from None


async def lancer(nom: str, **args: Any) -> None:
    """Run a task here and now, in the caller's transaction if there is one."""
    await trouver(nom).fonction(**args)


def _origine(fonction: Fonction) -> tuple[str, str]:
    return fonction.__module__, fonction.__qualname__

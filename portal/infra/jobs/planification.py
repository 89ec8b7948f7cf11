"""Enqueue a job inside the current transaction."""

from __future__ import annotations

import json
from datetime import datetime

from portal.infra.base import sql1
from portal.infra.jobs.registre import trouver

FILE = "defaut"
LONGUEUR_TEXTE = 200

# The statement of procrastinate's own `procrastinate_defer_jobs_v1`, with one addition: a keyed
# job that already waits is locked (by an update) instead of refused. A worker then can't start it
# before our transaction ends, so it sees what we changed: no wake-up is lost, none is doubled.
INSERTION = """
insert into procrastinate_jobs as j
    (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
values ($1, $2, $3, $4, $5::text::jsonb, $6)
on conflict (queueing_lock) where status = 'todo'
do update set scheduled_at = case
    when j.scheduled_at is null or excluded.scheduled_at is null then null
    else least(j.scheduled_at, excluded.scheduled_at) end
returning id
"""


async def planifier(
    nom: str,
    cle: str | None = None,
    le: datetime | None = None,
    *,
    priorite: int = 0,
    **args: int | str | bool | None,
) -> int:
    """Enqueue the task `nom` with ids as arguments; returns the job's id.

    With `cle`, at most one such job waits at a time: planned again it stays one, at the earlier
    of the two moments and with its first arguments. `le` is a real (aware) instant.
    """
    tache = trouver(nom)
    ligne = await sql1(
        INSERTION,
        FILE,
        tache.nom,
        priorite,
        None if cle is None else f"{nom}:{cle}",
        _en_json(args),
        _aware(le),
    )
    assert ligne is not None
    return int(ligne["id"])


def _en_json(args: dict[str, int | str | bool | None]) -> str:
    for nom, valeur in args.items():
        if not isinstance(valeur, int | str | bool | None):
            raise TypeError(f"une tâche ne porte que des identifiants : {nom}={type(valeur)}")
        if isinstance(valeur, str) and len(valeur) > LONGUEUR_TEXTE:
            raise ValueError(f"une tâche ne porte que des identifiants : {nom} est trop long")
    return json.dumps(args)


def _aware(le: datetime | None) -> datetime | None:
    if le is not None and le.tzinfo is None:
        raise ValueError("le moment d’une tâche doit porter son fuseau")
    return le

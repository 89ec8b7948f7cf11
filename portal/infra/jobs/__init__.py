"""Background jobs, on the same database: one is born in the transaction of its cause, or not at all.

`planifier` writes the job with the change that needs it. Any number of `portal worker` run jobs;
each runs in a transaction of its own that also notes it as done, so that a job started twice
(its worker was killed, or only looked dead) changes the database once. Jobs carry ids, never data.
"""

from portal.infra.jobs.execution import (
    EchecTache,
    etat,
    executer_tache,
    purger,
    relancer_orphelines,
    vider,
)
from portal.infra.jobs.planification import planifier
from portal.infra.jobs.registre import (
    PERIODIQUES,
    TACHES,
    Tache,
    TacheInconnue,
    lancer,
    periodique,
    tache,
)
from portal.infra.jobs.worker import lancer_worker

__all__ = [
    "PERIODIQUES",
    "TACHES",
    "EchecTache",
    "Tache",
    "TacheInconnue",
    "etat",
    "executer_tache",
    "lancer",
    "lancer_worker",
    "periodique",
    "planifier",
    "purger",
    "relancer_orphelines",
    "tache",
    "vider",
]

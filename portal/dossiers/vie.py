"""What happens to dossiers by itself: a granted one is running from its first day."""

from __future__ import annotations

from portal.dossiers.transitions import transiter
from portal.infra import clock, jobs
from portal.infra.base import savepoint, sql
from portal.web.erreurs import Conflit

LOT = 500


@jobs.periodique("dossiers.demarrer", "*/10 * * * *")
async def demarrer() -> None:
    """Granted dossiers whose first day has come (business date)."""
    lignes = await sql(
        "select id from dossier where etat = 'accorde' and debut <= $1 order by id limit $2",
        await clock.aujourd_hui(),
        LOT,
    )
    for ligne in lignes:
        try:
            async with savepoint():
                await transiter(ligne["id"], "en_cours", None)
        except Conflit:
            continue

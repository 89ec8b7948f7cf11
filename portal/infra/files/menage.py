"""What the file room throws away, once a day: what killed processes left behind."""

from __future__ import annotations

from portal.infra import jobs
from portal.infra.files.magasin import balayer as balayer_temporaires


@jobs.periodique("fichiers.balayer", "11 3 * * *")
async def balayer() -> None:
    """Empty the temporary folder of what is old."""
    balayer_temporaires()

"""What the portal adds to procrastinate's tables (`procrastinate_*`: retention "technique")."""

from piccolo.columns import BigInt, Timestamptz
from piccolo.table import Table


class TacheFaite(Table, tablename="tache_faite"):
    """A job that changed the database: written in its transaction, so it can't do so twice."""

    RETENTION = "technique"  # seven days, then `jobs.purger`

    job_id = BigInt(primary_key=True)
    fait_le = Timestamptz(null=False, index=True)

"""Requests that were done, so that the same form sent twice is once done."""

from piccolo.columns import BigSerial, Bytea, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class RequeteFaite(Table, tablename="requete_faite"):
    """Retention: technique, 24 heures (la tâche `web.purger`)."""

    id = BigSerial(primary_key=True)
    cle = Bytea(unique=True)
    chemin = Text()
    suite = Text(null=True, default=None)
    faite_le = Timestamptz(default=TimestamptzNow())

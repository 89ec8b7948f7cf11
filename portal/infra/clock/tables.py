"""The shift of the business clock: at most one row, and only in the demo."""

from piccolo.columns import Integer, Interval, Timestamptz
from piccolo.table import Table


class Horloge(Table, tablename="horloge"):
    """How far the business clock is from the real one."""

    RETENTION = "technique"  # holds nothing about anybody; lives as long as the demo

    id = Integer(primary_key=True)
    decalage = Interval(null=False)
    modifie_le = Timestamptz(null=False)

"""A table of the test plugin."""

from piccolo.columns import BigInt, BigSerial
from piccolo.table import Table


class Compte(Table, tablename="essai_compte"):
    """Retention: none, a test's."""

    id = BigSerial(primary_key=True)
    dossier = BigInt()

"""What rang somebody's bell."""

from piccolo.columns import UUID, BigInt, BigSerial, Text, Timestamptz
from piccolo.table import Table


class Notification(Table, tablename="notification"):
    """One person told of one thing. (compte, cle) is unique: told again, it stays one."""

    RETENTION = "compte"  # ends with the account

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = BigInt(null=False)
    genre = Text(null=False)
    titre = Text(null=False)
    detail = Text(null=False)
    url = Text(null=False)
    cle = Text(null=True, help_text="What makes it one: the event that caused it.")
    courriel = Text(null=False, help_text="aucun, immediat, a_resumer or resume")
    cree_le = Timestamptz(null=False)
    moment = Timestamptz(null=False, help_text="Business instant, shown to people.")
    lue_le = Timestamptz(null=True)

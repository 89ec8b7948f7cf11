"""Secrets of people: ciphertext, keyed hash, and the mask that may be shown."""

from piccolo.columns import UUID, BigSerial, Bytea, Text, Timestamptz
from piccolo.table import Table


class Secret(Table, tablename="secret"):
    """One secret, known elsewhere by its id only."""

    RETENTION = "objet"  # ends with the object that holds its id: see the column `retention`

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    genre = Text(null=False)
    chiffre = Bytea(null=False)
    cle_id = Text(null=False, help_text="Name of the key that sealed it.")
    empreinte = Bytea(null=False, index=True)
    masque = Text(null=False)
    retention = Text(null=False, help_text="Retention class of the object that holds the id.")
    cree_le = Timestamptz(null=False)

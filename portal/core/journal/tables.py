"""Audit lines and the seals over them."""

from piccolo.columns import JSONB, UUID, BigInt, BigSerial, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table


class Journal(Table, tablename="journal"):
    """One line: an action, who did it, on what. Never changed but to be sealed."""

    RETENTION = "journal"  # ten years

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    instant = Timestamptz(null=False)
    acteur_id = BigInt(null=True, help_text="Account; no foreign key: the line outlives it.")
    acteur = Text(null=False, help_text="The name as it was then.")
    action = Text(null=False)
    objet_genre = Text(null=True)
    objet_uid = UUID(null=True)
    siren = Text(null=True)
    profil = Text(null=True)
    details = JSONB(null=False)
    scelle_le = Timestamptz(null=True)
    sceau = BigInt(null=True, help_text="The seal that holds this line.")


class Sceau(Table, tablename="sceau"):
    """A link of the hash chain over a batch of lines."""

    RETENTION = "journal"

    id = BigSerial(primary_key=True)
    premier = BigInt(null=False)
    dernier = BigInt(null=False)
    nombre = Integer(null=False)
    empreinte = Bytea(null=False)
    precedent = Bytea(null=False)
    instant = Timestamptz(null=False)

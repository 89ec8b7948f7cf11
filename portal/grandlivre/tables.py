"""The ledger's tables. Totals are the trigger's work alone; movements are never changed."""

from piccolo.columns import UUID, BigInt, BigSerial, Date, ForeignKey, Text, Timestamptz
from piccolo.table import Table


class Engagement(Table, tablename="engagement"):
    """What the OPCO owes at most for a dossier, and how far it is invoiced and paid."""

    RETENTION = "comptable"  # ten years

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    dossier_uid = UUID(null=False, unique=True)
    siren = Text(null=False)
    dispositif = Text(null=False)
    cible = Text(null=False)
    engage_centimes = BigInt(null=False)
    facture_centimes = BigInt(null=False)
    ordonne_centimes = BigInt(null=False, help_text="Ordered and not rejected, executed included.")
    paye_centimes = BigInt(null=False)
    cree_le = Timestamptz(null=False)


class Mouvement(Table, tablename="mouvement"):
    """One movement of money, append-only. `cle` names its cause: posted twice, it is once done."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    engagement = ForeignKey(Engagement, null=False)
    genre = Text(null=False)
    montant_centimes = BigInt(null=False)
    cause_uid = UUID(null=True, help_text="The invoice or payment behind it.")
    jour = Date(null=False, help_text="Business date.")
    instant = Timestamptz(null=False)
    libelle = Text(null=False)
    cle = Text(null=False, unique=True)

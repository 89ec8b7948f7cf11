"""Tables of the ledger. Amounts are integer cents; totals are kept by a trigger, never by code."""

from piccolo.columns import UUID, BigInt, BigSerial, Date, Text, Timestamptz
from piccolo.table import Table


class Engagement(Table, tablename="engagement"):
    """What the OPCO owes at most for one dossier, and how far it is. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier_uid = UUID(unique=True)
    siren = Text()
    dispositif = Text()
    cible = Text()
    engage_centimes = BigInt()
    facture_centimes = BigInt()
    ordonne_centimes = BigInt()
    paye_centimes = BigInt()


class Mouvement(Table, tablename="mouvement"):
    """One movement, added once under its `cle`. Retention: comptable, 10 ans. Append-only."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    engagement = BigInt()
    genre = Text()
    montant_centimes = BigInt()
    cause_uid = UUID(null=True)
    instant = Timestamptz()
    jour = Date()
    libelle = Text()
    cle = Text(unique=True)

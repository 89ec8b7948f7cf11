"""Openings of dispositifs and dated parameters; both know their past and their future."""

from piccolo.columns import JSONB, UUID, BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Ouverture(Table, tablename="ouverture"):
    """A dispositif is open to a branch for a period (`periode`, a daterange, upper bound excluded)."""

    RETENTION = "referentiel"  # kept: dossiers are judged by it

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    idcc = Varchar(length=4, null=False)
    dispositif = Text(null=False)
    pose_par = BigInt(null=True)
    pose_le = Timestamptz(null=False)


class Parametre(Table, tablename="parametre"):
    """A value over a period. `idcc` null is the rule of all branches; a value that was replaced from
    its first day stays, with the moment, and counts no more."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    cle = Text(null=False)
    idcc = Varchar(length=4, null=True)
    criteres = JSONB(null=False)
    valeur = Text(null=False)
    source = Text(null=False)
    pose_par = BigInt(null=True, help_text="Null: reference value that came with the portal.")
    pose_le = Timestamptz(null=False)
    remplacee_le = Timestamptz(null=True)

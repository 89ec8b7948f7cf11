"""Mandats de gestion."""

from piccolo.columns import (
    UUID,
    BigInt,
    BigSerial,
    Date,
    ForeignKey,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Mandat(Table, tablename="mandat"):
    """A company (`mandant`, a SIREN) lets a training body enter its dossiers from a day to another."""

    RETENTION = "acces"  # five years after its end

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    mandant = Text(null=False)
    mandataire = Text(null=False)
    mandataire_siret = Text(null=True, help_text="None: the whole body.")
    du = Date(null=False)
    au = Date(null=False)
    etat = Text(null=False)
    initiative = Text(null=False, help_text="Who proposed: 'mandant' or 'mandataire'.")
    message = Text(null=False, default="")
    propose_le = Timestamptz(null=False)
    propose_par = BigInt(null=False)
    decide_le = Timestamptz(null=True)
    decide_par = BigInt(null=True)
    fini_le = Timestamptz(null=True)
    fini_jour = Date(null=True)
    fini_par = BigInt(null=True)
    motif = Text(null=False, default="")


class MandatDispositif(Table, tablename="mandat_dispositif"):
    """A dispositif that a mandate covers."""

    RETENTION = "acces"

    mandat = ForeignKey(Mandat, null=False, on_delete=OnDelete.cascade, primary_key=True)
    dispositif = Text(null=False)

"""Messages that people send to the OPCO."""

from piccolo.columns import UUID, BigInt, BigSerial, Date, Text, Timestamptz
from piccolo.table import Table


class DemandeContact(Table, tablename="demande_contact"):
    """A message by the contact form, signed in or not."""

    RETENTION = "technique"  # PORTAL_CONSERVATION_CONTACT days after it was closed, or written

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    region = Text(null=False)
    sujet = Text(null=False)
    message = Text(null=False)
    nom = Text(null=False)
    email = Text(null=False)
    telephone = Text(null=True)
    siren = Text(null=True, help_text="Typed by the person: proves nothing.")
    compte = BigInt(null=True, help_text="Who was signed in.")
    cree_le = Timestamptz(null=False)
    jour = Date(null=False)
    etat = Text(null=False)
    suite = Text(null=False, default="", help_text="What the conseiller did of it.")
    prevenu_jour = Date(null=True, help_text="When those who answer were told of its end.")
    close_le = Timestamptz(null=True)
    close_jour = Date(null=True)
    close_par = BigInt(null=True)

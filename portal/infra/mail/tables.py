"""E-mails, from the moment they are written until a month after they left."""

from piccolo.columns import UUID, BigSerial, Integer, Text, Timestamptz
from piccolo.table import Table


class Courriel(Table, tablename="courriel"):
    """One message to one address. In the demo this table is the outbox people read."""

    RETENTION = "courriel"  # thirty days, then `mail.purger`

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True, help_text="Its Message-ID is made from it.")
    a = Text(null=False)
    sujet = Text(null=False)
    texte = Text(null=False)
    etat = Text(null=False, help_text="'a_envoyer', 'envoye' or 'abandonne'")
    essais = Integer(null=False)
    erreur = Text(null=True, default=None, help_text="Why the last try failed.")
    cle = Text(null=True, default=None, unique=True, help_text="The same key is written once.")
    cree_le = Timestamptz(null=False)
    envoye_le = Timestamptz(null=True, default=None)

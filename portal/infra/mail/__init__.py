"""E-mails: written with the change that causes them, sent afterwards, once.

`poster` inserts a row and plans a job in the current transaction. The job holds the row's lock
while it talks to the server and notes the result in the same transaction: two workers can't send
the same message, and a server that is down only delays it. If the process dies in the instant
between the server's acceptance and the note, the message leaves twice with the same Message-ID,
by which mail programs know it is one: SMTP allows no better.
"""

from portal.infra.mail.envoi import ATTENTES, DUREE_MAX, envoyer, purger
from portal.infra.mail.message import AdresseRefusee, adresse
from portal.infra.mail.poste import poster

__all__ = [
    "ATTENTES",
    "DUREE_MAX",
    "AdresseRefusee",
    "adresse",
    "envoyer",
    "poster",
    "purger",
]

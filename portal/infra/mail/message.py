"""One message as SMTP wants it; nothing in it can add a header or a recipient. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

LONGUEUR_ADRESSE = 254
LONGUEUR_SUJET = 200

_ATOME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADRESSE = re.compile(
    rf"(?=.{{1,64}}@){_ATOME}(\.{_ATOME})*@[A-Za-z0-9-]{{1,63}}(\.[A-Za-z0-9-]{{1,63}})+"
)


class AdresseRefusee(ValueError):
    """Not one plain e-mail address (the message shows nothing of it)."""


def adresse(brut: str) -> str:
    """The address, its domain in lower case, or `AdresseRefusee`: no name, no list, no control."""
    net = brut.strip()
    if len(net) > LONGUEUR_ADRESSE or not _ADRESSE.fullmatch(net):
        raise AdresseRefusee("L’adresse e-mail n’est pas correcte.")
    local, _, domaine = net.rpartition("@")
    return f"{local}@{domaine.lower()}"


def sujet_net(brut: str) -> str:
    """A subject on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in brut).split())[:LONGUEUR_SUJET]


def composer(
    *, uid: str, de: str, nom: str, a: str, sujet: str, texte: str, le: datetime
) -> EmailMessage:
    """The message. Its Message-ID comes from the row's uid: sent again, it is the same message."""
    expediteur = adresse(parseaddr(de)[1])
    local, _, domaine = expediteur.rpartition("@")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sujet_net(nom), username=local, domain=domaine)
    message["To"] = adresse(a)
    message["Subject"] = sujet_net(sujet)
    message["Date"] = format_datetime(le)
    message["Message-ID"] = f"<{uid}@{domaine}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(texte, charset="utf-8")
    return message

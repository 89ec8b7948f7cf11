"""Talk to the SMTP server that the settings name."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

DELAI = 20.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class ServeurIndisponible(RuntimeError):
    """Not now: no server is set, it can't be reached, it hangs, or asks to come back later."""


class MessageRefuse(RuntimeError):
    """Never: the server refuses this recipient or this message for good."""


async def remettre(url: str, message: EmailMessage, *, delai: float | None = None) -> None:
    """Give one message to the server; raises `ServeurIndisponible` or `MessageRefuse`."""
    if not url:
        raise ServeurIndisponible("aucun serveur d’envoi n’est réglé (PORTAL_SMTP_URL)")
    parties = urlsplit(url)
    if parties.scheme not in _PORTS or not parties.hostname:
        raise ServeurIndisponible("PORTAL_SMTP_URL n’est pas une adresse smtp:// correcte")
    try:
        await aiosmtplib.send(
            message,
            hostname=parties.hostname,
            port=parties.port or _PORTS[parties.scheme],
            username=unquote(parties.username) if parties.username else None,
            password=unquote(parties.password) if parties.password else None,
            use_tls=parties.scheme == "smtps",
            start_tls=True if parties.scheme == "smtp+starttls" else None,
            timeout=DELAI if delai is None else delai,
        )
    except aiosmtplib.SMTPRecipientsRefused as erreur:
        codes = [refus.code for refus in erreur.recipients]
        raise _selon_code(max(codes, default=450), "destinataire refusé") from None
    except aiosmtplib.SMTPDataError as erreur:
        raise _selon_code(erreur.code, "message refusé") from None
    except aiosmtplib.SMTPResponseException as erreur:
        raise ServeurIndisponible(f"réponse {erreur.code} du serveur") from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as erreur:
        raise ServeurIndisponible(f"serveur injoignable ({type(erreur).__name__})") from None


def _selon_code(code: int, raison: str) -> Exception:
    """5xx is for good, 4xx (full box, greylisting) is to be tried again."""
    texte = f"{raison}, code {code}"
    return MessageRefuse(texte) if code >= 500 else ServeurIndisponible(texte)

"""Amounts and dates as the French read them, and the one rounding of the house.

In the database an amount is an integer number of cents, in code a `Decimal` of euros;
`en_cents` and `de_cents` are the only bridges.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

PARIS = ZoneInfo("Europe/Paris")
CENTIME = Decimal("0.01")
INSECABLE = "\u00a0"
FINE_INSECABLE = "\u202f"

_LOCALE = Locale.parse("fr_FR")


def arrondi(montant: Decimal) -> Decimal:
    """The amount to the cent, half up (away from zero), the only rounding of money."""
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP)


def en_cents(montant: Decimal) -> int:
    """Euros to cents, rounded once by `arrondi`."""
    if not montant.is_finite():
        raise ValueError("un montant doit être un nombre fini")
    return int(arrondi(montant).scaleb(2))


def de_cents(cents: int) -> Decimal:
    """Cents to euros, always with two decimals."""
    return Decimal(cents).scaleb(-2).quantize(CENTIME)


def euros(cents: int) -> str:
    """« 1 234,56 € », thousands apart by U+202F and the sign by U+00A0."""
    unites, reste = divmod(abs(cents), 100)
    groupe = f"{unites:,}".replace(",", FINE_INSECABLE)
    signe = "-" if cents < 0 else ""
    return f"{signe}{groupe},{reste:02d}{INSECABLE}€"


def nombre(valeur: Decimal | int, *, decimales: int | None = None) -> str:
    """A number in French: « 1 234,5 »; with `decimales`, exactly that many."""
    if decimales is None:
        return format_decimal(valeur, locale=_LOCALE, decimal_quantization=False)
    motif = "#,##0." + "0" * decimales if decimales else "#,##0"
    return format_decimal(valeur, format=motif, locale=_LOCALE)


def pourcentage(taux: Decimal) -> str:
    """A rate as a percentage: 0.555 is « 55,5 % »."""
    return format_percent(taux, locale=_LOCALE, decimal_quantization=False)


def _en_date(jour: date) -> date:
    if isinstance(jour, datetime):
        return jour.astimezone(PARIS).date() if jour.tzinfo else jour.date()
    return jour


def date_longue(jour: date) -> str:
    """« 3 mars 2026 », « 1er avril 2026 »; an aware instant is read in Europe/Paris."""
    jour = _en_date(jour)
    texte = format_date(jour, "d MMMM y", locale=_LOCALE)
    return "1er" + texte[1:] if jour.day == 1 else texte


def date_courte(jour: date) -> str:
    """« 03/03/2026 »."""
    return f"{_en_date(jour):%d/%m/%Y}"


def periode(debut: date, fin: date, *, courte: bool = False) -> str:
    """« du 3 mars 2026 au 4 mars 2026 », « le 3 mars 2026 » when it ends the day it begins."""
    ecrire = date_courte if courte else date_longue
    if _en_date(debut) == _en_date(fin):
        return f"le {ecrire(debut)}"
    return f"du {ecrire(debut)} au {ecrire(fin)}"


def heure(moment: datetime) -> str:
    """« 14:32 », in Europe/Paris."""
    return f"{moment.astimezone(PARIS) if moment.tzinfo else moment:%H:%M}"


def date_heure(moment: datetime) -> str:
    """« 3 mars 2026 à 14:32 »."""
    return f"{date_longue(moment)} à {heure(moment)}"

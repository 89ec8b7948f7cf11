"""Amounts round once, survive the trip to cents and back, and read as French."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import money


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        ("0.005", "0.01"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1.004999", "1.00"),
        ("7", "7.00"),
    ],
)
def test_rounding_is_half_up_to_the_cent(montant: str, attendu: str) -> None:
    assert str(money.arrondi(Decimal(montant))) == attendu


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_cents_to_euros_and_back_loses_nothing(cents: int) -> None:
    assert money.en_cents(money.de_cents(cents)) == cents


@pytest.mark.parametrize("valeur", ["NaN", "Infinity", "-Infinity"])
def test_an_amount_that_is_no_number_is_refused(valeur: str) -> None:
    with pytest.raises(ValueError, match="fini"):
        money.en_cents(Decimal(valeur))


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_euros_read_as_the_unicode_locale_data_say(cents: int) -> None:
    assert money.euros(cents) == format_currency(money.de_cents(cents), "EUR", locale="fr_FR")


def test_euros_use_non_breaking_spaces() -> None:
    assert money.euros(123456789) == "1\u202f234\u202f567,89\u00a0€"


def test_numbers_and_rates_in_french() -> None:
    assert money.nombre(Decimal("1234.5")) == "1\u202f234,5"
    assert money.nombre(1234, decimales=2) == "1\u202f234,00"
    assert money.pourcentage(Decimal("0.555")) in ("55,5\u202f%", "55,5\u00a0%")


def test_dates_in_french() -> None:
    assert money.date_longue(date(2026, 4, 1)) == "1er avril 2026"
    assert money.date_longue(date(2026, 8, 11)) == "11 août 2026"
    assert money.date_courte(date(2026, 3, 9)) == "09/03/2026"
    assert money.periode(date(2026, 4, 1), date(2026, 4, 2)) == "du 1er avril 2026 au 2 avril 2026"
    assert money.periode(date(2026, 4, 1), date(2026, 4, 1)) == "le 1er avril 2026"
    assert money.periode(date(2026, 3, 9), date(2026, 3, 9), courte=True) == "le 09/03/2026"


def test_an_instant_is_told_in_paris_time() -> None:
    nouvel_an = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert money.date_longue(nouvel_an) == "1er janvier 2026"
    assert money.heure(nouvel_an) == "00:30"
    assert money.date_heure(nouvel_an) == "1er janvier 2026 à 00:30"

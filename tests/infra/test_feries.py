"""Working days, without the public holidays of mainland France."""

from __future__ import annotations

from datetime import date

import pytest

from portal.infra.feries import ajouter_jours_ouvres, est_ferie, est_ouvre


@pytest.mark.parametrize(
    "jour",
    [
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
        date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1),
        date(2026, 11, 11), date(2026, 12, 25),
    ],
)  # fmt: skip
def test_l01_the_eleven_public_holidays_of_a_year(jour: date) -> None:
    assert est_ferie(jour)
    assert not est_ouvre(jour)


@pytest.mark.parametrize("jour", [date(2026, 12, 26), date(2026, 4, 3), date(2026, 11, 24)])
def test_l01_ordinary_days_and_alsace_s_are_none(jour: date) -> None:
    assert not est_ferie(jour)


@pytest.mark.parametrize(
    ("depart", "nombre", "attendu"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 24), 5, date(2026, 12, 1)),
        (date(2026, 11, 6), 5, date(2026, 11, 16)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
    ],
)
def test_c07_working_days_leave_out_week_ends_and_holidays(
    depart: date, nombre: int, attendu: date
) -> None:
    assert ajouter_jours_ouvres(depart, nombre) == attendu


@pytest.mark.parametrize(
    ("depart", "departement", "attendu"),
    [
        (date(2026, 4, 2), None, date(2026, 4, 3)),
        (date(2026, 4, 2), "67", date(2026, 4, 7)),
        (date(2026, 4, 2), "68", date(2026, 4, 7)),
        (date(2026, 4, 2), "57", date(2026, 4, 7)),
        (date(2026, 5, 21), "971", date(2026, 5, 22)),
        (date(2026, 5, 26), "971", date(2026, 5, 28)),
    ],
)
def test_c07_alsace_moselle_and_overseas_have_holidays_of_their_own(
    depart: date, departement: str | None, attendu: date
) -> None:
    assert ajouter_jours_ouvres(depart, 1, departement) == attendu

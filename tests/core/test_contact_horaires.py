"""The phone line: open or closed at a moment of the mainland, and when it opens (L01)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portal.core.contact.horaires import lire
from portal.infra.feries import est_ferie
from portal.infra.money import PARIS
from portal.settings import Settings

NB = "\u00a0"
SEMAINE = lire(Settings.model_fields["opco_horaires"].default)


def dire(texte: str) -> str:
    moment = datetime.fromisoformat(texte).replace(tzinfo=PARIS)
    return str(SEMAINE.etat(moment, est_ferie)).replace(NB, " ")


def test_l01_hours_are_those_of_the_seeds_in_words() -> None:
    assert [p.replace(NB, " ") for p in SEMAINE.phrases] == [
        "Du lundi au jeudi, de 9 h à 12 h 30 et de 13 h 30 à 17 h",
        "Le vendredi, de 9 h à 12 h et de 13 h 30 à 16 h 30",
    ]


@pytest.mark.parametrize(
    ("moment", "dit"),
    [
        ("2026-11-24T08:59", "Fermée en ce moment ; elle ouvre aujourd’hui à 9 h"),
        ("2026-11-24T09:00", "Ouverte en ce moment, jusqu’à 12 h 30"),
        ("2026-11-24T12:29:59", "Ouverte en ce moment, jusqu’à 12 h 30"),
        ("2026-11-24T12:30", "Fermée en ce moment ; elle ouvre aujourd’hui à 13 h 30"),
        ("2026-11-24T16:59", "Ouverte en ce moment, jusqu’à 17 h"),
        ("2026-11-24T17:00", "Fermée en ce moment ; elle ouvre demain à 9 h"),
        ("2026-11-27T12:00", "Fermée en ce moment ; elle ouvre aujourd’hui à 13 h 30"),
        ("2026-11-27T16:30", "Fermée en ce moment ; elle ouvre lundi à 9 h"),
        ("2026-11-28T10:00", "Fermée en ce moment ; elle ouvre lundi à 9 h"),
        ("2026-11-11T10:00", "Fermée en ce moment ; elle ouvre demain à 9 h"),
        ("2026-12-24T18:00", "Fermée en ce moment ; elle ouvre lundi à 9 h"),
        ("2026-05-14T11:00", "Fermée en ce moment ; elle ouvre demain à 9 h"),
    ],
)
def test_l01_open_or_closed_now_and_when_it_opens(moment: str, dit: str) -> None:
    assert dire(moment) == dit


def test_l01_a_line_that_never_opens_says_no_more() -> None:
    jour = datetime(2026, 11, 24, 10, tzinfo=PARIS)
    assert str(lire("").etat(jour, est_ferie)) == "Fermée en ce moment"
    loin = SEMAINE.etat(jour, lambda j: j < date(2026, 12, 7))
    assert str(loin).replace(NB, " ").endswith("elle ouvre le lundi 07/12 à 9 h")


@pytest.mark.parametrize(
    "texte", ["lundi 9:00-12:00", "lun 9h-12h", "lun 12:00-9:00", "abc 9:00-10:00", "lun", "lun 9:00-25:00"]
)  # fmt: skip
def test_l01_a_wrong_setting_is_said(texte: str) -> None:
    with pytest.raises(ValueError):
        lire(texte)

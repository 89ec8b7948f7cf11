"""D02: what a form says of the page it was drawn from, and of what it names."""

from __future__ import annotations

import uuid

import pytest

from portal.web.erreurs import Refus
from portal.web.formulaires import lire_uid, lire_version


def test_d02_la_version_est_exigee() -> None:
    assert lire_version({"_version": "12"}) == 12
    for poste in (
        {},
        {"_version": ""},
        {"_version": "-1"},
        {"_version": "٣"},
        {"_version": "9" * 9},
    ):
        with pytest.raises(Refus):
            lire_version(poste)


def test_d02_un_identifiant_mal_fait_n_en_est_pas_un() -> None:
    uid = uuid.uuid4()
    assert lire_uid(str(uid)) == uid
    assert [lire_uid(v) for v in (None, "", "x", 3, "\ud800")] == [None] * 5

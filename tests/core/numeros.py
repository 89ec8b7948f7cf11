"""SIREN and SIRET that pass their key, each one new: a scenario makes its own company."""

from __future__ import annotations

import os
from itertools import count

from stdnum import luhn

_rang = count(int.from_bytes(os.urandom(3)) % 8_000_000)


def siren_neuf() -> str:
    """A valid SIREN that no other test uses."""
    corps = f"9{next(_rang) % 10_000_000:07d}"
    return corps + str(luhn.calc_check_digit(corps))


def siret_de(siren: str, numero: int = 1) -> str:
    """A valid SIRET of this company: its `numero`-th establishment."""
    corps = f"{siren}{numero:04d}"
    return corps + str(luhn.calc_check_digit(corps))

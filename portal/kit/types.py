"""Field types of forms: what a French person types, read into a Python value.

Each type is an `Annotated` alias to put on a Pydantic field. Errors are French sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from portal.kit import identifiants

MONTANT_MAX = Decimal("99999999.99")


def _type(lecteur: Callable[[str], Any]) -> BeforeValidator:
    def lire(valeur: Any) -> Any:
        if not isinstance(valeur, str):
            return valeur
        try:
            return lecteur(valeur)
        except ValueError as erreur:
            raise PydanticCustomError("saisie", "{message}", {"message": str(erreur)}) from None

    return BeforeValidator(lire)


def lire_date(saisi: str) -> date:
    """1/2/2026, 01-02-2026, 01022026, 01.02.2026 or 2026-02-01 (what a browser's date field posts)."""
    texte = saisi.strip()
    if iso := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", texte, re.ASCII):
        annee, mois, jour = (int(x) for x in iso.groups())
    elif francais := re.fullmatch(r"(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{4})", texte, re.ASCII):
        jour, mois, annee = (int(x) for x in francais.groups())
    elif serre := re.fullmatch(r"(\d{2})(\d{2})(\d{4})", texte, re.ASCII):
        jour, mois, annee = (int(x) for x in serre.groups())
    else:
        raise ValueError("Saisissez la date sous la forme JJ/MM/AAAA, par exemple 05/03/2026.")
    if not 1900 <= annee <= 2100:
        raise ValueError("L’année doit être comprise entre 1900 et 2100.")
    try:
        return date(annee, mois, jour)
    except ValueError:
        raise ValueError("Cette date n’existe pas. Vérifiez le jour et le mois.") from None


def lire_nombre(saisi: str) -> Decimal:
    """1 234,56 · 1234.56 · 1 234 €; ASCII digits only, finite."""
    texte = re.sub(r"[\s\u00a0\u202f]", "", saisi).removesuffix("€").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,8})?", texte, re.ASCII):
        raise ValueError("Saisissez un nombre, par exemple 1\u202f234,56.")
    try:
        return Decimal(texte)
    except InvalidOperation:
        raise ValueError("Saisissez un nombre, par exemple 1\u202f234,56.") from None


def lire_montant(saisi: str) -> Decimal:
    """Amount in euros, two decimals at most, 0 to 99 999 999,99."""
    montant = lire_nombre(saisi)
    if montant < 0:
        raise ValueError("Le montant ne peut pas être négatif.")
    if montant > MONTANT_MAX:
        raise ValueError("Ce montant est trop grand. Vérifiez la virgule.")
    if montant != montant.quantize(Decimal("0.01")):
        raise ValueError("Le montant a deux décimales au plus.")
    return montant.quantize(Decimal("0.01"))


def lire_entier(saisi: str) -> int:
    """Whole number, with or without spaces between thousands."""
    nombre = lire_nombre(saisi)
    if nombre != nombre.to_integral_value():
        raise ValueError("Saisissez un nombre entier.")
    return int(nombre)


def lire_texte(saisi: str) -> str:
    """NFC, control characters dropped, trimmed; line breaks kept."""
    texte = unicodedata.normalize("NFC", saisi.replace("\r\n", "\n"))
    return "".join(
        c for c in texte if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    ).strip()


def _oui_non(saisi: str) -> bool:
    """Yes or no, from radio buttons or a ticked box."""
    if saisi in ("oui", "on", "true"):
        return True
    if saisi in ("non", "false"):
        return False
    raise ValueError("Répondez par oui ou par non.")


def _texte_decimal(valeur: Decimal) -> str:
    return str(valeur)


Texte = Annotated[str, _type(lire_texte)]
DateFr = Annotated[date, _type(lire_date)]
Montant = Annotated[Decimal, _type(lire_montant), PlainSerializer(_texte_decimal, when_used="json")]
Nombre = Annotated[Decimal, _type(lire_nombre), PlainSerializer(_texte_decimal, when_used="json")]
Entier = Annotated[int, _type(lire_entier)]
OuiNon = Annotated[bool, _type(_oui_non)]
Siren = Annotated[str, _type(identifiants.lire_siren)]
Siret = Annotated[str, _type(identifiants.lire_siret)]
SirenOuSiret = Annotated[str, _type(identifiants.lire_siren_ou_siret)]
Nir = Annotated[str, _type(identifiants.lire_nir)]
Iban = Annotated[str, _type(identifiants.lire_iban)]
Courriel = Annotated[str, _type(identifiants.lire_courriel)]
Telephone = Annotated[str, _type(identifiants.lire_telephone)]
Nda = Annotated[str, _type(identifiants.lire_nda)]

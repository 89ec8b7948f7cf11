"""The form of a deposited invoice, and its first values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, create_model

from portal.factures import registre
from portal.factures.du import Du
from portal.infra.money import de_cents, nombre
from portal.kit.formulaire import Saisie, champ, lire_formulaire
from portal.kit.types import DateFr, Iban, Montant, Texte

AVEC_TVA, NET = "tva", "net"


class Part(BaseModel):
    """What an invoice asks for one request."""

    montant: Montant = champ("Montant facturé", widget="montant", obligatoire=False)


@lru_cache(maxsize=16)
def _modele(cibles: tuple[tuple[str, str], ...]) -> type[BaseModel]:
    champs: dict[str, Any] = {
        "cible": (
            str,
            champ(
                "À l’ordre de",
                widget="radios",
                choix=cibles,
                manque="Dites à l’ordre de qui la facture est établie.",
            ),
        ),
        "repartition": (
            list[Part],
            champ("Dossiers facturés", obligatoire=False, titre_ligne="Dossier"),
        ),
        "numero": (
            Texte,
            champ(
                "Numéro de votre facture",
                longueur_max=40,
                aide="Tel qu’il figure sur la facture.",
                autocomplete="off",
            ),
        ),
        "date_facture": (DateFr, champ("Date de la facture", widget="date")),
        "assujetti": (
            str,
            champ(
                "TVA",
                widget="radios",
                choix=(
                    (AVEC_TVA, "La facture comporte de la TVA"),
                    (NET, "La facture est nette de taxes"),
                ),
                manque="Dites si la facture comporte de la TVA.",
            ),
        ),
        "ht": (
            Montant,
            champ("Montant HT", widget="montant", obligatoire=False, aide="Vide si net de taxes."),
        ),
        "tva": (
            Montant,
            champ("TVA", widget="montant", obligatoire=False, aide="Vide si net de taxes."),
        ),
        "ttc": (Montant, champ("Montant TTC, ou net de taxes", widget="montant")),
        "iban": (
            Iban,
            champ("IBAN du compte à payer", widget="iban", secret="iban", obligatoire=False),  # noqa: S106
        ),
    }
    return create_model("DepotFacture", **champs)


def modele() -> type[BaseModel]:
    """With the targets of this installation."""
    return _modele(tuple((c.code, c.nom) for c in registre.CIBLES.values()))


def lire_depot(poste: Mapping[str, Any]) -> Saisie:
    """What was posted; everything missing or wrong is on its field."""
    saisie = lire_formulaire(modele(), poste)
    avec_tva = saisie.valides.get("assujetti") == AVEC_TVA
    for nom, libelle in (("ht", "Montant HT"), ("tva", "TVA")):
        if avec_tva and nom not in saisie.valides and nom not in saisie.erreurs:
            saisie.refuser(nom, f"Renseignez «\u00a0{libelle}\u00a0».")
    return saisie


def montant(cents: int) -> str:
    """As read in a field."""
    return nombre(de_cents(cents), decimales=2)


def brut_initial(
    dus: Sequence[Du],
    parts: Mapping[str, int],
    *,
    cible: str = "",
    facture: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """First values: the split of a proforma, or of the refused invoice that is being corrected."""
    total = sum(parts.values())
    brut: dict[str, Any] = {
        "cible": cible,
        "repartition": [
            {"cle": du.cle, "montant": montant(parts[du.cle]) if parts.get(du.cle) else ""}
            for du in dus
        ],
        "ttc": montant(total) if total else "",
    }
    if facture is None:
        return brut
    net = not facture["assujetti"]
    return brut | {
        "cible": facture["cible"],
        "numero": facture["numero"],
        "date_facture": f"{facture['date_facture']:%d/%m/%Y}",
        "assujetti": NET if net else AVEC_TVA,
        "ht": "" if net else montant(facture["ht_centimes"]),
        "tva": "" if net else montant(facture["tva_centimes"]),
        "ttc": montant(facture["ttc_centimes"]),
    }

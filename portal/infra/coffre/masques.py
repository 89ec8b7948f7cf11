"""What may be shown of a secret: enough to recognise it, not enough to use it."""

from __future__ import annotations

LONGUEUR_NIR = 13
LONGUEUR_NIR_CLE = 15
LONGUEUR_IBAN_MIN = 15
ETOILES_MAX = 15


def normaliser(valeur: str) -> str:
    """Letters and digits alone, in capitals: how a value is compared, whatever its typing."""
    return "".join(c for c in valeur.upper() if c.isalnum())


def masquer(genre: str, valeur: str) -> str:
    """« 1 85 ** ** *** *** 42 » for a NIR, « FR14 **** 2606 » for an IBAN, stars otherwise.

    A value of the wrong length (a typing mistake kept in a draft) shows nothing of itself.
    """
    net = normaliser(valeur)
    if genre == "nir" and len(net) in (LONGUEUR_NIR, LONGUEUR_NIR_CLE):
        return " ".join([net[0], net[1:3], "**", "**", "***", "***", net[13:]]).rstrip()
    if genre == "iban" and len(net) >= LONGUEUR_IBAN_MIN:
        return f"{net[:4]} **** {net[-4:]}"
    return "*" * min(len(net), ETOILES_MAX)

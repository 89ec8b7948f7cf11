"""The bank's formats: credit transfers out (pain.001.001.09), their status reports in (pain.002).

Identifiers and the moment of creation are the caller's, so that the same order is always the same
file: a run that was interrupted is produced again, byte for byte.
"""

from portal.infra.banque.retour import (
    CompteRendu,
    Retour,
    RetourIllisible,
    fabriquer_retour,
    lire_compte_rendu,
    lire_retour,
)
from portal.infra.banque.textes import latin
from portal.infra.banque.virement import (
    Adresse,
    OrdreInvalide,
    OrdreVirement,
    Partie,
    Virement,
    bic,
    valider,
    virements,
)

__all__ = [
    "Adresse",
    "CompteRendu",
    "OrdreInvalide",
    "OrdreVirement",
    "Partie",
    "Retour",
    "RetourIllisible",
    "Virement",
    "bic",
    "fabriquer_retour",
    "latin",
    "lire_compte_rendu",
    "lire_retour",
    "valider",
    "virements",
]

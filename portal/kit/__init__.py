"""What a plugin author imports: types, protocols, `hookimpl`. Pure: no I/O, nothing of the portal."""

import pluggy

from portal.kit.contexte import Contexte, Lien, Vue
from portal.kit.controles import controle
from portal.kit.dispositif import (
    ADHERENT,
    OPCO,
    PRESTATAIRE,
    Cadre,
    Cible,
    Constat,
    Controle,
    Dispositif,
    Donnees,
    Echeance,
    Entreprise,
    Etape,
    Exemple,
    MotifRefus,
    ParametreDeclare,
    Piece,
    Resume,
    ValeurInitiale,
)
from portal.kit.financement import Financement, LigneFinancement, Parametres, au_centime
from portal.kit.formulaire import Saisie, champ, lire
from portal.kit.personne import Personne

hookimpl = pluggy.HookimplMarker("portal")

__all__ = [
    "ADHERENT", "OPCO", "PRESTATAIRE", "Cadre", "Cible", "Constat", "Contexte", "Controle",
    "Dispositif", "Donnees", "Echeance", "Entreprise", "Etape", "Exemple", "Financement", "Lien",
    "LigneFinancement", "MotifRefus", "ParametreDeclare", "Parametres", "Personne", "Piece",
    "Resume", "Saisie", "ValeurInitiale", "Vue", "au_centime", "champ", "controle", "hookimpl",
    "lire",
]  # fmt: skip

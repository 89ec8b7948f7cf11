"""The layout of each file: columns, how each is read, and what makes a row itself. Pure.

A reader takes the cell's text and returns its value, or raises `ValueError` with a French sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.entreprises.fiche import PROFILS
from portal.core.rattachements.modeles import MODELES, completer
from portal.dossiers.transitions import LIBELLES as ETATS_DOSSIER
from portal.factures.operations import LIBELLES as ETATS_FACTURE
from portal.infra.money import en_cents
from portal.infra.texte import plier
from portal.kit import identifiants, types
from portal.web.garde import DROITS

_FORMULE = re.compile(r"^(?:[=@]|[+-].*[(|!])")
_MODELES = {plier(nom): m.droits for m in MODELES if m.droits for nom in (m.code, m.libelle)}
_ETATS_DOSSIER = {plier(nom): code for code, libelle in ETATS_DOSSIER.items()
                  for nom in (code, libelle)} | {"clos": "solde", "cloture": "solde"}  # fmt: skip
_ETATS_FACTURE = {
    plier(nom): code for code, libelle in ETATS_FACTURE.items() for nom in (code, libelle)
}
_PROFILS = {plier(nom): code for code, libelle in PROFILS.items() for nom in (code, libelle)}


class CelluleRefusee(ValueError):
    """A cell that can't be taken; `colonne` is which."""

    def __init__(self, colonne: str, message: str) -> None:
        super().__init__(message)
        self.colonne = colonne
        self.message = message


@dataclass(frozen=True)
class Colonne:
    """A column. What is not `exigee` may be empty or missing: then its value is `defaut`."""

    nom: str
    lire: Callable[[str], Any]
    exigee: bool = True
    defaut: Any = None


@dataclass(frozen=True)
class Format:
    """A kind of file: the names it may bear, its columns, those that make a row itself. Without
    columns it has no room in the portal yet."""

    code: str
    libelle: str
    noms: tuple[str, ...]
    colonnes: tuple[Colonne, ...] = ()
    cle: tuple[str, ...] = ()

    def lire(self, cellules: Mapping[str, str]) -> dict[str, Any]:
        """The values of a row; raises `CelluleRefusee` for the first cell that is wrong."""
        return {c.nom: _lire(c, cellules.get(c.nom, "")) for c in self.colonnes}


def _lire(colonne: Colonne, brut: str) -> Any:
    if "\x00" in brut:
        raise CelluleRefusee(colonne.nom, "Cette cellule contient un caractère nul. Effacez-le.")
    if _FORMULE.match(brut):
        raise CelluleRefusee(
            colonne.nom, "Cette cellule ressemble à une formule. Écrivez sa valeur, en texte."
        )
    if not brut:
        if colonne.exigee:
            raise CelluleRefusee(colonne.nom, "Cette cellule est vide. Renseignez-la.")
        return colonne.defaut
    try:
        return colonne.lire(brut)
    except ValueError as erreur:
        raise CelluleRefusee(colonne.nom, str(erreur)) from None


def texte(maximum: int) -> Callable[[str], str]:
    def lire(brut: str) -> str:
        net = types.lire_texte(brut)
        if not net:
            raise ValueError("Cette cellule ne contient aucun caractère lisible.")
        if len(net) > maximum:
            raise ValueError(f"Au plus {maximum}\u00a0caractères\u00a0; il y en a {len(net)}.")
        return net

    return lire


def parmi(choix: Mapping[str, str], dits: str) -> Callable[[str], str]:
    """One of some words, however written."""

    def lire(brut: str) -> str:
        trouve = choix.get(plier(brut.replace("_", " "))) or choix.get(plier(brut))
        if trouve is None:
            raise ValueError(f"Valeur inconnue. Attendu\u00a0: {dits}.")
        return trouve

    return lire


def oui_non(brut: str) -> bool:
    mot = plier(brut)
    if mot in ("oui", "o", "1", "vrai"):
        return True
    if mot in ("non", "n", "0", "faux"):
        return False
    raise ValueError("Écrivez oui ou non.")


def droits(brut: str) -> tuple[str, ...]:
    """« dossiers.consulter, factures.saisir », or the name of a template of rights."""
    if modele := _MODELES.get(plier(brut)):
        return completer(modele)
    donnes = [d.strip().lower() for d in re.split(r"[,|\s]+", brut) if d.strip()]
    inconnus = [d for d in donnes if d not in DROITS]
    if inconnus or not donnes:
        raise ValueError(
            "Droit inconnu. Attendus, séparés par des virgules\u00a0: dossiers.consulter,"
            " factures.saisir… ou le nom d’un modèle (consultation, comptable)."
        )
    return completer(donnes)


def montant(brut: str) -> int:
    """Euros, in cents."""
    return en_cents(types.lire_montant(brut))


def montant_positif(brut: str) -> int:
    cents = montant(brut)
    if cents == 0:
        raise ValueError("Le montant doit être supérieur à zéro.")
    return cents


_profil = parmi(_PROFILS, "adherent, prestataire")
_etat_dossier = parmi(_ETATS_DOSSIER, ", ".join(c for c in ETATS_DOSSIER if c != "brouillon"))
_etat_facture = parmi(_ETATS_FACTURE, ", ".join(ETATS_FACTURE))
_EMAIL = Colonne("email", identifiants.lire_courriel)
_NOM = Colonne("nom", texte(80))
_PRENOM = Colonne("prenom", texte(80))
_SIREN = Colonne("siren", identifiants.lire_siren)
_PROFIL = Colonne("profil", _profil)
_VALIDE = Colonne("valide", oui_non, False, False)
_TIERS = Colonne("tiers", oui_non, False, False)

FORMATS = (
    Format(
        "utilisateurs", "Utilisateurs", ("utilisateurs", "users"),
        (_EMAIL, _NOM, _PRENOM), ("email",),
    ),
    Format(
        "administrateurs", "Administrateurs", ("administrateurs", "administrators"),
        (_EMAIL, _NOM, _PRENOM, _SIREN, _PROFIL, _VALIDE, _TIERS), ("email", "siren", "profil"),
    ),
    Format(
        "habilitations", "Habilitations", ("habilitations",),
        (
            _EMAIL, _SIREN, Colonne("siret", identifiants.lire_siret, False), _PROFIL,
            Colonne("dispositif", texte(60), False), Colonne("droits", droits),
            _VALIDE, _TIERS,
        ),
        ("email", "siren", "siret", "profil", "dispositif"),
    ),
    Format(
        "dossiers", "Dossiers", ("dossiers",),
        (
            Colonne("numero", texte(40)), Colonne("dispositif", texte(60)),
            Colonne("siret", identifiants.lire_siret),
            Colonne("profil", _profil, False, "adherent"), Colonne("etat", _etat_dossier),
            Colonne("intitule", texte(300)), Colonne("debut", types.lire_date),
            Colonne("fin", types.lire_date), Colonne("nb_personnes", types.lire_entier, False, 0),
            Colonne("organisme_siret", identifiants.lire_siret, False),
            Colonne("organisme_nom", texte(200), False, ""),
            Colonne("paye_organisme", oui_non, False, False),
            Colonne("public", parmi({"permanent": "permanent", "interimaire": "interimaire"},
                                    "permanent, interimaire"), False, "permanent"),
            Colonne("demande", montant, False, 0), Colonne("accorde", montant, False),
            Colonne("transmis_le", types.lire_date),
            Colonne("mouvement_le", types.lire_date, False),
        ),
        ("numero",),
    ),
    Format(
        "factures", "Factures", ("factures", "invoices"),
        (
            Colonne("numero", texte(60)), Colonne("emetteur_siren", identifiants.lire_siren),
            Colonne("dossier", texte(40)), Colonne("date", types.lire_date),
            Colonne("montant", montant_positif), Colonne("etat", _etat_facture),
        ),
        ("emetteur_siren", "numero", "dossier"),
    ),
    Format(
        "reglements", "Règlements", ("reglements",),
        (
            Colonne("reference", texte(60)), Colonne("facture", texte(60)),
            Colonne("emetteur_siren", identifiants.lire_siren), Colonne("dossier", texte(40)),
            Colonne("date", types.lire_date), Colonne("montant", montant_positif),
        ),
        ("reference", "emetteur_siren", "facture", "dossier"),
    ),
    Format(
        "ribs", "RIB", ("ribs", "rib"),
        (
            _SIREN, _PROFIL, Colonne("iban", identifiants.lire_iban),
            Colonne("titulaire", texte(70)), Colonne("depose_le", types.lire_date, False),
        ),
        ("siren", "profil", "iban"),
    ),
    Format("salaries", "Salariés", ("salaries", "employees")),
    Format("cles_api", "Clés API", ("cles api", "api keys")),
    Format("drf", "Réservations de fonds", ("drf", "drfs")),
)  # fmt: skip
PAR_NOM = {nom: f for f in FORMATS for nom in f.noms}

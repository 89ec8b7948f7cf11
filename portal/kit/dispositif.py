"""What a plugin declares of a dispositif. The engine does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Literal

from pydantic import BaseModel

from portal.kit.financement import Financement, Parametres
from portal.kit.formulaire import Saisie

Profil = Literal["adherent", "prestataire"]
Public = Literal["permanent", "interimaire"]
Severite = Literal["bloquant", "avertissement"]
ADHERENT: Profil = "adherent"
PRESTATAIRE: Profil = "prestataire"
OPCO = "opco"


@dataclass(frozen=True)
class Entreprise:
    """The company that files, as the register and the portal know it."""

    siren: str
    denomination: str
    idcc: str
    effectif: int
    departement: str
    attributs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cadre:
    """What a rule may look at beside the form. Dates are business dates (Europe/Paris)."""

    aujourd_hui: date
    entreprise: Entreprise
    siret: str
    parametres: Parametres
    pieces: frozenset[str] = frozenset()
    deja_engage: Mapping[int, Decimal] = field(default_factory=dict)
    """Euros already granted to this SIREN for this dispositif, by calendar year of the start."""


class Donnees(Mapping[str, Saisie]):
    """The steps of a dossier as read. `lire("formation.debut")` is the valid value or None."""

    def __init__(self, saisies: Mapping[str, Saisie]) -> None:
        self._saisies = dict(saisies)

    def __getitem__(self, etape: str) -> Saisie:
        return self._saisies[etape]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._saisies)

    def __len__(self) -> int:
        return len(self._saisies)

    def lire(self, chemin: str, defaut: Any = None) -> Any:
        """Valid value of « etape.champ », `defaut` when missing or wrong."""
        etape, nom = chemin.split(".", 1)
        return self._saisies[etape].valides.get(nom, defaut)

    def lignes(self, chemin: str) -> list[dict[str, Any]]:
        """Rows of a repeated group; each row holds its valid values and its `cle`."""
        return self.lire(chemin) or []


@dataclass(frozen=True)
class Constat:
    """A finding. `champs` are « etape.nom html » paths of the fields to mend (first one linked)."""

    message: str
    champs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Controle:
    """A rule over several fields. Pure: returns its findings on whatever is valid."""

    code: str
    libelle: str
    severite: Severite
    source: str
    verifier: Callable[[Donnees, Cadre], Iterable[Constat]]


@dataclass(frozen=True, kw_only=True)
class Etape:
    """One step of the form."""

    code: str
    libelle: str
    modele: type[BaseModel]
    aide: str = ""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A type of document: what it must contain, and when it is asked for. `moment`: 'depot'
    (before transmission) or 'realisation' (with the request for reimbursement)."""

    code: str
    libelle: str
    contenu: str
    moment: Literal["depot", "realisation"] = "depot"
    obligatoire: bool = True
    si: Callable[[Donnees], bool] = lambda _donnees: True


@dataclass(frozen=True, kw_only=True)
class Resume:
    """What lists, letters and invoices say of a dossier."""

    intitule: str = ""
    debut: date | None = None
    fin: date | None = None
    personnes: tuple[str, ...] = ()
    organisme_siret: str | None = None
    organisme_nom: str = ""
    paye_organisme: bool = False


@dataclass(frozen=True)
class Echeance:
    """An instalment that may be invoiced from `a_partir_du`. Amount in euros."""

    libelle: str
    a_partir_du: date | None
    montant: Decimal


@dataclass(frozen=True, kw_only=True)
class MotifRefus:
    """A coded reason for refusal and what the company can do about it."""

    code: str
    libelle: str
    suite: str


@dataclass(frozen=True, kw_only=True)
class Dispositif:
    """A dispositif. Functions are pure; `echeancier` says what may be invoiced, and when. `mandat`:
    a company may let a training body enter its dossiers (mandat de gestion)."""

    code: str
    libelle: str
    resume: str
    prefixe: str
    etapes: tuple[Etape, ...]
    pieces: tuple[Piece, ...]
    controles: tuple[Controle, ...]
    financer: Callable[[Donnees, Cadre], Financement]
    echeancier: Callable[[Resume, Decimal], tuple[Echeance, ...]]
    resumer: Callable[[Donnees], Resume]
    motifs_refus: tuple[MotifRefus, ...]
    profils: frozenset[Profil] = frozenset({ADHERENT})
    cible: str = OPCO
    public: Callable[[Donnees], Public] = lambda _donnees: "permanent"
    subrogation: bool = False
    paragraphes_accord: tuple[str, ...] = ()
    guide: str = ""
    mandat: bool = False

    def etape(self, code: str) -> Etape:
        for etape in self.etapes:
            if etape.code == code:
                return etape
        raise KeyError(code)

    def piece(self, code: str) -> Piece:
        for piece in self.pieces:
            if piece.code == code:
                return piece
        raise KeyError(code)


@dataclass(frozen=True, kw_only=True)
class Cible:
    """Whom an invoice is made out to. The core knows one, the OPCO itself ("opco")."""

    code: str
    nom: str
    adresse: tuple[str, ...]
    siren: str
    iban_debiteur: str = ""


@dataclass(frozen=True, kw_only=True)
class ParametreDeclare:
    """A dated parameter that a dispositif reads. `unite` is shown beside the value: "€/h", "%"...;
    `criteres` names the dimensions that a value may be bound to, `choix` their values with labels
    (a dimension without is typed freely). A value is a number, or one of `mots`."""

    cle: str
    libelle: str
    unite: str
    criteres: tuple[str, ...] = ()
    choix: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    mots: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ValeurInitiale:
    """A value that comes with a plugin: reference data, with its source and period; `au` is its
    last day."""

    cle: str
    valeur: str
    du: date
    source: str
    idcc: str | None = None
    au: date | None = None
    criteres: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Exemple:
    """Makes the raw steps of a plausible dossier for the demonstration. `faire` gets a seeded
    random source, the company, the start date, and a SIRET of a training body with its name."""

    dispositif: str
    faire: Callable[[Random, Entreprise, date, str, str], dict[str, dict[str, Any]]]

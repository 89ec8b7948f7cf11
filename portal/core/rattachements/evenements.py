"""What this room tells upper rooms. Published in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Entite:
    """A company under one profile, as events name it. `denomination` is for the words."""

    siren: str
    profil: str
    denomination: str

    @property
    def url_utilisateurs(self) -> str:
        return f"/entreprise/{self.siren}/{self.profil}/utilisateurs"


@dataclass(frozen=True)
class RattachementDemande:
    """Somebody asks to join (or, `complement`, for more rights). For the administrators."""

    uid: UUID
    compte_id: int
    nom: str
    entite: Entite
    siret: str | None = None
    complement: bool = False
    message: str = ""
    administrateurs: tuple[int, ...] = ()

    @property
    def url(self) -> str:
        """Where an administrator decides."""
        return f"{self.entite.url_utilisateurs}#demande-{self.uid}"


@dataclass(frozen=True)
class RattachementRelance:
    """A request has waited long for an answer. For the administrators."""

    uid: UUID
    nom: str
    entite: Entite
    depuis: date
    administrateurs: tuple[int, ...] = ()

    @property
    def url(self) -> str:
        """Where an administrator decides."""
        return f"{self.entite.url_utilisateurs}#demande-{self.uid}"


@dataclass(frozen=True)
class RattachementSansReponse:
    """A request has waited so long that its author (`compte_id`) is offered another way."""

    uid: UUID
    compte_id: int
    entite: Entite
    depuis: date

    @property
    def url(self) -> str:
        return f"/rattachements#demande-{self.uid}"


@dataclass(frozen=True)
class RattachementDecide:
    """A request was accepted or refused. For the asker (`compte_id`)."""

    uid: UUID
    compte_id: int
    entite: Entite
    accepte: bool
    par: str
    motif: str = ""
    administrateur: bool = False
    url: str = "/rattachements"


@dataclass(frozen=True)
class RattachementRetire:
    """An access was removed (by `par`, None when the person left). For that person, and for the
    other administrators when an administrator goes."""

    uid: UUID
    compte_id: int
    nom: str
    entite: Entite
    par: str | None
    administrateur: bool
    motif: str = ""
    administrateurs: tuple[int, ...] = ()


@dataclass(frozen=True)
class CodeUtilise:
    """A code made somebody an administrator. For the `autres` administrators, and for the newcomer
    when there are some (`noms_autres`). `en_attente` requests now await the newcomer."""

    compte_id: int
    nom: str
    entite: Entite
    autres: tuple[int, ...] = ()
    noms_autres: tuple[str, ...] = ()
    en_attente: int = 0


@dataclass(frozen=True)
class AdministrateurActive:
    """Somebody named to the OPCO's conseiller has an account now, hence administers. For the
    `autres` administrators and for the newcomer."""

    compte_id: int
    nom: str
    entite: Entite
    autres: tuple[int, ...] = ()
    noms_autres: tuple[str, ...] = ()
    en_attente: int = 0


@dataclass(frozen=True)
class CodesRefuses:
    """Many wrong codes were tried for a company. For its administrators; while it has none, for its
    conseillers, who can warn it."""

    entite: Entite
    nombre: int
    administrateurs: tuple[int, ...] = ()
    conseillers: tuple[int, ...] = ()


@dataclass(frozen=True)
class CodeDemande:
    """The OPCO's staff asked for a new code to be posted. For the company's administrators."""

    entite: Entite
    par: str
    administrateurs: tuple[int, ...] = field(default=())

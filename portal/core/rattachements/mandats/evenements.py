"""What a mandate's life tells upper rooms, in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Parties:
    """A mandate as its news name it: who gives, who receives."""

    uid: UUID
    mandant: str
    mandant_nom: str
    mandataire: str
    mandataire_nom: str

    @property
    def url_mandant(self) -> str:
        return f"/entreprise/{self.mandant}/adherent/mandats/{self.uid}"

    @property
    def url_mandataire(self) -> str:
        return f"/entreprise/{self.mandataire}/prestataire/mandats/{self.uid}"


@dataclass(frozen=True)
class MandatDemande:
    """A body asks for a mandate. For the company's administrators."""

    parties: Parties
    par: str
    message: str
    administrateurs: tuple[int, ...]


@dataclass(frozen=True)
class MandatDonne:
    """A company gave a mandate, at once or by accepting. For the body's `destinataires`."""

    parties: Parties
    par: str
    destinataires: tuple[int, ...]


@dataclass(frozen=True)
class MandatRefuse:
    """A company refuses to give one. For the body's `destinataires`."""

    parties: Parties
    par: str
    motif: str
    destinataires: tuple[int, ...]


@dataclass(frozen=True)
class MandatFini:
    """Revoked by the company (then for the body's people), renounced or withdrawn by the body (then
    for the company's administrators). `etat`: revoque, renonce, retire."""

    parties: Parties
    etat: str
    par: str
    motif: str
    destinataires: tuple[int, ...]

"""The forms of a mandate."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from portal.kit.formulaire import Saisie, champ
from portal.kit.types import DateFr, SirenOuSiret, Texte


class MandatDonne(BaseModel):
    """A company lets a body enter its dossiers."""

    numero: SirenOuSiret = champ(
        "SIREN ou SIRET du prestataire", widget="siret", longueur_max=40,
        exemple="732\u202f829\u202f320",
        aide="Le SIREN pour tout l’organisme\u00a0; le SIRET d’un de ses établissements pour les "
        "seules personnes de cet établissement.",
    )  # fmt: skip
    du: DateFr = champ("Premier jour", widget="date")
    au: DateFr = champ("Dernier jour", widget="date")
    message: Texte = champ(
        "Message (facultatif)", widget="zone", obligatoire=False, longueur_max=500,
        aide="L’autre partie le lira.",
    )  # fmt: skip


class MandatDemande(MandatDonne):
    """A body asks a company for one."""

    numero: SirenOuSiret = champ(
        "SIREN de l’entreprise", widget="siret", longueur_max=40, exemple="732\u202f829\u202f320",
        aide="L’entreprise dont vous saisirez les dossiers. Le mandat vaut pour tous ses établissements.",
    )  # fmt: skip


@dataclass
class Choix:
    """The dispositifs of the form: what may be chosen, what is."""

    options: list[tuple[str, str]]
    coches: tuple[str, ...] = ()
    erreur: str = ""


@dataclass
class MandatVu:
    """The form as drawn."""

    saisie: Saisie
    choix: Choix

    def resume(self) -> list[tuple[str, str, str]]:
        """All that is wrong, in the order of the page."""
        autres = [("dispositifs-1", "Dispositifs", self.choix.erreur)] if self.choix.erreur else []
        return [*self.saisie.resume(), *autres]

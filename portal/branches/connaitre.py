"""« Connaître mon OPCO » (B01): which one is competent, by SIREN or by convention collective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel

from portal.branches.referentiel import Convention, Opco, conventions, en_vigueur, opcos
from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.fiche import Fiche
from portal.core.entreprises.formulaires import Idcc
from portal.core.entreprises.geographie import departements
from portal.kit.formulaire import champ
from portal.kit.types import Siren
from portal.settings import get_settings

Genre = Literal["adherente", "inconnue", "sans_idcc", "ailleurs", "sans_convention"]
SANS_CONVENTION = "echappatoire"
Choisi = Annotated[str, "one of the list"]


class ParSiren(BaseModel):
    """The first way."""

    siren: Siren = champ(
        "Numéro SIREN", widget="siren", longueur_max=40, exemple="732\u202f829\u202f320",
        aide="9\u00a0chiffres.", manque="Saisissez votre numéro SIREN.",
    )  # fmt: skip


class ParConvention(BaseModel):
    """The second."""

    departement: Choisi = champ(
        "Département", choix=tuple((c, f"{c}\u00a0– {n}") for c, n in departements().items()),
        manque="Choisissez votre département.",
    )  # fmt: skip
    idcc: Idcc = champ(
        "Numéro de convention collective (IDCC)", longueur_max=10, inputmode="numeric",
        aide="4\u00a0chiffres, sur les bulletins de paie.", exemple="1979",
        manque="Saisissez le numéro de votre convention collective.",
    )  # fmt: skip


@dataclass(frozen=True)
class Reponse:
    """What is answered. `demandee` is the code that was given, `convention` the one in force;
    `competent` the OPCO that covers it when it is another one."""

    genre: Genre
    idcc: str = ""
    demandee: Convention | None = None
    convention: Convention | None = None
    competent: Opco | None = None
    fiche: Fiche | None = None

    @property
    def remplacee(self) -> bool:
        """Whether the code that was given has been merged into another."""
        return bool(self.demandee and self.convention and self.demandee != self.convention)


def selon_idcc(idcc: str, fiche: Fiche | None = None) -> Reponse:
    """The answer for a convention; merged ones are followed."""
    notres = set(get_settings().opco_idcc)
    demandee, convention = conventions().get(idcc), en_vigueur(idcc)
    if idcc in notres or (convention and convention.idcc in notres):
        return Reponse("adherente", idcc, demandee, convention, fiche=fiche)
    if convention and convention.statut == SANS_CONVENTION:
        return Reponse("sans_convention", idcc, demandee, convention, fiche=fiche)
    competent = opcos().get(convention.opco) if convention else None
    return Reponse("ailleurs", idcc, demandee, convention, competent, fiche)


async def selon_siren(siren: str) -> Reponse:
    """The answer for a company: by its convention, else what is known of it."""
    fiche = await entreprises.par_siren(siren)
    if fiche is None:
        return Reponse("inconnue")
    if fiche.idcc:
        return selon_idcc(fiche.idcc, fiche)
    return Reponse("sans_idcc", fiche=fiche)

"""`portal import NAME FILE`: fill the copy of the register from a file, in constant memory.

`sirene` reads a CSV of the public register's layout (StockEtablissement): one establishment a row,
sorted by SIREN as the register delivers it. A SIREN already known keeps what the OPCO knows of it
(IDCC, profiles, effectif); its name and establishments are updated.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from portal.core.entreprises.operations import (
    LOT,
    EtablissementSaisi,
    FicheSaisie,
    enregistrer,
)  # fmt: skip
from portal.infra.base import sql
from portal.kit.identifiants import lire_siret

COLONNES = (
    "siret", "etablissementSiege", "etatAdministratifEtablissement", "codePostalEtablissement",
    "libelleCommuneEtablissement",
)  # fmt: skip
LIGNE_MAX = 100_000


class FichierIllisible(Exception):
    """Nothing was imported; the message says what to mend in the file."""


@dataclass
class Bilan:
    """What an import did."""

    entreprises: int = 0
    etablissements: int = 0
    rejets: int = 0
    premier_rejet: str = ""

    def __str__(self) -> str:
        phrase = f"{self.entreprises} entreprises, {self.etablissements} établissements importés."
        if self.rejets:
            phrase += f" {self.rejets} lignes rejetées ; la première : {self.premier_rejet}"
        return phrase


async def importer_sirene(fichier: Path) -> Bilan:
    """Read the register's CSV; a wrong row is counted and left out, the others go in."""
    bilan = Bilan()
    with fichier.open(encoding="utf-8-sig", errors="replace", newline="") as flux:
        lecteur = csv.DictReader(_bornees(flux))
        manquantes = [c for c in COLONNES if c not in (lecteur.fieldnames or ())]
        if manquantes:
            raise FichierIllisible(
                f"Colonnes absentes : {', '.join(manquantes)}. Le séparateur attendu est la virgule."
            )
        fiches = _fiches(_lignes(lecteur, bilan))
        while lot := list(islice(fiches, LOT)):
            await enregistrer(*await _garder_le_connu(lot))
            bilan.entreprises += len(lot)
            bilan.etablissements += sum(len(f.etablissements) for f in lot)
    return bilan


def _bornees(flux: Iterable[str]) -> Iterator[str]:
    for ligne in flux:
        if len(ligne) > LIGNE_MAX:
            raise FichierIllisible(
                "Une ligne dépasse 100 000 caractères : ce n’est pas ce fichier."
            )
        yield ligne


def _lignes(
    lecteur: csv.DictReader[str], bilan: Bilan
) -> Iterator[tuple[str, EtablissementSaisi, dict[str, str]]]:
    for numero, ligne in enumerate(lecteur, 2):
        try:
            siret = lire_siret(ligne["siret"] or "")
            yield siret[:9], _etablissement(siret, ligne), ligne
        except (ValueError, TypeError) as erreur:
            bilan.rejets += 1
            bilan.premier_rejet = bilan.premier_rejet or f"ligne {numero}, {erreur}"


def _etablissement(siret: str, ligne: dict[str, str]) -> EtablissementSaisi:
    voie = (
        "numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement",
        "libelleVoieEtablissement",
    )  # fmt: skip
    ferme = ligne["etatAdministratifEtablissement"] == "F"
    depuis = ligne.get("dateDebut") or ""
    return EtablissementSaisi(
        siret,
        enseigne=ligne.get("enseigne1Etablissement") or "",
        adresse_ligne1=" ".join(ligne[c] for c in voie if ligne.get(c)),
        adresse_ligne2=ligne.get("complementAdresseEtablissement") or "",
        code_postal=ligne["codePostalEtablissement"] or "",
        commune=ligne["libelleCommuneEtablissement"] or "",
        ferme_le=(date.fromisoformat(depuis) if depuis else date(1900, 1, 1)) if ferme else None,
    )


def _fiches(
    lignes: Iterator[tuple[str, EtablissementSaisi, dict[str, str]]],
) -> Iterator[FicheSaisie]:
    for siren, groupe in groupby(lignes, key=lambda x: x[0]):
        membres = list(groupe)
        siege = next((e.siret for _, e, x in membres if x["etablissementSiege"] == "true"), None)
        ligne = next((x for _, e, x in membres if e.siret == siege), membres[0][2])
        nom = (
            ligne.get("denominationUniteLegale")
            or ligne.get("denominationUsuelleEtablissement")
            or membres[0][1].enseigne
            or f"Entreprise {siren}"
        )
        yield FicheSaisie(
            siren, nom, tuple(e for _, e, _ in membres), siege=siege,
            naf=ligne.get("activitePrincipaleEtablissement") or None, est_adherent=False,
        )  # fmt: skip


async def _garder_le_connu(lot: list[FicheSaisie]) -> list[FicheSaisie]:
    connus = {
        ligne["siren"]: ligne
        for ligne in await sql(
            "select siren, idcc, effectif, est_adherent, est_prestataire, attributs, nda, siege,"
            " fermee_le from entreprise where siren = any($1::text[])",
            [f.siren for f in lot],
        )
    }
    return [_completer(f, connus.get(f.siren)) for f in lot]


def _completer(fiche: FicheSaisie, connu: dict[str, Any] | None) -> FicheSaisie:
    if connu is None:
        return fiche
    return replace(
        fiche,
        siege=fiche.siege or connu["siege"],
        idcc=connu["idcc"],
        effectif=connu["effectif"],
        est_adherent=connu["est_adherent"],
        est_prestataire=connu["est_prestataire"],
        attributs=tuple(connu["attributs"]),
        nda=connu["nda"],
        fermee_le=connu["fermee_le"],
    )


IMPORTS: dict[str, Callable[[Path], Coroutine[Any, Any, Bilan]]] = {"sirene": importer_sirene}

"""Files of the public register, generated: as many rows as one likes, from a seed."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

from stdnum import luhn

COLONNES = (
    "siren", "nic", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement",
    "trancheEffectifsEtablissement", "etablissementSiege", "complementAdresseEtablissement",
    "numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement",
    "libelleVoieEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
    "codeCommuneEtablissement", "dateDebut", "etatAdministratifEtablissement",
    "enseigne1Etablissement", "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement", "denominationUniteLegale", "categorieEntreprise",
    "trancheEffectifsUniteLegale", "etatAdministratifUniteLegale",
)  # fmt: skip
COMMUNES = (
    ("44000", "NANTES", "44109"), ("75011", "PARIS 11", "75111"), ("69007", "LYON 7", "69387"),
    ("59000", "LILLE", "59350"), ("31000", "TOULOUSE", "31555"), ("97400", "SAINT-DENIS", "97411"),
)  # fmt: skip
MOTS = (
    "ATELIER", "TRANSPORTS", "BOULANGERIE", "GARAGE", "CABINET", "HÔTEL", "SCIERIE", "PROPRETÉ",
    "AUBIN", "MOREAU", "LE GOFF", "VASSEUR", "DU PORT", "DE LA GARE", "ET FILS", "SERVICES",
)  # fmt: skip
TRANCHES = ("NN", "00", "01", "02", "03", "11", "12", "21", "22")


def siren(rang: int) -> str:
    corps = f"{rang:08d}"
    return corps + str(luhn.calc_check_digit(corps))


def siret(siren_: str, numero: int) -> str:
    corps = f"{siren_}{numero:04d}"
    return corps + str(luhn.calc_check_digit(corps))


def lignes(nombre: int, *, depart: int = 80_000_000, graine: int = 7) -> Iterator[dict[str, str]]:
    """Rows sorted by SIRET, as the register delivers them; the last establishment is the head
    office, and one in ten is closed."""
    hasard = random.Random(graine)
    rang = faites = 0
    while faites < nombre:
        qui = siren(depart + rang)
        rang += 1
        combien = min(hasard.choice((1, 1, 1, 2, 3)), nombre - faites)
        nom = " ".join(hasard.sample(MOTS, 3))
        for numero in range(1, combien + 1):
            postal, commune, insee = hasard.choice(COMMUNES)
            ferme = numero < combien and hasard.random() < 0.2
            lieu = siret(qui, numero)
            faites += 1
            yield {
                "siren": qui, "nic": lieu[9:], "siret": lieu,
                "statutDiffusionEtablissement": "O", "dateCreationEtablissement": "2015-03-01",
                "trancheEffectifsEtablissement": hasard.choice(TRANCHES),
                "etablissementSiege": "true" if numero == combien else "false",
                "numeroVoieEtablissement": str(hasard.randint(1, 200)),
                "typeVoieEtablissement": "RUE", "libelleVoieEtablissement": "DU MARCHE",
                "codePostalEtablissement": postal, "libelleCommuneEtablissement": commune,
                "codeCommuneEtablissement": insee,
                "dateDebut": "2024-02-01" if ferme else "2018-01-01",
                "etatAdministratifEtablissement": "F" if ferme else "A",
                "enseigne1Etablissement": nom if hasard.random() < 0.1 else "",
                "activitePrincipaleEtablissement": "56.10A", "denominationUniteLegale": nom,
                "categorieEntreprise": "PME",
                "trancheEffectifsUniteLegale": hasard.choice(TRANCHES),
                "etatAdministratifUniteLegale": "A",
            }  # fmt: skip


def ecrire(fichier: Path, nombre: int, **options: int) -> Path:
    """A file of so many rows, compressed when its name says so."""
    ouvrir = gzip.open if fichier.suffix == ".gz" else open
    with ouvrir(fichier, "wt", encoding="utf-8", newline="") as sortie:
        sortie.write(",".join(COLONNES) + "\n")
        for ligne in lignes(nombre, **options):
            sortie.write(",".join(ligne.get(c, "") for c in COLONNES) + "\n")
    return fichier

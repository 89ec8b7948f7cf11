"""A person of a dossier, as a row of a repeated group."""

from __future__ import annotations

from pydantic import BaseModel

from portal.kit.formulaire import champ
from portal.kit.types import DateFr, Nir, OuiNon, Texte

SEXES = (("F", "Femme"), ("M", "Homme"))


class Personne(BaseModel):
    """Identity « as on the attestation de droits », confirmed by whoever enters it."""

    nom: Texte = champ("Nom", longueur_max=80, autocomplete="off")
    prenom: Texte = champ("Prénom", longueur_max=80, autocomplete="off")
    sexe: str = champ("Sexe", widget="radios", choix=SEXES)
    date_naissance: DateFr = champ("Date de naissance", widget="date", exemple="05/03/1990")
    nir: Nir = champ(
        "NIR (numéro de sécurité sociale)",
        widget="nir",
        secret="nir",
        aide="15 caractères, clé comprise, comme sur l’attestation de droits.",
        exemple="1 90 03 75 056 012 60",
    )
    conforme: OuiNon = champ(
        "Nom et prénom sont écrits comme sur l’attestation de droits",
        widget="case",
        manque="Confirmez que nom et prénom sont écrits comme sur l’attestation de droits.",
    )

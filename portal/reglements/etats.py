"""States of runs and transfers in words, with the tone of each."""

from __future__ import annotations

LOTS = {
    "prepare": ("À valider", "info"),
    "valide": ("Validé", "succes"),
    "transmis": ("Transmis", "info"),
    "traite": ("Traité", "succes"),
    "annule": ("Annulé", "neutre"),
}
PAIEMENTS = {
    "prepare": ("En préparation", "neutre"),
    "ordonne": ("Ordonné", "info"),
    "execute": ("Payé", "succes"),
    "rejete": ("Rejeté", "danger"),
    "annule": ("Annulé", "neutre"),
}

"""Plausible dossiers for the demonstration: made-up people, synthetic NIR."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from portal.kit import Entreprise
from portal.kit.identifiants import cle_nir

SUJETS = (
    ("Excel, perfectionnement", "Construire des tableaux de bord fiables.", 14, 2),
    ("Sauveteur secouriste du travail", "Intervenir face à un accident du travail.", 14, 2),
    ("Management d’équipe, premiers pas", "Conduire un entretien et fixer des objectifs.", 21, 3),
    ("Anglais professionnel", "Tenir une conversation avec un client.", 30, 10),
    ("Hygiène alimentaire", "Appliquer les règles d’hygiène en cuisine.", 14, 2),
    ("Gestes et postures", "Prévenir les troubles musculo-squelettiques.", 7, 1),
    ("Vente et relation client", "Mener un entretien de vente.", 14, 2),
    ("Habilitation électrique B0", "Travailler en sécurité près d’installations.", 7, 1),
    ("Prévention des risques psychosociaux", "Repérer les signaux et réagir.", 7, 1),
    ("Logiciel de paie", "Établir et contrôler les bulletins.", 21, 3),
)
NOMS = (
    "Lemaire", "O’Brien", "Ndiaye", "Da Silva", "Le Goff", "Benali", "Nguyen", "Garnier",
    "Kowalski", "Étienne", "Rousset", "Haddad", "Moreira", "Delaunay", "Traoré", "Vasseur",
)  # fmt: skip
PRENOMS = {
    "F": ("Inès", "Chloé", "Aïcha", "Margaux", "Léa", "Fatou", "Élise", "Nora"),
    "M": ("Hugo", "Karim", "Léo", "Mamadou", "Théo", "Antoine", "Rayan", "Noé"),
}


def faire(
    alea: Random, entreprise: Entreprise, debut: date, organisme_siret: str, organisme_nom: str
) -> dict[str, dict[str, Any]]:
    """Raw steps as a person would have typed them."""
    sujet, objectif, heures, jours = alea.choice(SUJETS)
    nombre = alea.randint(1, 4)
    fin = debut + timedelta(days=jours - 1 + (2 if jours > 5 else 0))
    return {
        "entreprise": {
            "contact_nom": f"{alea.choice(PRENOMS['F'])} {alea.choice(NOMS)}",
            "contact_courriel": f"rh@{entreprise.siren}.exemple.fr",
            "contact_telephone": "",
            "effectif": str(max(1, entreprise.effectif)),
        },
        "organisme": {
            "siret": organisme_siret,
            "denomination": organisme_nom,
            "nda": f"11{alea.randint(75, 95):02d}{alea.randint(10000, 99999)}75",
            "qualiopi": "oui",
        },
        "formation": {
            "intitule": sujet,
            "objectif": objectif,
            "modalite": alea.choice(("inter", "intra")),
            "lieu": "presentiel",
            "debut": f"{debut:%d/%m/%Y}",
            "fin": f"{fin:%d/%m/%Y}",
            "heures": str(heures),
            "jours": str(jours),
        },
        "stagiaires": {"personnes": [personne(alea, rang) for rang in range(nombre)]},
        "couts": {
            "prix": str(heures * nombre * alea.randint(18, 34)),
            "salaires": alea.choice(("oui", "non")),
            "annexes": "non",
            "payeur": alea.choice(("entreprise", "entreprise", "opco")),
        },
    }


def personne(alea: Random, rang: int) -> dict[str, Any]:
    """A made-up trainee whose NIR agrees with sex and birth date."""
    sexe = alea.choice(("F", "M"))
    naissance = date(alea.randint(1965, 2003), alea.randint(1, 12), alea.randint(1, 28))
    treize = (
        f"{'2' if sexe == 'F' else '1'}{naissance:%y%m}{alea.randint(1, 95):02d}"
        f"{alea.randint(1, 400):03d}{alea.randint(1, 600):03d}"
    )
    treize = treize[:5] + ("75" if treize[5:7] == "20" else treize[5:7]) + treize[7:]
    return {
        "cle": f"{alea.randrange(16**7):07x}{rang:x}",
        "nom": alea.choice(NOMS),
        "prenom": alea.choice(PRENOMS[sexe]),
        "sexe": sexe,
        "date_naissance": f"{naissance:%d/%m/%Y}",
        "nir": f"{treize}{cle_nir(treize):02d}",
        "conforme": "oui",
    }

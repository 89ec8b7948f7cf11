"""Sample data of `/demo/composants`: each shared component, once, in its states."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.kit.financement import LigneFinancement
from portal.kit.formulaire import ChampVu, LigneVue
from portal.web.fournisseurs import Tache

PARIS = ZoneInfo("Europe/Paris")
AUJOURDHUI = date(2026, 11, 24)


def _champ(
    nom: str,
    libelle: str,
    widget: str = "texte",
    valeur: str = "",
    erreur: str | None = None,
    **options: Any,
) -> ChampVu:
    options.setdefault("obligatoire", True)
    return ChampVu(nom=nom, libelle=libelle, widget=widget, valeur=valeur, erreur=erreur, **options)


def _champs() -> list[ChampVu]:
    modalites = [
        ("presentiel", "En présentiel"),
        ("distance", "À distance"),
        ("mixte", "En partie à distance"),
    ]
    return [
        _champ("intitule", "Intitulé", valeur="Tableur, niveau avancé", longueur_max=200),
        _champ("courriel", "Adresse e-mail", "courriel", "claire@exemple.fr"),
        _champ("telephone", "Téléphone (facultatif)", "telephone", obligatoire=False),
        _champ(
            "siret",
            "SIRET de l’organisme",
            "siret",
            "8520147960",
            "Le SIRET comporte 14\u00a0chiffres\u00a0; vous en avez saisi\u00a010.",
            aide="Il figure sur le devis.",
            exemple="732\u202f829\u202f320\u202f00074",
        ),
        _champ("debut", "Date de début", "date", "05/03/2026"),
        _champ("cout", "Coût hors taxes", "montant", "2\u202f450,00"),
        _champ("duree", "Durée", "decimal", "14", suffixe="heures"),
        _champ("modalite", "Modalité", "radios", "presentiel", options=modalites),
        _champ("locaux", "Cela se passe-t-il dans vos locaux\u00a0?", "oui_non", "non"),
        _champ(
            "nature",
            "Nature",
            "choix",
            erreur="Renseignez «\u00a0Nature\u00a0».",
            options=[("a", "Adaptation au poste"), ("b", "Développement des compétences")],
        ),
        _champ(
            "objectif",
            "Objectif",
            "zone",
            obligatoire=False,
            aide="Deux ou trois phrases suffisent.",
        ),
        _champ("code", "Code de vérification", "code", longueur_max=6),
        _champ("passe", "Mot de passe", "mot_de_passe"),
        _champ("iban", "IBAN", "iban", "FR76 •••• •••• •••• •••• •••• 189"),
        _personnes(),
        _champ("devis", "Devis", "fichier"),
        _champ("certifie", "Je certifie l’exactitude de ces informations.", "case", "oui"),
    ]


def _personnes() -> ChampVu:
    groupe = _champ("personnes", "Personnes", "groupe", ajouter="Ajouter une personne")
    nir = "Le NIR comporte 15\u00a0chiffres\u00a0; vous en avez saisi\u00a013."
    for rang, (cle, nom, prenom, faux) in enumerate(
        [("a1", "Martin", "Lucie", None), ("b2", "Le Goff", "Yann", nir)], 1
    ):
        base = f"personnes.{cle}"
        champs = [
            _champ(f"{base}.nom", "Nom", valeur=nom, autocomplete="off"),
            _champ(f"{base}.prenom", "Prénom", valeur=prenom, autocomplete="off"),
            _champ(f"{base}.nir", "NIR", "nir", "2 85 05 ••• ••• ••", faux),
            _champ(f"{base}.naissance", "Date de naissance", "date", "12/05/1985"),
        ]
        groupe.lignes.append(LigneVue(cle, f"Personne {rang}", champs))
    return groupe


def _resume(champs: list[ChampVu]) -> list[tuple[str, str, str]]:
    tous = [c for vu in champs for c in (vu, *(s for li in vu.lignes for s in li.champs))]
    return [(c.id, c.libelle, c.erreur) for c in tous if c.erreur]


def _lignes() -> list[dict[str, Any]]:
    sujets = [
        ("Tableur, niveau avancé", "Boulangerie du Port, Nantes", "Brouillon"),
        ("Sécurité en cuisine", "Hôtel des Remparts, Vannes", "Transmis"),
        ("Anglais professionnel", "Hôtel des Remparts, Vannes", "En instruction"),
        ("Animer une équipe", "Transports Kervella, Brest", "À compléter"),
        ("Hygiène alimentaire", "Boulangerie du Port, Nantes", "Accordé"),
        ("Gestes et postures", "Transports Kervella, Brest", "Refusé"),
        ("Comptabilité générale", "Cabinet Morvan, Rennes", "Soldé"),
    ]
    return [
        {
            "numero": f"2026-AF-{123 + rang:06d}",
            "url": "/demo/composants",
            "sujet": {"texte": sujet, "aide": lieu},
            "debut": date(2026, 3, 5 + rang),
            "montant": 245_037 * (rang + 1),
            "etat": etat,
        }
        for rang, (sujet, lieu, etat) in enumerate(sujets)
    ]


COLONNES = [
    {"cle": "numero", "libelle": "Numéro", "type": "titre", "tri": "?tri=numero"},
    {"cle": "sujet", "libelle": "Formation"},
    {"cle": "debut", "libelle": "Début", "type": "date", "tri": "?tri=-debut", "sens": "asc"},
    {"cle": "montant", "libelle": "Montant", "type": "montant"},
    {"cle": "etat", "libelle": "État", "type": "etat"},
]


def _financement() -> list[LigneFinancement]:
    return [
        LigneFinancement(
            code="pedagogie",
            libelle="Coût pédagogique",
            demande=Decimal("2450.00"),
            accorde=Decimal("1960.00"),
            calcul="2\u00a0personnes × 14\u00a0h × 70,00\u00a0€, plafond de 40,00\u00a0€ dépassé",
            regle="Plafond horaire de la branche",
            source="Décision de la branche du 12\u00a0janvier 2026",
        ),
        LigneFinancement(
            code="salaires",
            libelle="Rémunération",
            demande=Decimal("364.00"),
            accorde=Decimal("364.00"),
            calcul="2\u00a0personnes × 14\u00a0h × 13,00\u00a0€",
            regle="Forfait horaire",
            source="Décision de la branche du 12\u00a0janvier 2026",
        ),
    ]


def _etapes() -> list[dict[str, Any]]:
    suite = [
        ("Entreprise", "complete"),
        ("Organisme", "complete"),
        ("Formation", "en_cours"),
        ("Personnes", "a_corriger"),
        ("Coûts", "a_faire"),
        ("Pièces", "a_faire"),
    ]
    return [
        {"libelle": nom, "etat": etat, "url": "/demo/composants", "actuelle": nom == "Formation"}
        for nom, etat in suite
    ]


def _taches() -> list[Tache]:
    ici = "/demo/composants"
    return [
        Tache(
            "Joindre le devis signé",
            ici,
            "Dossier 2026-AF-000126, Animer une équipe",
            date(2026, 11, 26),
            True,
        ),
        Tache("Accepter une demande de rattachement", ici, "Yann Le Goff, Boulangerie du Port"),
        Tache("Déposer votre facture", ici, "Dossier 2026-AF-000127", date(2026, 12, 15)),
    ]


def _faits() -> list[dict[str, Any]]:
    def le(jour: int, heure: int, minute: int) -> datetime:
        return datetime(2026, 11, jour, heure, minute, tzinfo=PARIS)

    return [
        {"titre": "Paiement", "quand": "vers le 10 décembre", "a_venir": True},
        {
            "titre": "Complément demandé",
            "quand": le(23, 10, 12),
            "qui": "Anne Le Goff, OPCO",
            "ton": "attention",
            "detail": "Le devis joint n’est pas signé. Joignez l’exemplaire signé.",
        },
        {"titre": "Instruction commencée", "quand": le(20, 9, 5), "qui": "Anne Le Goff, OPCO"},
        {
            "titre": "Dossier transmis",
            "quand": le(18, 16, 40),
            "qui": "Claire Fontaine",
            "ton": "succes",
        },
    ]


def _controles() -> list[dict[str, Any]]:
    return [
        {"libelle": "Dates dans l’ordre", "etat": "Conforme", "message": "", "source": ""},
        {
            "libelle": "Devis signé",
            "etat": "À vérifier",
            "message": "La signature n’a pas été trouvée.",
            "source": "Règles de prise en charge, article\u00a04",
            "url": None,
        },
        {
            "libelle": "NIR et date de naissance",
            "etat": "Bloquant",
            "message": "Le mois de naissance lu dans le NIR est mai\u00a0; vous avez saisi juin.",
            "source": "",
            "url": "/demo/composants#c-personnes-b2-nir",
        },
    ]


def _documents() -> list[dict[str, Any]]:
    return [
        {
            "titre": "Programme",
            "nom": "programme-2026.pdf",
            "url": "/demo/composants",
            "type": "PDF",
            "taille": 123_456,
            "etat": "Reçu",
        },
        {"titre": "Devis signé", "aide": "PDF, JPEG ou PNG", "etat": "Manquant"},
    ]


def exemples() -> dict[str, Any]:
    """Values of `templates/demo/composants.html`."""
    champs = _champs()
    lignes = _financement()
    return {
        "aujourdhui": AUJOURDHUI,
        "champs": champs,
        "erreurs": _resume(champs),
        "colonnes": COLONNES,
        "lignes": _lignes(),
        "financement": lignes,
        "total_demande": sum((li.demande for li in lignes), Decimal(0)),
        "total_accorde": sum((li.accorde for li in lignes), Decimal(0)),
        "etapes": _etapes(),
        "taches": _taches(),
        "faits": _faits(),
        "controles": _controles(),
        "documents": _documents(),
        "chiffres": [
            {"nombre": 3, "libelle": "dossiers à compléter", "url": "/demo/composants"},
            {"nombre": "4\u202f280,00\u00a0€", "libelle": "à recevoir", "aide": "2 factures"},
            {"nombre": 12, "libelle": "jours pour répondre", "aide": "avant le 6\u00a0décembre"},
        ],
    }

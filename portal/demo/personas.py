"""Who can be tried in the demonstration: made-up people, one for each way of using the portal."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from portal.core.comptes.personas import Persona
from portal.demo import entreprises as e

MOT_DE_PASSE = "Essai-2026!"


@dataclass(frozen=True)
class Rattache:
    """A perimeter: an administrator, or a template of rights on a SIREN or one SIRET."""

    siren: str
    profil: str = "adherent"
    modele: str = "administrateur"
    siret: str | None = None
    en_attente: bool = False


@dataclass(frozen=True)
class Personnage:
    """A persona and what the demonstration gives it."""

    role: str
    email: str
    civilite: str
    prenom: str
    nom: str
    dit: str
    rattachements: tuple[Rattache, ...] = ()
    internes: tuple[tuple[str, str | None, str | None], ...] = ()
    telephone: str = ""

    @property
    def totp_secret(self) -> str | None:
        """Staff have an authenticator application; its secret is as made-up as they are."""
        if not self.internes:
            return None
        return base64.b32encode(hashlib.sha256(self.email.encode()).digest()[:20]).decode()


PERSONNAGES = (
    Personnage(
        "Administratrice d’une entreprise", "claire.morel@demo.example", "Mme", "Claire", "Morel",
        "Dirige un grossiste de 8 salariés et administre ses accès.",
        (Rattache(e.GROS.siren),),
    ),
    Personnage(
        "RH d’un établissement", "hugo.besson@demo.example", "M.", "Hugo", "Besson",
        "Saisit les formations du restaurant de Nantes, et de lui seul.",
        (Rattache(e.RESTAURANTS.siren, modele="rh_etablissement", siret=e.RESTAURANTS.siret(1)),),
    ),
    Personnage(
        "Demande en attente", "ines.lambert@demo.example", "Mme", "Inès", "Lambert",
        "Attend qu’un administrateur accepte son rattachement.",
        (Rattache(e.GROS.siren, modele="rh_etablissement", en_attente=True),),
    ),
    Personnage(
        "Cabinet comptable", "paul.girard@demo.example", "M.", "Paul", "Girard",
        "Suit les factures de plusieurs clients.",
        tuple(Rattache(c.siren, modele="comptable") for c in e.CLIENTS_DU_CABINET),
    ),
    Personnage(
        "Agence d’emploi", "samia.kaci@demo.example", "Mme", "Samia", "Kaci",
        "Administre une entreprise de travail temporaire.",
        (Rattache(e.INTERIM.siren),),
    ),
    Personnage(
        "Organisme de formation", "luc.fabre@demo.example", "M.", "Luc", "Fabre",
        "Forme les salariés des autres, et les siens\u00a0: deux profils.",
        (Rattache(e.ORGANISME.siren, "prestataire"), Rattache(e.ORGANISME.siren)),
    ),
    Personnage(
        "Centre de formation (CFA)", "nadia.roussel@demo.example", "Mme", "Nadia", "Roussel",
        "Dirige un centre de formation, sous le profil prestataire.",
        (Rattache(e.CENTRE.siren, "prestataire"),),
    ),
    Personnage(
        "Gestionnaire", "marc.tessier@demo.example", "M.", "Marc", "Tessier",
        "Instruit les dossiers de toutes les branches.",
        internes=(("gestionnaire", None, None),), telephone="+33140000001",
    ),
    Personnage(
        "Gestionnaire (seconde)", "aude.perrin@demo.example", "Mme", "Aude", "Perrin",
        "Instruit aussi\u00a0: pour voir deux personnes sur un dossier.",
        internes=(("gestionnaire", None, None),), telephone="+33140000002",
    ),
    Personnage(
        "Conseiller", "yann.le.goff@demo.example", "M.", "Yann", "Le Goff",
        "Accompagne les entreprises de sa région et renvoie les codes.",
        internes=(("conseiller", None, None),), telephone="+33140000003",
    ),
    Personnage(
        "Comptable de l’OPCO (prépare)", "julie.arnaud@demo.example", "Mme", "Julie", "Arnaud",
        "Prépare les règlements.",
        internes=(("comptable", None, None),), telephone="+33140000004",
    ),
    Personnage(
        "Comptable de l’OPCO (valide)", "eric.blanc@demo.example", "M.", "Éric", "Blanc",
        "Valide les règlements préparés par sa collègue.",
        internes=(("comptable", None, None),), telephone="+33140000005",
    ),
    Personnage(
        "Équipe de branche", "sophie.renaud@demo.example", "Mme", "Sophie", "Renaud",
        "Ouvre les dispositifs et pose les paramètres de toutes les branches.",
        internes=(("branche", None, None),), telephone="+33140000006",
    ),
    Personnage(
        "Administrateur de l’OPCO", "karim.haddad@demo.example", "M.", "Karim", "Haddad",
        "Voit l’installation, les plugins, les rôles.",
        internes=(("administrateur", None, None),), telephone="+33140000007",
    ),
)  # fmt: skip


def lister() -> list[dict[str, Any]]:
    """For `portal demo personas --json`."""
    return [
        {
            "role": p.role,
            "email": p.email,
            "password": MOT_DE_PASSE,
            "totp_secret": p.totp_secret,
            "entreprises": list(
                dict.fromkeys(r.siren for r in p.rattachements if not r.en_attente)
            ),
            "dit": p.dit,
        }
        for p in PERSONNAGES
    ]


def offrir() -> list[Persona]:
    """For the sign-in page."""
    return [Persona(p.role, p.email, MOT_DE_PASSE, p.dit, p.totp_secret) for p in PERSONNAGES]

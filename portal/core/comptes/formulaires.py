"""Forms of accounts, read field by field."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from portal.core.comptes import motdepasse, preferences
from portal.kit.formulaire import ChampVu, Saisie, champ, lire_formulaire
from portal.kit.types import Courriel, Telephone, Texte

CIVILITES = (("Mme", "Madame"), ("M.", "Monsieur"))
COURRIELS = (
    ("immediat", "Un e-mail à chaque notification"),
    ("quotidien", "Un seul e-mail par jour, qui les résume"),
    ("jamais", "Aucun e-mail, je consulte la cloche"),
)
_PONCTUATION = frozenset(" '’.-‐")


def _erreur(message: str) -> PydanticCustomError:
    return PydanticCustomError("saisie", "{message}", {"message": message})


def _lire_nom(valeur: Any) -> Any:
    """Letters of any script, spaces, apostrophes, hyphens: what a name is made of, no link."""
    if not isinstance(valeur, str):
        return valeur
    texte = " ".join(unicodedata.normalize("NFC", valeur).split())
    if not all(c in _PONCTUATION or unicodedata.category(c)[0] in "LM" for c in texte):
        raise _erreur(
            "Un nom comporte des lettres, des espaces, des traits d’union, des apostrophes."
        )
    if not any(unicodedata.category(c)[0] == "L" for c in texte):
        raise _erreur("Saisissez au moins une lettre.")
    return texte


def _lire_code(valeur: Any) -> Any:
    if not isinstance(valeur, str):
        return valeur
    chiffres = re.sub(r"[\s.\-\u00a0\u202f]", "", valeur)
    if not re.fullmatch(r"\d{6}", chiffres, re.ASCII):
        raise _erreur("Le code comporte 6\u00a0chiffres. Recopiez-le tel qu’il s’affiche.")
    return chiffres


def _lire_secours(valeur: Any) -> Any:
    """Typed small or large, with or without its dash."""
    if not isinstance(valeur, str):
        return valeur
    net = "".join(c for c in unicodedata.normalize("NFKC", valeur).upper() if c.isalnum())
    if len(net) != 10:
        raise _erreur("Un code de secours comporte 10\u00a0caractères, comme K7QXM-4TRWD.")
    return f"{net[:5]}-{net[5:]}"


CodeDeSecours = Annotated[str, BeforeValidator(_lire_secours)]
NomPropre = Annotated[str, BeforeValidator(_lire_nom)]
Code = Annotated[str, BeforeValidator(_lire_code)]


class Adresse(BaseModel):
    """Step one of the sign-up; « Mot de passe oublié »."""

    email: Courriel = champ(
        "Adresse e-mail", widget="courriel", autocomplete="email", longueur_max=254,
        exemple="prenom.nom@entreprise.fr",
    )  # fmt: skip


class NouvelleAdresse(BaseModel):
    """The address that is to replace the present one."""

    email: Courriel = champ(
        "Nouvelle adresse e-mail", widget="courriel", autocomplete="email", longueur_max=254
    )


class CodeRecu(BaseModel):
    """Step two: the code of the mail."""

    code: Code = champ(
        "Code de vérification", widget="code", autocomplete="one-time-code", inputmode="numeric",
        aide="6\u00a0chiffres, valables 10\u00a0minutes.", longueur_max=12,
    )  # fmt: skip


class CodeTotp(BaseModel):
    """A code of an authenticator application."""

    code: Code = champ(
        "Code à 6 chiffres", widget="code", autocomplete="one-time-code", inputmode="numeric",
        aide="Il s’affiche dans votre application et change toutes les 30\u00a0secondes.",
        longueur_max=12,
    )  # fmt: skip


class SecoursSaisi(BaseModel):
    """One of the ten codes that were shown once."""

    code_secours: CodeDeSecours = champ(
        "Code de secours", widget="texte", autocomplete="off", longueur_max=20,
        aide="L’un des dix codes que vous avez gardés. Chacun sert une fois.",
    )  # fmt: skip


class MotDePasseActuel(BaseModel):
    """The password once more."""

    actuel: str = champ(
        "Mot de passe", widget="mot_de_passe", autocomplete="current-password",
        longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip


class NomDeCle(BaseModel):
    """What she calls a passkey."""

    nom: Texte = champ("Nom de la clé", longueur_max=60, autocomplete="off")


class NouveauMotDePasse(BaseModel):
    """A password to choose, typed twice."""

    mot_de_passe: str = champ(
        "Mot de passe", widget="nouveau_mot_de_passe", autocomplete="new-password",
        aide=motdepasse.REGLE, longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip
    confirmation: str = champ(
        "Confirmer le mot de passe", widget="nouveau_mot_de_passe", autocomplete="new-password",
        manque="Saisissez le mot de passe une seconde fois.",
        longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip


class Identite(BaseModel):
    """Who the person is."""

    civilite: str = champ(
        "Civilité", widget="radios", choix=CIVILITES, autocomplete="honorific-prefix",
        manque="Choisissez «\u00a0Madame\u00a0» ou «\u00a0Monsieur\u00a0».",
    )  # fmt: skip
    nom: NomPropre = champ("Nom", autocomplete="family-name", longueur_max=80)
    prenom: NomPropre = champ("Prénom", autocomplete="given-name", longueur_max=80)
    telephone: Telephone = champ(
        "Téléphone (facultatif)", widget="telephone", obligatoire=False, autocomplete="tel",
        exemple="06 12 34 56 78", longueur_max=30,
    )  # fmt: skip


class FinInscription(Identite, NouveauMotDePasse):
    """Step three of the sign-up. Pydantic lists the fields of the last base first."""


class Profil(Identite):
    """« Mon compte »."""

    secteur: str = champ(
        "Branche (facultatif)", widget="choix", obligatoire=False,
        aide="Pour retrouver directement ce qui la concerne.",
    )  # fmt: skip
    region: str = champ("Région (facultatif)", widget="choix", obligatoire=False)
    courriels: str = champ("Me prévenir par e-mail", widget="radios", choix=COURRIELS)


class ChangementMotDePasse(BaseModel):
    """The present password, then the new one."""

    actuel: str = champ(
        "Mot de passe actuel", widget="mot_de_passe", autocomplete="current-password",
        longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip
    mot_de_passe: str = champ(
        "Nouveau mot de passe", widget="nouveau_mot_de_passe", autocomplete="new-password",
        aide=motdepasse.REGLE, longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip
    confirmation: str = champ(
        "Confirmer le nouveau mot de passe", widget="nouveau_mot_de_passe",
        autocomplete="new-password", longueur_max=motdepasse.LONGUEUR_MAX,
        manque="Saisissez le nouveau mot de passe une seconde fois.",
    )  # fmt: skip


class Identifiants(BaseModel):
    """Sign-in."""

    email: Courriel = champ(
        "Adresse e-mail", widget="courriel", autocomplete="username", longueur_max=254
    )
    mot_de_passe: str = champ(
        "Mot de passe", widget="mot_de_passe", autocomplete="current-password",
        longueur_max=motdepasse.LONGUEUR_MAX,
    )  # fmt: skip


def lire_profil(poste: dict[str, Any]) -> Saisie:
    """« Mon compte » as posted; a branch or a region comes from the lists that are offered."""
    saisie = lire_formulaire(Profil, poste)
    for nom in preferences.CHAMPS:
        choisi = saisie.valides.get(nom)
        if choisi is not None and choisi not in {v for v, _ in preferences.OFFERTES.de(nom)}:
            saisie.refuser(nom, "Choisissez une valeur de la liste.")
    return saisie


def champs_du_profil(saisie: Saisie) -> list[ChampVu]:
    """Its fields, with what the lists offer; a list that offers nothing is not shown."""
    vus = saisie.champs()
    for vu in vus:
        if vu.nom in preferences.CHAMPS:
            vu.options = [("", "Non précisée"), *preferences.OFFERTES.de(vu.nom)]
    return [vu for vu in vus if vu.nom not in preferences.CHAMPS or len(vu.options) > 1]


def lire_nouveau(modele: type[BaseModel], poste: dict[str, Any], email: str) -> Saisie:
    """Read a form with a new password, its rule and its confirmation included."""
    saisie = lire_formulaire(modele, poste)
    choisi = saisie.valides.get("mot_de_passe")
    if choisi is not None and (critique := motdepasse.critiquer(choisi, email)):
        saisie.refuser("mot_de_passe", critique)
    elif choisi is not None and saisie.valides.get("confirmation") not in (None, choisi):
        saisie.refuser(
            "confirmation", "Les deux mots de passe sont différents. Saisissez-les à nouveau."
        )
    return saisie.exiger()  # which also puts the errors in the order of the page


def oublier_secrets(saisie: Saisie) -> Saisie:
    """Drop typed passwords before a form is shown again."""
    for nom in ("mot_de_passe", "confirmation", "actuel"):
        if nom in saisie.brut:
            saisie.brut[nom] = ""
    return saisie

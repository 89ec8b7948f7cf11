"""What happens next to a pending request, and what its author can do. Words are pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.rattachements.entites import ADRESSE_CONNUE
from portal.infra.base import sql1
from portal.infra.money import date_longue

# For a rattachement `r` and the business day `$2`: who may answer, and which code is under way.
ETAT_ENTITE = (
    """
    (select count(*) from rattachement a join compte ca on ca.id = a.compte and ca.actif
        where a.siren = r.siren and a.profil = r.profil and a.etat = 'actif'
        and a.administrateur) as administrateurs,
    (select count(*) from administrateur_annonce an where an.siren = r.siren
        and an.profil = r.profil and an.active_le is null and an.retire_le is null) as annonces,
    (select k.valable_jusqu from code_activation k where k.siren = r.siren
        and k.profil = r.profil and k.etat = 'actif' and k.valable_jusqu >= $2) as code_jusqu,
    (select max(k.valable_du) from code_activation k where k.siren = r.siren
        and k.profil = r.profil) as code_poste,
    exists (select 1 from courrier q where q.siren = r.siren and q.profil = r.profil
        and q.etat = 'a_produire') as courrier,
    not exists (select 1 from entreprise e join etablissement s on s.siret = e.siege
        where e.siren = r.siren and """
    + ADRESSE_CONNUE
    + """) as sans_adresse,
    $2::date - make_interval(months => delai_de('rattachement.code_mois',
        (select i.idcc from entreprise i where i.siren = r.siren), $2)) as recent_depuis,
    (select max(l.poste_le) from courrier q join lot_courriers l on l.id = q.lot
        where q.siren = r.siren and q.profil = r.profil) as lettre_postee
"""
)
CLES = (
    "administrateurs", "annonces", "code_jusqu", "code_poste", "courrier", "recent_depuis",
    "lettre_postee", "sans_adresse",
)  # fmt: skip
CONTACT = "/aide#contact"


@dataclass(frozen=True)
class Suite:
    """`genre`: administrateurs, annonces, code, adresse, courrier, recent, conseiller."""

    genre: str
    constat: str
    etape: str
    url: str = ""
    action: str = ""


def suite(etat: dict[str, Any], delai_postal: int) -> Suite:
    """From the state of a SIREN × profile (see `ETAT_ENTITE`)."""
    if etat["administrateurs"]:
        return _administrateurs(etat["administrateurs"])
    if etat["code_jusqu"]:
        return Suite(
            "code",
            "Cette entreprise n’a pas encore d’administrateur. Un code d’activation a été posté à "
            f"son siège le {date_longue(etat['code_poste'])}, valable jusqu’au "
            f"{date_longue(etat['code_jusqu'])}.",
            "Demandez ce courrier au siège\u00a0: avec le code, vous devenez administrateur aussitôt.",
            "/rattachements/code",
            "J’ai un code d’activation",
        )
    if etat["annonces"]:
        return Suite(
            "annonces",
            "Les administrateurs de cette entreprise sont connus de votre OPCO, mais n’ont pas encore "
            "créé leur compte.",
            "Invitez-les à le créer\u00a0: ils trouveront votre demande dans leurs tâches.",
        )
    if etat["courrier"] and etat["sans_adresse"]:
        return Suite(
            "adresse",
            "Cette entreprise n’a pas encore d’administrateur, et le registre ne donne pas encore "
            "l’adresse de son siège.",
            "Un courrier avec un code d’activation partira dès que le registre la donne. Si cela "
            "dure, prévenez votre conseiller.",
            CONTACT,
            "Aide et contacts",
        )
    if etat["courrier"]:
        return Suite(
            "courrier",
            "Cette entreprise n’a pas encore d’administrateur. Un courrier avec un code d’activation "
            "part au siège de l’entreprise, à l’adresse du registre.",
            f"Comptez {delai_postal}\u00a0jours après son envoi, puis demandez-le au siège\u00a0: avec le "
            "code, l’administrateur que l’entreprise désigne entre aussitôt, et répond à votre demande.",
            "/rattachements/code",
            "J’ai un code d’activation",
        )
    if _recent(etat, "code_poste"):
        return Suite(
            "recent",
            f"Un code d’activation a été posté le {date_longue(etat['code_poste'])}, mais il n’est plus "
            "valable.",
            "Votre conseiller, ou le formulaire de contact, peut en faire envoyer un nouveau.",
            CONTACT,
            "Demander un nouveau code",
        )
    return Suite(
        "conseiller",
        "Cette entreprise n’a plus d’administrateur.",
        "Votre conseiller, ou le formulaire de contact, peut faire envoyer un code à son siège.",
        CONTACT,
        "Demander un nouveau code",
    )


def _administrateurs(nombre: int) -> Suite:
    constat = (
        "L’administrateur de cette entreprise a été prévenu."
        if nombre == 1
        else f"Les {nombre}\u00a0administrateurs de cette entreprise ont été prévenus."
    )
    return Suite("administrateurs", constat, "Vous serez averti dès sa réponse, ici et par e-mail.")


def _recent(etat: dict[str, Any], cle: str) -> bool:
    """Posted less than the life of a code ago."""
    poste, depuis = etat[cle], etat["recent_depuis"]
    return poste is not None and depuis is not None and poste > depuis.date()


async def etat_entite(siren: str, profil: str, jour: date) -> dict[str, Any]:
    """The state of one SIREN × profile."""
    ligne = await sql1(
        f"select {ETAT_ENTITE} from (select $1::text as siren, $3::text as profil) r",
        siren,
        jour,
        profil,
    )
    assert ligne is not None
    return ligne


@dataclass(frozen=True)
class Recours:
    """What else the asker may do after a long silence; `lettre`: a letter may be asked for."""

    lettre: bool
    phrase: str


def recours(etat: dict[str, Any]) -> Recours:
    """The conseiller always; a letter to the head office, one in the life of a code."""
    if etat["courrier"]:
        return Recours(False, "Un courrier part au siège avec le prochain lot d’impression.")
    if _recent(etat, "lettre_postee"):
        poste = date_longue(etat["lettre_postee"])
        return Recours(
            False, f"Un courrier a été posté au siège le {poste}\u00a0: demandez-le sur place."
        )
    if etat["administrateurs"] or etat["annonces"]:
        return Recours(
            True,
            "Nous pouvons aussi écrire au siège de l’entreprise, à l’adresse du registre\u00a0: le "
            "courrier lui rappelle qui sont ses administrateurs et qu’une demande attend.",
        )
    return Recours(
        True,
        "Nous pouvons aussi envoyer un code d’activation au siège de l’entreprise, à l’adresse du "
        "registre.",
    )


def faut_un_courrier(etat: dict[str, Any]) -> bool:
    """A letter goes only where nobody can answer and no code is or was lately under way."""
    return not (
        etat["administrateurs"]
        or etat["annonces"]
        or etat["code_jusqu"]
        or etat["courrier"]
        or _recent(etat, "code_poste")
    )

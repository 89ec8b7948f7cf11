"""The one sentence of each action: what people read of the journal, on screen and in Excel.

A text names details between braces. What stands between square brackets is said only when its
details are known: older lines may lack them. An entry ending in « * » speaks for a family. Actions
stay here after the code that wrote them is gone: lines are kept for ten years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCES, CODES, MANDATS, COMPTES, RIB = "acces", "codes", "mandats", "comptes", "rib"
DOSSIERS, FACTURES = "dossiers", "factures"
PERSONNEL, INTERNE = "personnel", "interne"

NATURES = {
    ACCES: "Accès et droits",
    CODES: "Codes et courriers",
    MANDATS: "Mandats",
    COMPTES: "Comptes des utilisateurs",
    RIB: "RIB",
    DOSSIERS: "Dossiers",
    FACTURES: "Factures",
}
"""What a company may read. Sign-ins and devices (`PERSONNEL`) are each person's own, and what the
OPCO sets for everybody (`INTERNE`) is no company's."""

PORTAIL = "Le portail"

Formes = Mapping[str, Callable[[Any], str]]


@dataclass(frozen=True)
class Phrase:
    """Of what nature an action is, and its words; `si` has others for when a detail is
    true (« nom ») or has a value (« nom=valeur »)."""

    nature: str
    texte: str
    si: Mapping[str, str] = field(default_factory=dict)


_DROITS = "[\u00a0: {modele}][ ({droits})][, {etablissements}][, {dispositifs}]"
_DUREE = "[ ({dispositifs})][, du {du} au {au}]"
_MOTIF = "[. Motif\u00a0: «\u00a0{motif}\u00a0»]"

PHRASES: dict[str, Phrase] = {
    "rattachement.demande": Phrase(
        ACCES,
        "{acteur} a demandé un rattachement[ à l’établissement {siret}].",
        {"complement": "{acteur} a demandé des droits supplémentaires[ sur l’établissement {siret}]."},
    ),
    "rattachement.accepte": Phrase(
        ACCES, "{acteur} a accepté la demande de {personne}" + _DROITS + "."
    ),
    "rattachement.refuse": Phrase(
        ACCES, "{acteur} a refusé la demande de {personne}" + _MOTIF + "."
    ),
    "rattachement.habilite": Phrase(
        ACCES, "{acteur} a changé les droits de {personne}" + _DROITS + "."
    ),
    "rattachement.droits_ajoutes": Phrase(
        ACCES, "{acteur} a donné des droits à {personne}" + _DROITS + "."
    ),
    "rattachement.droits_retires": Phrase(
        ACCES, "{acteur} a retiré des droits à {personne}" + _DROITS + "."
    ),
    "rattachement.supprime": Phrase(
        ACCES,
        "{acteur} a retiré l’accès de {personne}" + _MOTIF + ".",
        {"administrateur": "{acteur} a retiré l’accès de {personne}, administrateur" + _MOTIF + "."},
    ),
    "rattachement.quitte": Phrase(
        ACCES,
        "{acteur} a quitté l’entreprise, ou retiré sa demande.",
        {"administrateur": "{acteur}, administrateur, a quitté l’entreprise."},
    ),
    "administrateur.annonce": Phrase(
        ACCES, "{acteur} a enregistré {personne} comme administrateur désigné par l’entreprise."
    ),
    "administrateur.annonce_retiree": Phrase(
        ACCES, "{acteur} a retiré {personne} des administrateurs désignés."
    ),
    "administrateur.active": Phrase(
        ACCES, "{personne}, désigné par l’entreprise, a créé son compte et est devenu administrateur."
    ),
    "rattachement.relance": Phrase(
        ACCES,
        "Les administrateurs ont été prévenus à nouveau de la demande de {personne}.",
    ),
    "rattachement.sans_reponse": Phrase(
        ACCES, "La demande de {personne} est restée sans réponse\u00a0: un recours lui a été proposé."
    ),
    "rattachement.repris": Phrase(
        ACCES, "L’accès de {personne} a été repris de l’ancien portail[ ({droits})]."
    ),
    "code.utilise": Phrase(
        CODES, "{acteur} a utilisé le code d’activation et est devenu administrateur."
    ),
    "code.refuse": Phrase(CODES, "{acteur} a saisi un code d’activation refusé[\u00a0: {raison}]."),
    "code.ferme": Phrase(CODES, "{acteur} a fermé le code d’activation."),
    "courrier.demande": Phrase(
        CODES,
        "{acteur} a demandé l’envoi d’un courrier avec un code au siège[\u00a0: {raison}].",
        {
            "motif=relance": "{acteur}, sans réponse à sa demande, a fait partir un courrier au siège.",
            "motif=demande": "La demande de {acteur} a fait partir un courrier avec un code au siège.",
            "motif=premier_envoi": "Un courrier a été préparé pour le siège (premier envoi).",
        },
    ),
    "courrier.code_poste": Phrase(
        CODES, "Un courrier avec un code d’activation a été posté au siège[, lot {lot}]."
    ),
    "courrier.administrateurs_poste": Phrase(
        CODES, "La liste des administrateurs a été postée au siège[, lot {lot}]."
    ),
    "courrier.sans_administrateur_atteste": Phrase(
        CODES, "{acteur} a attesté que l’entreprise n’a plus d’administrateur[\u00a0: {raison}]."
    ),
    "courrier.lot_refait": Phrase(
        INTERNE, "{acteur} a fait refaire le lot {lot}[ ({nombre} courriers)][\u00a0: {raison}]."
    ),
    "courrier.premier_envoi_demande": Phrase(INTERNE, "{acteur} a fait préparer le premier envoi."),
    "courrier.premier_envoi": Phrase(INTERNE, "{acteur} a lancé le premier envoi[ ({nombre} courriers)]."),
    "mandat.donne": Phrase(
        MANDATS,
        "{acteur} a donné mandat à {mandataire} de saisir les dossiers de {mandant}" + _DUREE + ".",
    ),
    "mandat.demande": Phrase(
        MANDATS,
        "{acteur}, pour {mandataire}, a demandé un mandat à {mandant}" + _DUREE + ".",
    ),
    "mandat.accepte": Phrase(
        MANDATS, "{acteur} a accepté la demande de mandat de {mandataire}, au nom de {mandant}."
    ),
    "mandat.refuse": Phrase(
        MANDATS,
        "{acteur} a refusé la demande de mandat de {mandataire}, au nom de {mandant}" + _MOTIF + ".",
    ),
    "mandat.*": Phrase(MANDATS, "{acteur} a changé le mandat de {mandant} à {mandataire}."),
    "mandat.etablissement_remplace": Phrase(
        MANDATS,
        "{acteur} a reporté le mandat de {mandant} à {mandataire} du SIRET {ancien}"
        " au SIRET {nouveau}.",
    ),
    "mandat.revoque": Phrase(
        MANDATS, "{acteur} a révoqué le mandat donné par {mandant} à {mandataire}" + _MOTIF + "."
    ),
    "mandat.renonce": Phrase(
        MANDATS, "{acteur}, pour {mandataire}, a renoncé au mandat de {mandant}" + _MOTIF + "."
    ),
    "mandat.retire": Phrase(
        MANDATS,
        "{acteur}, pour {mandataire}, a retiré sa demande de mandat à {mandant}" + _MOTIF + ".",
    ),
    "compte.cree": Phrase(PERSONNEL, "{acteur} a créé son compte."),
    "compte.modifie": Phrase(PERSONNEL, "{acteur} a modifié son profil."),
    "compte.email_demande": Phrase(PERSONNEL, "{acteur} a demandé à changer d’adresse e-mail."),
    "compte.email_change": Phrase(PERSONNEL, "{acteur} a changé d’adresse e-mail."),
    "compte.mot_de_passe_change": Phrase(PERSONNEL, "{acteur} a changé son mot de passe."),
    "compte.mot_de_passe_refuse": Phrase(PERSONNEL, "{acteur} a saisi un mot de passe actuel faux."),
    "compte.desactive": Phrase(COMPTES, "{acteur} a fermé le compte de {personne}."),
    "compte.role_donne": Phrase(INTERNE, "{acteur} a donné le rôle {role}."),
    "compte.role_retire": Phrase(INTERNE, "{acteur} a retiré le rôle {role}."),
    "mot_de_passe.demande": Phrase(PERSONNEL, "Un lien pour changer de mot de passe a été demandé."),
    "mot_de_passe.reinitialise": Phrase(
        PERSONNEL, "{acteur} a choisi un nouveau mot de passe par le lien reçu."
    ),
    "inscription.code_epuise": Phrase(PERSONNEL, "Un code de vérification a été épuisé."),
    "second_facteur.ajoute": Phrase(
        COMPTES, "{acteur} a protégé son compte par un second facteur[\u00a0: {moyen}]."
    ),
    "second_facteur.retire": Phrase(
        COMPTES, "{acteur} a retiré un second facteur de son compte[\u00a0: {moyen}]."
    ),
    "second_facteur.retires": Phrase(
        COMPTES, "{acteur} a retiré tous les seconds facteurs du compte de {personne}."
    ),
    "second_facteur.secours": Phrase(
        COMPTES, "{acteur} a confirmé son identité par un code de secours."
    ),
    "second_facteur.refuse": Phrase(
        COMPTES, "Une confirmation d’identité a échoué sur le compte de {personne}."
    ),
    "second_facteur.codes": Phrase(
        COMPTES, "{acteur} a renouvelé ses codes de secours."
    ),
    "connexion.confirmee": Phrase(PERSONNEL, "{acteur} a confirmé son identité[\u00a0: {moyen}]."),
    "connexion": Phrase(PERSONNEL, "{acteur} s’est connecté."),
    "connexion.refusee": Phrase(PERSONNEL, "Une connexion a été refusée."),
    "deconnexion": Phrase(PERSONNEL, "{acteur} s’est déconnecté."),
    "session.terminee": Phrase(PERSONNEL, "{acteur} a fermé une session[\u00a0: {appareil}]."),
    "session.autres_terminees": Phrase(PERSONNEL, "{acteur} a fermé ses autres sessions."),
    "conseiller.enregistre": Phrase(INTERNE, "{acteur} a enregistré un conseiller."),
    "reprise.appliquee": Phrase(
        INTERNE,
        "Un ancien portail a été repris[\u00a0: {acceptees} lignes acceptées][, {deja} déjà reprises]"
        "[, {rejetees} rejetées].",
    ),
    "entreprises.enregistrees": Phrase(
        INTERNE, "{acteur} a enregistré des entreprises du registre[ ({nombre})]."
    ),
    "entreprise.saisie": Phrase(INTERNE, "{acteur} a saisi une entreprise à la main[\u00a0: {siret}]."),
    "entreprise.saisie_classee": Phrase(INTERNE, "{acteur} a classé une entreprise saisie à la main."),
    "etablissement.remplace": Phrase(
        ACCES, "{acteur} a suivi le changement de SIRET de l’établissement {siret}[\u00a0: {successeur}]."
    ),
    "rattachement.etablissement_remplace": Phrase(
        ACCES,
        "{acteur} a reporté les droits[ de {personne}] du SIRET {ancien} au SIRET {nouveau}.",
        {
            "doublon": "{acteur} a retiré la demande de {personne} pour le SIRET {ancien}\u00a0:"
            " une autre attend pour le SIRET {nouveau}.",
        },
    ),
    "dossiers.etablissement_remplace": Phrase(
        DOSSIERS, "{acteur} a reporté {nombre} dossiers du SIRET {ancien} au SIRET {nouveau}."
    ),
    "contact.demande": Phrase(INTERNE, "{acteur} a envoyé une demande de contact."),
    "contact.close": Phrase(INTERNE, "{acteur} a clos une demande de contact."),
    "entreprise.saisie_verifiee": Phrase(
        INTERNE, "Une entreprise saisie à la main a été comparée au registre."
    ),
    "rib.enregistre": Phrase(
        RIB,
        "{acteur} a enregistré un RIB[\u00a0: {iban}].",
        {"remplace": "{acteur} a remplacé le RIB[\u00a0: {iban}]."},
    ),
    "dossier.*": Phrase(DOSSIERS, "{acteur}[, pour {mandataire},] a fait avancer un dossier."),
    "dossier.creation": Phrase(DOSSIERS, "{acteur}[, pour {mandataire},] a créé un dossier."),
    "dossier.saisie": Phrase(DOSSIERS, "{acteur}[, pour {mandataire},] a complété un dossier."),
    "dossier.document": Phrase(DOSSIERS, "{acteur} a ajouté un document à un dossier."),
    "dossier.document_retire": Phrase(DOSSIERS, "{acteur} a retiré un document d’un dossier."),
    "dossier.scission": Phrase(DOSSIERS, "{acteur} a scindé un dossier."),
    "dossier.suppression": Phrase(DOSSIERS, "{acteur} a supprimé un brouillon de dossier."),
    "demande.enregistree": Phrase(
        FACTURES, "{acteur} a enregistré une demande de remboursement[ de {montant}]."
    ),
    "proforma.creee": Phrase(FACTURES, "{acteur} a créé la facture proforma[ {numero}]."),
    "facture.deposee": Phrase(FACTURES, "{acteur} a déposé la facture[ {numero}]."),
    "facture.depot_refuse": Phrase(FACTURES, "{acteur} a tenté de déposer une facture, refusée."),
    "facture.acceptee": Phrase(FACTURES, "{acteur} a accepté une facture[\u00a0: {numero}]."),
    "facture.refusee": Phrase(FACTURES, "{acteur} a refusé une facture[\u00a0: {numero}]."),
    "facture.compte_confirme": Phrase(
        FACTURES, "{acteur} a confirmé le compte où payer une facture[\u00a0: {numero}]."
    ),
    "reglement.prepare": Phrase(INTERNE, "{acteur} a préparé le règlement {numero}."),
    "reglement.valide": Phrase(INTERNE, "{acteur} a validé le règlement {numero}."),
    "reglement.annule": Phrase(INTERNE, "{acteur} a annulé le règlement {numero}."),
    "reglement.transmis": Phrase(INTERNE, "{acteur} a transmis le règlement {numero}."),
    "reglement.fichier_lu": Phrase(INTERNE, "{acteur} a lu un fichier de virements."),
    "reglement.retour": Phrase(INTERNE, "{acteur} a lu le retour de la banque, règlement {numero}."),
    "branche.dispositif_ouvert": Phrase(INTERNE, "{acteur} a ouvert un dispositif."),
    "branche.dispositif_ferme": Phrase(INTERNE, "{acteur} a fermé un dispositif."),
    "branche.ouverture_annulee": Phrase(INTERNE, "{acteur} a annulé l’ouverture d’un dispositif."),
    "branche.parametre_pose": Phrase(INTERNE, "{acteur} a posé un paramètre de branche."),
    "*": Phrase(INTERNE, "{acteur} est intervenu[ sur {sujet}]."),
}  # fmt: skip

_ABSENTS = {
    "acteur": PORTAIL,
    "personne": "une personne",
    "mandant": "l’entreprise",
    "mandataire": "le mandataire",
}
_FACULTATIF = re.compile(r"\[([^\[\]]*)\]")
_NOM = re.compile(r"\{(\w+)\}")


def phrase(action: str) -> Phrase | None:
    """The entry of an action, or its family's."""
    if connue := PHRASES.get(action):
        return connue
    familles = [cle for cle in PHRASES if cle.endswith("*") and action.startswith(cle[:-1])]
    return PHRASES[max(familles, key=len)] if familles else None


def actions(natures: Iterable[str]) -> tuple[list[str], list[str]]:
    """The actions of these natures: whole ones, and beginnings of families."""
    voulues = [cle for nature in natures for cle, p in PHRASES.items() if p.nature == nature]
    return (
        [cle for cle in voulues if not cle.endswith("*")],
        [cle[:-1] for cle in voulues if cle.endswith("*")],
    )


def dire(
    action: str, acteur: str | None, details: Mapping[str, Any], formes: Formes | None = None
) -> str:
    """The sentence of a line; `formes` turn details into words."""
    connue = phrase(action)
    if connue is None:
        return f"{acteur or PORTAIL} est intervenu."
    texte = next((t for cle, t in connue.si.items() if _vaut(details, cle)), connue.texte)
    valeurs = {"acteur": acteur or PORTAIL} | {
        nom: _forme(nom, valeur, formes or {}) for nom, valeur in details.items()
    }
    # Split first: what people typed is filled in once, and never read as a pattern.
    dit = "".join(
        morceau if not rang % 2 or all(valeurs.get(n) for n in _NOM.findall(texte_)) else ""
        for rang, texte_ in enumerate(_FACULTATIF.split(texte))
        for morceau in [_remplir(texte_, valeurs)]
    )
    return dit[:1].upper() + dit[1:]


def _vaut(details: Mapping[str, Any], cle: str) -> bool:
    """« nom »: that detail is true; « nom=valeur »: it is that."""
    nom, egal, valeur = cle.partition("=")
    return details.get(nom) == valeur if egal else bool(details.get(nom))


def _forme(nom: str, valeur: Any, formes: Formes) -> str:
    if valeur is None or valeur == "" or valeur == [] or valeur == ():
        return ""
    if nom in formes:
        return formes[nom](valeur)
    return ", ".join(map(str, valeur)) if isinstance(valeur, list | tuple) else str(valeur)


def _remplir(texte: str, valeurs: Mapping[str, str]) -> str:
    return _NOM.sub(lambda m: valeurs.get(m[1]) or _ABSENTS.get(m[1], "…"), texte)

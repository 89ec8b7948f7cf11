"""The checks of a deposited invoice (H03, H04): each one names its point and what was expected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pypdf.errors import PyPdfError

from portal.factures import lecture, registre
from portal.factures.du import Du, premier_jour
from portal.factures.saisie_depot import AVEC_TVA
from portal.grandlivre import queries as grandlivre
from portal.infra import coffre, files, papers
from portal.infra.base import sql, sql1
from portal.infra.money import date_longue, en_cents, euros
from portal.kit.formulaire import Saisie

TOLERANCE = 1
"""Cents by which a sum may be off (roundings of VAT)."""
DELAI_LECTURE = 20.0


@dataclass
class Examen:
    """`erreurs` by field refuse the deposit; `a_verifier` sends it to a person."""

    erreurs: dict[str, str] = field(default_factory=dict)
    a_verifier: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: list[tuple[Du, int]] = field(default_factory=list)

    def refuser(self, champ: str, message: str) -> None:
        self.erreurs.setdefault(champ, message)


@dataclass(frozen=True)
class Montants:
    """Cents, read from the form."""

    ht: int
    tva: int
    ttc: int


def montants(saisie: Saisie) -> Montants | None:
    """None while an amount is missing or wrong."""
    v = saisie.valides
    if "ttc" not in v or "assujetti" not in v:
        return None
    ttc = en_cents(v["ttc"])
    if v["assujetti"] != AVEC_TVA:
        return Montants(ttc, 0, ttc)
    if "ht" not in v or "tva" not in v:
        return None
    return Montants(en_cents(v["ht"]), en_cents(v["tva"]), ttc)


async def examiner(
    saisie: Saisie,
    dus: Sequence[Du],
    fichier: dict[str, Any] | None,
    emetteur: tuple[str, str, str],
    jour: date,
) -> Examen:
    """Everything that is wrong, at once. `emetteur`: SIREN, profile, name."""
    examen = Examen()
    await _repartition(examen, saisie, dus)
    _destinataire(examen, saisie)
    _totaux(examen, saisie)
    await _dates(examen, saisie, jour)
    await _doublons(examen, saisie, fichier, emetteur[0])
    if fichier is None:
        examen.refuser("fichier", "Joignez votre facture, au format PDF.")
        texte = None
    else:
        texte = await texte_du_fichier(fichier["cle_fichier"])
        await _contenu(examen, saisie, texte, emetteur)
        await _proforma(examen, fichier)
    await _compte(examen, saisie, texte or "", emetteur)
    return examen


async def _repartition(examen: Examen, saisie: Saisie, dus: Sequence[Du]) -> None:
    connus = {du.cle: du for du in dus}
    soldes = await grandlivre.soldes({du.dossier_uid for du in dus})
    par_dossier: dict[UUID, int] = {}
    for ligne in saisie.valides.get("repartition", []):
        part = en_cents(ligne["montant"]) if "montant" in ligne else 0
        if part == 0:
            continue
        champ = f"repartition.{ligne['cle']}.montant"
        du = connus.get(ligne["cle"])
        if du is None:
            examen.refuser(
                "repartition",
                "Un des dossiers n’est plus à facturer (soldé, annulé ou déjà facturé)."
                " Rechargez la page.",
            )
            continue
        solde = soldes.get(du.dossier_uid, grandlivre.Solde())
        pris = par_dossier.get(du.dossier_uid, 0)
        reste = max(min(du.reste, solde.reste - pris), 0)
        if part > reste:
            examen.refuser(
                champ,
                f"Attendu au plus {euros(reste)}\u00a0: c’est ce qui reste à facturer de la demande"
                f" {du.numero}.",
            )
        par_dossier[du.dossier_uid] = pris + part
        examen.parts.append((du, part))
    if not examen.parts:
        examen.refuser("repartition", "Indiquez au moins un dossier facturé et son montant.")


def _destinataire(examen: Examen, saisie: Saisie) -> None:
    attendues = {du.cible for du, _ in examen.parts}
    noms = " et ".join(sorted(registre.cible(c).nom for c in attendues))
    if len(attendues) > 1:
        examen.refuser(
            "repartition",
            f"Ces dossiers se facturent à l’ordre de {noms}\u00a0: une facture n’a qu’un"
            " destinataire. Faites une facture pour chacun.",
        )
    elif attendues and "cible" in saisie.valides and {saisie.valides["cible"]} != attendues:
        examen.refuser("cible", f"Attendu «\u00a0À l’ordre de {noms}\u00a0» pour ces dossiers.")
    for nom, mots in (("dispositif", "dispositifs"), ("public", "publics")):
        if len({getattr(du, nom) for du, _ in examen.parts}) > 1:
            examen.refuser(
                "repartition",
                f"Une facture ne mélange pas deux {mots}. Faites une facture pour chacun.",
            )


def _totaux(examen: Examen, saisie: Saisie) -> None:
    lus = montants(saisie)
    if lus is None:
        return
    if lus.ttc == 0:
        examen.refuser("ttc", "Le total de la facture ne peut pas être nul.")
        return
    ecart = lus.ttc - lus.ht - lus.tva
    if abs(ecart) > TOLERANCE:
        examen.refuser(
            "ttc",
            f"Attendu {euros(lus.ht + lus.tva)}\u00a0: c’est la somme du HT et de la TVA.",
        )
    elif ecart:
        examen.notes.append("HT et TVA ne font pas le TTC, à un centime près (arrondi).")
    total = sum(part for _, part in examen.parts)
    if not examen.parts or "repartition" in examen.erreurs:
        return
    if abs(lus.ttc - total) > TOLERANCE:
        examen.refuser(
            "ttc",
            f"Attendu {euros(total)}\u00a0: c’est la somme des montants par dossier.",
        )
    elif lus.ttc != total:
        examen.notes.append(
            "Le total diffère d’un centime de la somme par dossier (arrondi)\u00a0: c’est cette"
            " somme qui sera payée."
        )


async def _dates(examen: Examen, saisie: Saisie, jour: date) -> None:
    emise = saisie.valides.get("date_facture")
    if emise is None:
        return
    if emise > jour:
        examen.refuser(
            "date_facture", f"Attendu une date jusqu’au {date_longue(jour)}, aujourd’hui."
        )
    dossiers = await sql(
        "select * from dossier where id = any($1::bigint[])",
        list({du.dossier for du, _ in examen.parts}),
    )
    for dossier in dossiers:
        premier = premier_jour(dossier)
        if premier is not None and emise < premier:
            examen.refuser(
                "date_facture",
                f"Attendu une date à partir du {date_longue(premier)}\u00a0: le dossier"
                f" {dossier['numero']} n’était pas à facturer avant.",
            )


async def _doublons(
    examen: Examen, saisie: Saisie, fichier: dict[str, Any] | None, siren: str
) -> None:
    if numero := saisie.valides.get("numero"):
        deja = await sql1(
            "select deposee_jour from facture where emetteur_siren = $1 and cle_numero = $2"
            " and etat <> 'refusee'",
            siren,
            cle_numero(numero),
        )
        if deja:
            examen.refuser("numero", deja_deposee(deja["deposee_jour"]))
    if fichier is not None:
        deja = await sql1(
            "select numero, deposee_jour from facture where empreinte = $1 and etat <> 'refusee'",
            fichier["sha256"],
        )
        if deja:
            examen.refuser("fichier", meme_fichier(deja["deposee_jour"]))


def deja_deposee(jour: date) -> str:
    return (
        f"Une facture de ce numéro a déjà été déposée le {date_longue(jour)}. Attendu un numéro qui"
        " n’a pas servi\u00a0; une facture refusée peut revenir sous le sien."
    )


def meme_fichier(jour: date) -> str:
    return f"Ce même fichier a déjà été déposé le {date_longue(jour)}. Joignez la bonne facture."


def cle_numero(numero: str) -> str:
    """How two numbers are the same: without spaces, whatever the case."""
    return "".join(numero.upper().split())


async def _proforma(examen: Examen, fichier: dict[str, Any]) -> None:
    connue = await sql1("select numero from proforma where empreinte = $1", fichier["sha256"])
    if connue:
        examen.refuser(
            "fichier",
            f"C’est la facture proforma {connue['numero']}\u00a0: elle n’a pas de valeur légale."
            " Déposez votre propre facture, établie sous votre numéro.",
        )


async def texte_du_fichier(cle: str) -> str:
    """The text of a kept PDF; none when it can't be read (a person will)."""
    contenu = await files.octets(cle)
    try:
        return await asyncio.wait_for(
            asyncio.to_thread(papers.texte_du_pdf, contenu), DELAI_LECTURE
        )
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
            TimeoutError, IndexError, OSError):  # fmt: skip
        logging.getLogger(__name__).info("a deposited PDF whose text can't be read")
        return ""


async def _contenu(
    examen: Examen, saisie: Saisie, texte: str, emetteur: tuple[str, str, str]
) -> None:
    v, lus = saisie.valides, montants(saisie)
    if lus is None or not {"numero", "date_facture", "cible"} <= v.keys():
        if lecture.est_proforma(texte):
            examen.refuser("fichier", "C’est une facture proforma\u00a0: déposez votre facture.")
        return
    attendu = lecture.Attendu(
        numero=v["numero"],
        date_facture=v["date_facture"],
        assujetti=v["assujetti"] == AVEC_TVA,
        ht=lus.ht,
        tva=lus.tva,
        ttc=lus.ttc,
        cible=registre.cible(v["cible"]).nom,
        autres_cibles=[c.nom for c in registre.CIBLES.values() if c.code != v["cible"]],
        emetteur_siren=emetteur[0],
        emetteur_nom=emetteur[2],
        formations=[
            lecture.FormationAttendue(du.cle, du.dossier_numero, du.intitule, du.debut, du.fin)
            for du, _ in examen.parts
        ],
    )
    lue = lecture.comparer(texte, attendu)
    for point in lue.refus:
        examen.refuser(point.champ, point.message)
    examen.a_verifier += lue.a_verifier


async def _compte(
    examen: Examen, saisie: Saisie, texte: str, emetteur: tuple[str, str, str]
) -> None:
    """The account to pay: the registered one, or the one typed; what the PDF says of it."""
    rib = await registre.rib_de(emetteur[0], emetteur[1])
    saisi = saisie.valides.get("iban")
    if rib is None and saisi is None:
        if "iban" not in saisie.erreurs:
            examen.refuser("iban", "Indiquez l’IBAN à payer\u00a0: aucun RIB n’est enregistré.")
        return
    connues = await _empreintes(rib.iban_secret) if rib else set()
    retenues = set(coffre.empreintes("iban", saisi)) if saisi else connues
    if saisi and rib and not connues & retenues:
        examen.a_verifier.append("L’IBAN saisi n’est pas celui du RIB enregistré.")
    lus = {e for iban in lecture.ibans(texte) for e in coffre.empreintes("iban", iban)}
    if lus and not lus & retenues:
        examen.a_verifier.append("Le PDF porte un autre IBAN que celui du compte à payer.")
    elif not lus and rib is None and lecture.est_lisible(texte):
        examen.a_verifier.append("L’IBAN à payer n’a pas été lu dans le PDF.")


async def _empreintes(secret: int) -> set[bytes]:
    ligne = await sql1("select empreinte from secret where id = $1", secret)
    return {bytes(ligne["empreinte"])} if ligne else set()

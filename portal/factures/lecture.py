"""What the text of an invoice's PDF says, against what is expected. Pure.

The text of a PDF has lost its columns: nothing is read out of its place, each expected thing is
looked for in every form that people write it, and what is missing is named with what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.infra.money import date_courte, euros
from portal.infra.texte import plier
from portal.kit.identifiants import lire_iban

LETTRES_MIN = 60
"""Fewer letters than that: a scan, which a person has to read."""

_MOIS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre",
)  # fmt: skip
_MONTANT = re.compile(r"(?<![\d,.])\d{1,3}(?:[ .'’]?\d{3})*[.,]\d{2}(?!\d)")
_MILLIERS = re.compile(r"(?:^|[^\d.,])\d{1,3}(?:[ .'’\u00a0\u202f]\d{3})*[ .'’\u00a0\u202f]$")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ \u00a0\u202f]?[A-Z0-9]){11,40}")
_NET = re.compile(
    r"net(te)? de taxe|exoner|non assujetti|non applicable|293 ?b\b|261[ .-]?4|hors champ|sans tva"
)


@dataclass(frozen=True)
class FormationAttendue:
    """What identifies a dossier on an invoice: its number, or title and dates."""

    cle: str
    numero: str
    intitule: str
    debut: date | None
    fin: date | None


@dataclass(frozen=True)
class Attendu:
    """What the form says, and the PDF must say too. Cents."""

    numero: str
    date_facture: date
    assujetti: bool
    ht: int
    tva: int
    ttc: int
    cible: str
    autres_cibles: Sequence[str]
    emetteur_siren: str
    emetteur_nom: str
    formations: Sequence[FormationAttendue] = ()


@dataclass(frozen=True)
class Point:
    """A difference: code of the point, field of the form it belongs to, message for people."""

    code: str
    champ: str
    message: str


@dataclass
class Lecture:
    """`refus` refuses the deposit; `a_verifier` sends it to a person."""

    refus: list[Point] = field(default_factory=list)
    a_verifier: list[str] = field(default_factory=list)


def est_lisible(texte: str) -> bool:
    return sum(c.isalpha() for c in texte) >= LETTRES_MIN


def est_proforma(texte: str) -> bool:
    """Our proforma, or anything that calls itself one."""
    plie = plier(texte)
    return "sans valeur legale ni comptable" in plie or bool(re.search(r"\bpro ?forma\b", plie))


def comparer(texte: str, attendu: Attendu) -> Lecture:
    """Everything that differs, at once."""
    lecture = Lecture()
    if est_proforma(texte):
        lecture.refus.append(
            Point(
                "proforma",
                "fichier",
                "C’est une facture proforma\u00a0: elle n’a pas de valeur légale. Déposez votre"
                " propre facture, établie sous votre numéro.",
            )
        )
        return lecture
    if not est_lisible(texte):
        lecture.a_verifier.append("Le PDF est une image\u00a0: son contenu est à lire.")
        return lecture
    lecture.refus += [
        *_numero(texte, attendu),
        *_montants(texte, attendu),
        *_destinataire(texte, attendu),
        *_emetteur(texte, attendu),
        *_formations(texte, attendu),
    ]
    if not porte_date(texte, attendu.date_facture):
        lecture.a_verifier.append(
            f"La date {date_courte(attendu.date_facture)} n’a pas été lue dans le PDF."
        )
    return lecture


def _numero(texte: str, attendu: Attendu) -> list[Point]:
    if porte_numero(texte, attendu.numero):
        return []
    return [
        Point(
            "numero",
            "numero",
            f"Le numéro «\u00a0{attendu.numero}\u00a0» n’apparaît pas dans le PDF. Recopiez-le tel"
            " qu’il y figure.",
        )
    ]


def porte_numero(texte: str, numero: str) -> bool:
    """Whatever its spaces, but not inside a longer number."""
    signes = [re.escape(c) for c in re.sub(r"\s", "", numero.upper())]
    motif = r"(?<![A-Z0-9])" + r"\s*".join(signes) + r"(?![A-Z0-9])"
    return re.search(motif, texte.upper()) is not None


def porte_montant(texte: str, cents: int) -> bool:
    """1234.56, 1 234,56, 1.234,56; a whole number of euros also without decimals, before « € ».

    « 200,00 » is not read inside « 1 200,00 »: where groups may be thousands, they are.
    """
    unites, reste = divmod(cents, 100)
    groupes = f"{unites:,}".split(",")
    entier = r"[ .'’\u00a0\u202f]?".join(groupes)
    formes = [rf"{entier}[.,]{reste:02d}(?!\d)"]
    if reste == 0:
        formes.append(rf"{entier}\s*(?:€|EUR)")
    return any(
        len(groupes[0]) < 3 or not _MILLIERS.search(texte[max(0, m.start() - 20) : m.start()])
        for forme in formes
        for m in re.finditer(rf"(?<!\d){forme}", texte)
    )


def plus_grand_montant(texte: str) -> int | None:
    """The largest amount read, in cents: the total, most of the time."""
    lus = [int(re.sub(r"\D", "", m)) for m in _MONTANT.findall(texte)]
    return max(lus, default=None)


def _montants(texte: str, attendu: Attendu) -> list[Point]:
    points = []
    if not porte_montant(texte, attendu.ttc):
        lu = plus_grand_montant(texte)
        suite = f" Le plus grand montant lu est {euros(lu)}." if lu is not None else ""
        points.append(
            Point(
                "total",
                "ttc",
                f"Attendu {euros(attendu.ttc)}\u00a0: ce total n’apparaît pas dans le PDF.{suite}",
            )
        )
    if attendu.assujetti and not porte_montant(texte, attendu.ht):
        points.append(
            Point("ht", "ht", f"Le montant HT de {euros(attendu.ht)} n’apparaît pas dans le PDF.")
        )
    if attendu.assujetti and attendu.tva and not porte_montant(texte, attendu.tva):
        points.append(
            Point("tva", "tva", f"La TVA de {euros(attendu.tva)} n’apparaît pas dans le PDF.")
        )
    if not attendu.assujetti and not _NET.search(_sans_accents(texte)):
        points.append(
            Point(
                "net",
                "assujetti",
                "Le PDF ne dit pas que le montant est net de taxes (par exemple «\u00a0TVA non"
                " applicable, art. 293 B du CGI\u00a0»). Ajoutez cette mention à la facture.",
            )
        )
    return points


def _sans_accents(texte: str) -> str:
    return " ".join(plier(ligne) for ligne in texte.splitlines())


def _destinataire(texte: str, attendu: Attendu) -> list[Point]:
    plie = f" {plier(texte)} "
    if f" {plier(attendu.cible)} " in plie:
        return []
    lu = next((nom for nom in attendu.autres_cibles if f" {plier(nom)} " in plie), None)
    dit = f"le PDF est à l’ordre de {lu}" if lu else "ce nom n’apparaît pas dans le PDF"
    return [
        Point("cible", "cible", f"Attendu «\u00a0À l’ordre de {attendu.cible}\u00a0»\u00a0: {dit}.")
    ]


def _emetteur(texte: str, attendu: Attendu) -> list[Point]:
    chiffres = re.sub(r"(?<=\d)[ .\u00a0\u202f](?=\d)", "", texte)
    if attendu.emetteur_siren in chiffres:
        return []
    nom = plier(attendu.emetteur_nom)
    if nom and f" {nom} " in f" {plier(texte)} ":
        return []
    return [
        Point(
            "emetteur",
            "fichier",
            f"L’émetteur attendu, {attendu.emetteur_nom} (SIREN {attendu.emetteur_siren}),"
            " n’apparaît pas dans le PDF.",
        )
    ]


def _formations(texte: str, attendu: Attendu) -> list[Point]:
    plie = plier(texte)
    return [
        Point(
            "formation",
            f"repartition.{f.cle}.montant",
            f"Le dossier n’est pas reconnaissable dans le PDF\u00a0: indiquez son numéro {f.numero},"
            " ou l’intitulé et les dates de la formation.",
        )
        for f in attendu.formations
        if not _reconnue(texte, plie, f)
    ]


def _reconnue(texte: str, plie: str, f: FormationAttendue) -> bool:
    if f.numero and porte_numero(texte, f.numero):
        return True
    intitule = plier(f.intitule)
    if not intitule or intitule not in plie:
        return False
    return all(jour is None or porte_date(texte, jour) for jour in (f.debut, f.fin))


def porte_date(texte: str, jour: date) -> bool:
    """05/03/2026, 5.3.26, 2026-03-05, 5 mars 2026, 1er mars 2026."""
    j, m, a = jour.day, jour.month, jour.year
    chiffres = rf"(?<!\d)0?{j}[/.\- ]0?{m}[/.\- ](?:{a}|{a % 100:02d})(?!\d)"
    iso = rf"(?<!\d){a}-{m:02d}-{j:02d}(?!\d)"
    mois = rf"\b0?{j}(?:er)? {_MOIS[m - 1]} {a}\b"
    return bool(
        re.search(chiffres, texte) or re.search(iso, texte) or re.search(mois, _sans_accents(texte))
    )


def ibans(texte: str) -> list[str]:
    """Valid IBANs, in their order; what follows one on its line is left out."""
    trouves: list[str] = []
    for trouve in _IBAN.finditer(texte.upper()):
        brut = re.sub(r"[^A-Z0-9]", "", trouve.group())
        for longueur in range(min(len(brut), 34), 14, -1):
            try:
                trouves.append(lire_iban(brut[:longueur]))
            except ValueError:
                continue
            break
    return list(dict.fromkeys(trouves))

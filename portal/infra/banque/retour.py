"""The bank's answer to an order: pain.002, every version from 001.03 on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from portal.infra.xmlsur import XmlRefuse, espace, lire, local

RACINE_ESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."

MOTIFS = {
    "AC01": "le numéro de compte est incorrect",
    "AC04": "le compte est clos",
    "AC06": "le compte est bloqué",
    "AG01": "l’opération n’est pas admise sur ce compte",
    "AG02": "le code de l’opération est incorrect",
    "AM04": "la provision est insuffisante",
    "AM05": "le virement est un doublon",
    "BE05": "l’émetteur est inconnu de la banque",
    "CNOR": "la banque du bénéficiaire est inconnue",
    "DUPL": "le fichier est un doublon",
    "FF01": "le format du fichier est incorrect",
    "MD07": "le titulaire du compte est décédé",
    "MS02": "le bénéficiaire a refusé, sans motif",
    "MS03": "la banque a refusé, sans motif",
    "RC01": "le code de la banque (BIC) est incorrect",
    "RR04": "une raison réglementaire s’y oppose",
}


class RetourIllisible(ValueError):
    """The file is not a payment status report; the message is for people."""


@dataclass(frozen=True)
class Retour:
    """What became of one transfer. `statut` is the bank's code (ACSC, ACSP, RJCT, PDNG…)."""

    end_to_end: str
    statut: str
    motif: str | None = None

    @property
    def rejete(self) -> bool:
        """The transfer will not be carried out."""
        return self.statut == "RJCT"

    @property
    def execute(self) -> bool:
        """The bank has settled it, or accepts it for settlement without further checks."""
        return self.statut in ("ACSC", "ACSP", "ACCC")


@dataclass(frozen=True)
class CompteRendu:
    """One report: which order it answers, and what it says of the file, its lots, its lines.

    A bank that refuses a whole file often names no line: `sort` applies the nearest statement.
    """

    message: str
    ordre: str
    statut: str | None
    motif: str | None
    retours: list[Retour]
    lots: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)

    def sort(self, end_to_end: str, lot: str | None = None) -> Retour | None:
        """What the report says of one transfer: by its line, else its lot, else the file."""
        for retour in self.retours:
            if retour.end_to_end == end_to_end:
                return retour
        if lot is not None and lot in self.lots:
            return Retour(end_to_end, *self.lots[lot])
        if self.statut and self.statut != "PART":
            return Retour(end_to_end, self.statut, self.motif)
        return None


def lire_retour(fichier: bytes) -> list[Retour]:
    """What the report says line by line; raises `RetourIllisible`."""
    return lire_compte_rendu(fichier).retours


def lire_compte_rendu(fichier: bytes) -> CompteRendu:
    """The whole report; raises `RetourIllisible`."""
    try:
        racine = lire(fichier)
    except XmlRefuse as erreur:
        raise RetourIllisible(str(erreur)) from None
    if local(racine) != "Document" or not espace(racine).startswith(RACINE_ESPACE):
        raise RetourIllisible("Le fichier n’est pas un compte rendu de paiement (pain.002).")
    groupe = _premier(racine, "CstmrPmtStsRpt", "OrgnlGrpInfAndSts")
    ordre = _texte(groupe, "OrgnlMsgId")
    if groupe is None or not ordre:
        raise RetourIllisible("Le compte rendu ne dit pas à quel ordre il répond.")
    lots: dict[str, tuple[str, str | None]] = {}
    retours: list[Retour] = []
    for lot in _tous(_premier(racine, "CstmrPmtStsRpt"), "OrgnlPmtInfAndSts"):
        identifiant, statut = _texte(lot, "OrgnlPmtInfId"), _texte(lot, "PmtInfSts")
        if identifiant and statut and statut != "PART":
            lots[identifiant] = (statut, _motif(lot))
        retours.extend(_ligne(transaction) for transaction in _tous(lot, "TxInfAndSts"))
    return CompteRendu(
        message=_texte(_premier(racine, "CstmrPmtStsRpt", "GrpHdr"), "MsgId") or "",
        ordre=ordre,
        statut=_texte(groupe, "GrpSts"),
        motif=_motif(groupe),
        retours=retours,
        lots=lots,
    )


def _ligne(transaction: etree._Element) -> Retour:
    end_to_end, statut = _texte(transaction, "OrgnlEndToEndId"), _texte(transaction, "TxSts")
    if not end_to_end or not statut:
        raise RetourIllisible("Une ligne du compte rendu n’a pas d’identifiant ou d’état.")
    return Retour(end_to_end, statut, _motif(transaction))


def _motif(element: etree._Element) -> str | None:
    raison = _premier(element, "StsRsnInf")
    if raison is None:
        return None
    code = _texte(_premier(raison, "Rsn"), "Cd") or _texte(_premier(raison, "Rsn"), "Prtry")
    precision = _texte(raison, "AddtlInf")
    dit = MOTIFS.get(code or "", precision)
    return f"{code} : {dit}" if code and dit else code or precision


def _tous(element: etree._Element | None, nom: str) -> list[etree._Element]:
    if element is None:
        return []
    return [e for e in element if isinstance(e.tag, str) and local(e) == nom]


def _premier(element: etree._Element | None, *chemin: str) -> etree._Element | None:
    for nom in chemin:
        element = next(iter(_tous(element, nom)), None)
    return element


def _texte(element: etree._Element | None, nom: str) -> str | None:
    trouve = _premier(element, nom)
    return (trouve.text or "").strip() or None if trouve is not None else None


def fabriquer_retour(
    ordre: bytes,
    rejets: Mapping[str, str] | None = None,
    *,
    message: str,
    cree_le: datetime,
    version: str = "10",
    accepte: str = "ACSC",
) -> bytes:
    """The answer a bank would give to the pain.001 `ordre`, for the demo and tests.

    `rejets` maps EndToEndIds to reason codes; all the others get the status `accepte`.
    """
    rejets = rejets or {}
    origine = _premier(lire(ordre), "CstmrCdtTrfInitn")
    espace_retour = f"{RACINE_ESPACE}{version}"
    racine = etree.Element("Document", nsmap={None: espace_retour})
    corps = etree.SubElement(racine, "CstmrPmtStsRpt")
    entete = etree.SubElement(corps, "GrpHdr")
    _ecrire(entete, MsgId=message, CreDtTm=cree_le.isoformat(timespec="seconds"))
    groupe = etree.SubElement(corps, "OrgnlGrpInfAndSts")
    ordre_id = _texte(_premier(origine, "GrpHdr"), "MsgId") or ""
    statut = "PART" if rejets else accepte
    _ecrire(groupe, OrgnlMsgId=ordre_id, OrgnlMsgNmId="pain.001.001.09", GrpSts=statut)
    for lot in _tous(origine, "PmtInf"):
        reponse = etree.SubElement(corps, "OrgnlPmtInfAndSts")
        _ecrire(reponse, OrgnlPmtInfId=_texte(lot, "PmtInfId") or "", PmtInfSts=statut)
        for transfert in _tous(lot, "CdtTrfTxInf"):
            end_to_end = _texte(_premier(transfert, "PmtId"), "EndToEndId") or ""
            _repondre(reponse, end_to_end, rejets.get(end_to_end), accepte)
    return bytes(etree.tostring(racine, xml_declaration=True, encoding="UTF-8"))


def _repondre(lot: etree._Element, end_to_end: str, rejet: str | None, accepte: str) -> None:
    ligne = etree.SubElement(lot, "TxInfAndSts")
    _ecrire(ligne, OrgnlEndToEndId=end_to_end, TxSts="RJCT" if rejet else accepte)
    if rejet:
        raison = etree.SubElement(etree.SubElement(ligne, "StsRsnInf"), "Rsn")
        _ecrire(raison, Cd=rejet)


def _ecrire(parent: etree._Element, **textes: str) -> None:
    for nom, texte in textes.items():
        etree.SubElement(parent, nom).text = texte

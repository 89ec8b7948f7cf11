"""An order of SEPA credit transfers as pain.001.001.09, valid against its XSD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from lxml import etree
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from portal.infra.banque.textes import est_identifiant, latin
from portal.infra.money import CENTIME
from portal.infra.xmlsur import XmlRefuse, lire

ESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NOM_MAX = 70
LIBELLE_MAX = 140
MONTANT_MAX = Decimal("999999999.99")


class OrdreInvalide(ValueError):
    """The order can't be given to a bank; the message says why and never shows an IBAN."""


@dataclass(frozen=True)
class Adresse:
    """A structured postal address; a town and a country are the least a bank asks for."""

    ville: str
    pays: str = "FR"
    code_postal: str = ""
    voie: str = ""
    numero: str = ""


@dataclass(frozen=True)
class Partie:
    """Who pays or is paid. The BIC is found from the IBAN when it isn't given."""

    nom: str
    iban: str
    bic: str | None = None
    adresse: Adresse | None = None

    def __repr__(self) -> str:
        return f"Partie({self.nom!r})"


@dataclass(frozen=True)
class Virement:
    """One transfer. `identifiant` is the EndToEndId: ours, and given back by the bank."""

    identifiant: str
    beneficiaire: Partie
    montant: Decimal
    libelle: str


@dataclass(frozen=True)
class OrdreVirement:
    """One file: who orders, when it is to be carried out, the transfers."""

    identifiant: str
    cree_le: datetime
    executer_le: date
    debiteur: Partie
    virements: Sequence[Virement]


def bic(iban: str) -> str | None:
    """The bank's BIC as its IBAN tells it, None when the tables don't know."""
    try:
        return _compte_lu(iban)[1]
    except SchwiftyException:
        return None


@lru_cache(maxsize=1024)
def _compte_lu(iban: str) -> tuple[str, str | None]:
    """The IBAN without spaces and its BIC; raises when the IBAN is wrong."""
    lu = IBAN(iban)
    return lu.compact, str(lu.bic) if lu.bic else None


def virements(ordre: OrdreVirement) -> bytes:
    """The order as pain.001.001.09, checked against the XSD; raises `OrdreInvalide`."""
    _controler(ordre)
    racine = etree.Element(f"{{{ESPACE}}}Document", nsmap={None: ESPACE})
    corps = _sous(racine, "CstmrCdtTrfInitn")
    total = sum((v.montant for v in ordre.virements), Decimal(0))
    _entete(corps, ordre, total)
    lot = _lot(corps, ordre, total)
    for virement in ordre.virements:
        _transfert(lot, virement)
    fichier: bytes = etree.tostring(racine, xml_declaration=True, encoding="UTF-8")
    valider(fichier)
    return fichier


def valider(fichier: bytes) -> None:
    """Raise `OrdreInvalide` with the first mistakes unless the file follows its XSD."""
    try:
        racine = lire(fichier, taille_max=500_000_000)
    except XmlRefuse as erreur:
        raise OrdreInvalide(str(erreur)) from None
    schema = _schema()
    if not schema.validate(racine):
        fautes = "; ".join(f"ligne {e.line} : {e.type_name} {e.path}" for e in schema.error_log)
        raise OrdreInvalide(f"fichier non conforme à pain.001.001.09 ({fautes[:500]})")


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    chemin = resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(chemin.read_bytes()))


def _controler(ordre: OrdreVirement) -> None:
    if not ordre.virements:
        raise OrdreInvalide("un ordre comporte au moins un virement")
    if ordre.cree_le.tzinfo is None:
        raise OrdreInvalide("le moment de création doit porter son fuseau")
    _identifiant(ordre.identifiant)
    _partie_correcte(ordre.debiteur, "le débiteur")
    vus: set[str] = set()
    for virement in ordre.virements:
        _identifiant(virement.identifiant)
        if virement.identifiant in vus:
            raise OrdreInvalide(f"le virement {virement.identifiant} figure deux fois")
        vus.add(virement.identifiant)
        _partie_correcte(virement.beneficiaire, f"le virement {virement.identifiant}")
        if not _montant_possible(virement.montant):
            raise OrdreInvalide(f"le virement {virement.identifiant} a un montant impossible")


def _montant_possible(montant: Decimal) -> bool:
    return (
        montant.is_finite()
        and CENTIME <= montant <= MONTANT_MAX
        and montant == montant.quantize(CENTIME)
    )


def _identifiant(texte: str) -> None:
    if not est_identifiant(texte):
        raise OrdreInvalide(f"identifiant refusé par les banques : {texte!r}")


def _partie_correcte(partie: Partie, ou: str) -> None:
    if not latin(partie.nom, NOM_MAX):
        raise OrdreInvalide(f"{ou} n’a pas de nom")
    try:
        _compte_lu(partie.iban)
    except SchwiftyException:
        raise OrdreInvalide(f"{ou} a un IBAN incorrect") from None


def _sous(parent: etree._Element, nom: str, texte: str | None = None) -> etree._Element:
    enfant = etree.SubElement(parent, f"{{{ESPACE}}}{nom}")
    enfant.text = texte
    return enfant


def _entete(corps: etree._Element, ordre: OrdreVirement, total: Decimal) -> None:
    entete = _sous(corps, "GrpHdr")
    _sous(entete, "MsgId", ordre.identifiant)
    _sous(entete, "CreDtTm", ordre.cree_le.isoformat(timespec="seconds"))
    _sous(entete, "NbOfTxs", str(len(ordre.virements)))
    _sous(entete, "CtrlSum", f"{total:.2f}")
    _sous(_sous(entete, "InitgPty"), "Nm", latin(ordre.debiteur.nom, NOM_MAX))


def _lot(corps: etree._Element, ordre: OrdreVirement, total: Decimal) -> etree._Element:
    lot = _sous(corps, "PmtInf")
    _sous(lot, "PmtInfId", ordre.identifiant)
    _sous(lot, "PmtMtd", "TRF")
    _sous(lot, "BtchBookg", "true")
    _sous(lot, "NbOfTxs", str(len(ordre.virements)))
    _sous(lot, "CtrlSum", f"{total:.2f}")
    _sous(_sous(_sous(lot, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _sous(_sous(lot, "ReqdExctnDt"), "Dt", ordre.executer_le.isoformat())
    _partie(_sous(lot, "Dbtr"), ordre.debiteur)
    _compte(_sous(lot, "DbtrAcct"), ordre.debiteur)
    _banque(_sous(lot, "DbtrAgt"), ordre.debiteur)
    _sous(lot, "ChrgBr", "SLEV")
    return lot


def _transfert(lot: etree._Element, virement: Virement) -> None:
    transfert = _sous(lot, "CdtTrfTxInf")
    identifiants = _sous(transfert, "PmtId")
    _sous(identifiants, "InstrId", virement.identifiant)
    _sous(identifiants, "EndToEndId", virement.identifiant)
    montant = _sous(_sous(transfert, "Amt"), "InstdAmt", f"{virement.montant:.2f}")
    montant.set("Ccy", "EUR")
    if _bic_de(virement.beneficiaire):
        _banque(_sous(transfert, "CdtrAgt"), virement.beneficiaire)
    _partie(_sous(transfert, "Cdtr"), virement.beneficiaire)
    _compte(_sous(transfert, "CdtrAcct"), virement.beneficiaire)
    libelle = latin(virement.libelle, LIBELLE_MAX)
    if libelle:
        _sous(_sous(transfert, "RmtInf"), "Ustrd", libelle)


def _partie(element: etree._Element, partie: Partie) -> None:
    _sous(element, "Nm", latin(partie.nom, NOM_MAX))
    if partie.adresse is None:
        return
    adresse = _sous(element, "PstlAdr")
    champs = [
        ("StrtNm", partie.adresse.voie, 70),
        ("BldgNb", partie.adresse.numero, 16),
        ("PstCd", partie.adresse.code_postal, 16),
        ("TwnNm", partie.adresse.ville, 35),
        ("Ctry", partie.adresse.pays, 2),
    ]
    for nom, brut, longueur in champs:
        if texte := latin(brut, longueur):
            _sous(adresse, nom, texte)


def _compte(element: etree._Element, partie: Partie) -> None:
    _sous(_sous(element, "Id"), "IBAN", _compte_lu(partie.iban)[0])


def _bic_de(partie: Partie) -> str | None:
    return partie.bic or bic(partie.iban)


def _banque(element: etree._Element, partie: Partie) -> None:
    institution = _sous(element, "FinInstnId")
    if connu := _bic_de(partie):
        _sous(institution, "BICFI", connu)
    else:
        _sous(_sous(institution, "Othr"), "Id", "NOTPROVIDED")

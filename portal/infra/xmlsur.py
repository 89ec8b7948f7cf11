"""XML from outside, read without its dangers: no DTD, no entity, no network, no giant tree."""

from __future__ import annotations

from lxml import etree

TAILLE_MAX = 50_000_000


class XmlRefuse(ValueError):
    """Not well-formed XML, or XML with what we never accept; the message is for people."""


def lire(octets: bytes, *, taille_max: int = TAILLE_MAX) -> etree._Element:
    """The root element, or `XmlRefuse`."""
    if len(octets) > taille_max:
        raise XmlRefuse("Le fichier XML est trop volumineux.")
    lecteur = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        racine = etree.fromstring(octets, lecteur)
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefuse("Le fichier n’est pas un document XML correct.") from None
    if racine.getroottree().docinfo.doctype or racine.getroottree().docinfo.internalDTD is not None:
        raise XmlRefuse("Le fichier XML contient une déclaration DOCTYPE, ce qui n’est pas admis.")
    return racine


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def espace(element: etree._Element) -> str:
    """The element's namespace, empty when it has none."""
    return etree.QName(element).namespace or ""

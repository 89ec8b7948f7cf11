"""What a file really is, told from its content; what we don't take, and why, in plain words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from portal.infra import xmlsur
from portal.infra.archives import ArchiveRefusee, noms

# pypdf tells at length what it mends in a file; the file is other people's.
logging.getLogger("pypdf").setLevel(logging.ERROR)

DEBUT = 1024
XML_MAX = 20_000_000


class FichierRefuse(ValueError):
    """The file is not taken; the message tells people why and what to do."""


@dataclass(frozen=True)
class TypeFichier:
    """A kind of file: MIME type, extension, and its name in the messages."""

    mime: str
    extension: str
    nom: str


PDF = TypeFichier("application/pdf", "pdf", "PDF")
JPEG = TypeFichier("image/jpeg", "jpg", "JPEG")
PNG = TypeFichier("image/png", "png", "PNG")
XML = TypeFichier("application/xml", "xml", "XML")
XLSX = TypeFichier(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel"
)
TYPES: dict[str, TypeFichier] = {t.extension: t for t in (PDF, JPEG, PNG, XML, XLSX)}

# Scanners (antivirus, say): each is given the file before it is kept and raises `FichierRefuse`.
# One that fails in any other way refuses the file too: nothing goes in unexamined.
ANALYSEURS: list[Callable[[Path, TypeFichier], Awaitable[None]]] = []


def reconnaitre(chemin: Path, nom: str) -> TypeFichier:
    """Tell the kind and check that the file holds together; blocking, to be run in a thread."""
    with chemin.open("rb") as flux:
        debut = flux.read(DEBUT)
    if not debut:
        raise FichierRefuse("Le fichier est vide.")
    if debut.startswith(b"%PDF-"):
        return _pdf(chemin)
    if debut.startswith(b"\xff\xd8\xff"):
        return _image(chemin, JPEG, b"\xff\xd9")
    if debut.startswith(b"\x89PNG\r\n\x1a\n") and debut[12:16] == b"IHDR":
        return _image(chemin, PNG, b"IEND")
    if debut.startswith(b"PK\x03\x04"):
        return _xlsx(chemin)
    if debut.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml"):
        return _xml(chemin)
    extension = nom.rpartition(".")[2].lower()
    if extension in TYPES:
        annonce = TYPES[extension].nom
        raise FichierRefuse(
            f"Ce fichier se nomme «\u00a0.{extension}\u00a0» mais n’est pas un {annonce}."
            " Ouvrez-le pour vérifier son contenu, puis enregistrez-le de nouveau."
        )
    raise FichierRefuse("Ce type de fichier n’est pas accepté\u00a0: choisissez un fichier PDF,"
                        " JPEG, PNG, XML ou Excel (.xlsx).")  # fmt: skip


def _pdf(chemin: Path) -> TypeFichier:
    try:
        with PdfReader(chemin) as lecteur:
            chiffre = lecteur.is_encrypted
            pages = 0 if chiffre else len(lecteur.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        raise FichierRefuse(
            "Ce fichier n’est pas un PDF lisible\u00a0: il est incomplet ou abîmé."
            " Enregistrez-le de nouveau, puis recommencez."
        ) from None
    if chiffre:
        raise FichierRefuse(
            "Ce PDF est protégé par un mot de passe ou des restrictions."
            " Enregistrez-en une copie sans protection, puis recommencez."
        )
    if pages == 0:
        raise FichierRefuse("Ce PDF ne contient aucune page.")
    return PDF


def _image(chemin: Path, type_: TypeFichier, fin: bytes) -> TypeFichier:
    """An image cut short has lost its end mark (some cameras write a little after it)."""
    with chemin.open("rb") as flux:
        flux.seek(0, 2)
        flux.seek(max(0, flux.tell() - 64_000))
        if fin not in flux.read():
            raise FichierRefuse(f"Cette image {type_.nom} est incomplète ou abîmée.")
    return type_


def _xlsx(chemin: Path) -> TypeFichier:
    try:
        with chemin.open("rb") as flux:
            entrees = noms(flux)
    except ArchiveRefusee as erreur:
        raise FichierRefuse(str(erreur)) from None
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= entrees:
        raise FichierRefuse(
            "Ce type de fichier n’est pas accepté\u00a0: une archive ou un document bureautique"
            " est à enregistrer au format PDF."
        )
    if "xl/vbaProject.bin" in entrees:
        raise FichierRefuse(
            "Ce classeur Excel contient des macros\u00a0: enregistrez-le au format .xlsx."
        )
    return XLSX


def _xml(chemin: Path) -> TypeFichier:
    if chemin.stat().st_size > XML_MAX:
        raise FichierRefuse("Ce fichier XML est trop volumineux.")
    try:
        racine = xmlsur.lire(chemin.read_bytes())
    except xmlsur.XmlRefuse as erreur:
        raise FichierRefuse(str(erreur)) from None
    if xmlsur.local(racine).lower() in ("svg", "html") or "w3.org" in xmlsur.espace(racine):
        raise FichierRefuse("Ce type de fichier XML (page ou dessin) n’est pas accepté.")
    return XML


async def analyser(chemin: Path, type_: TypeFichier) -> None:
    """Have every scanner look at the file; a scanner that fails refuses it."""
    for analyseur in ANALYSEURS:
        try:
            await analyseur(chemin, type_)
        except FichierRefuse:
            raise
        except Exception:
            logging.getLogger(__name__).exception("a file scanner failed")
            raise FichierRefuse(
                "L’analyse du fichier est indisponible pour le moment\u00a0;"
                " recommencez dans quelques minutes."
            ) from None

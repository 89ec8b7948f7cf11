"""A file name that is safe to show and to offer for download."""

from __future__ import annotations

import re
import unicodedata

LONGUEUR_MAX = 150
SANS_NOM = "document"

_RESERVES = re.compile(r'[<>:"|?*\\/]')


def nom_sur(brut: str, extension: str) -> str:
    """The last part of the name, without control or direction signs, ending in `.extension`.

    The extension is the one of the recognised content: « facture.pdf.exe » that holds a PDF
    becomes « facture.pdf.exe.pdf ».
    """
    nom = unicodedata.normalize("NFC", brut).replace("\\", "/").rpartition("/")[2]
    nom = "".join(c for c in nom if unicodedata.category(c)[0] != "C")
    nom = " ".join(_RESERVES.sub("_", nom).split()).strip(" .")
    tronc, point, fin = nom.rpartition(".")
    if point and _meme_extension(fin, extension):
        nom = tronc.strip(" .")
    nom = nom[: LONGUEUR_MAX - len(extension) - 1].strip(" .") or SANS_NOM
    return f"{nom}.{extension}"


def _meme_extension(fin: str, extension: str) -> bool:
    return fin.lower() == extension or (fin.lower(), extension) == ("jpeg", "jpg")

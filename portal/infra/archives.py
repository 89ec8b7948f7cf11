"""Zip archives from outside (XLSX is one): measured before anything is unpacked."""

from __future__ import annotations

import zipfile
from typing import IO

ENTREES_MAX = 2_000
TAILLE_MAX = 300_000_000
RAPPORT_MAX = 200


class ArchiveRefusee(ValueError):
    """Not a zip archive, or one that would unpack beyond measure; the message is for people."""


def noms(flux: IO[bytes], *, taille_max: int = TAILLE_MAX) -> set[str]:
    """Names of the entries of an archive that is safe to unpack, or `ArchiveRefusee`."""
    try:
        with zipfile.ZipFile(flux) as archive:
            entrees = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ArchiveRefusee("Le fichier est abîmé ou n’est pas du type annoncé.") from None
    if len(entrees) > ENTREES_MAX or sum(e.file_size for e in entrees) > taille_max:
        raise ArchiveRefusee("Le fichier, une fois décompressé, est trop volumineux.")
    for entree in entrees:
        if entree.flag_bits & 0x1:
            raise ArchiveRefusee("Le fichier est protégé par un mot de passe.")
        if entree.file_size > 1_000_000 and entree.file_size > RAPPORT_MAX * entree.compress_size:
            raise ArchiveRefusee("Le fichier, une fois décompressé, est trop volumineux.")
    return {entree.filename for entree in entrees}

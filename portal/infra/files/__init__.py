"""Documents: taken in as a stream, told from their content, kept under a random key.

Order of things: bytes go to a temporary file while the limit is enforced, the content is
recognised and examined, scanners have their say, and only then the file is put in the store. A
row in the database comes after: a crash leaves at worst a file that nobody knows.
"""

from portal.infra.files.examen import ANALYSEURS, TYPES, FichierRefuse
from portal.infra.files.magasin import FichierAbsent, balayer, cles, lire, octets, supprimer
from portal.infra.files.noms import nom_sur
from portal.infra.files.rangement import Fichier, ranger

__all__ = [
    "ANALYSEURS",
    "TYPES",
    "Fichier",
    "FichierAbsent",
    "FichierRefuse",
    "balayer",
    "cles",
    "lire",
    "nom_sur",
    "octets",
    "ranger",
    "supprimer",
]

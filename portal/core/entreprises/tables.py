"""The local copy of the register. Retention: reference data, as long as the register has it."""

from piccolo.columns import (
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.table import Table


class Entreprise(Table, tablename="entreprise"):
    """A legal unit (SIREN), and what the OPCO knows of it."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    siren = Text(null=False, unique=True)
    denomination = Text(null=False)
    cle_tri = Text(null=False, help_text="Folded denomination.")
    recherche = Text(null=False, help_text="Folded denomination, sign, postcode and town.")
    naf = Text(null=True)
    idcc = Text(null=True)
    effectif = Integer(null=False, default=0)
    est_adherent = Boolean(null=False, default=False)
    est_prestataire = Boolean(null=False, default=False)
    attributs = Array(base_column=Text(), null=False)
    siege = Text(null=True, help_text="SIRET of the head office.")
    nda = Text(null=True)
    fermee_le = Date(null=True)
    maj_le = Timestamptz(null=False)


class Etablissement(Table, tablename="etablissement"):
    """An establishment (SIRET), with the register's address."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    siret = Text(null=False, unique=True)
    siren = Text(null=False, index=True)
    enseigne = Text(null=False, default="")
    adresse_ligne1 = Text(null=False, default="")
    adresse_ligne2 = Text(null=False, default="")
    code_postal = Text(null=False, default="")
    commune = Text(null=False, default="")
    departement = Text(null=False, default="")
    region = Text(null=False, default="")
    ferme_le = Date(null=True)
    successeur = Text(null=True, help_text="SIRET that took over.")


class Conseiller(Table, tablename="conseiller"):
    """Somebody of the OPCO who advises companies."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    nom = Text(null=False)
    telephone = Text(null=False)
    courriel = Text(null=False)
    compte = BigInt(null=True)


class ConseillerEntreprise(Table, tablename="conseiller_entreprise"):
    """Which company has its own conseiller."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    siren = Text(null=False, unique=True)
    conseiller = BigInt(null=False)

"""The local copy of the register. Retention: reference data, as long as the register has it."""

from piccolo.columns import (
    JSONB,
    UUID,
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
    tranche = Text(null=True, help_text="INSEE code of the staff band.")
    categorie = Text(null=True, help_text="PME, ETI, GE.")
    a_verifier = Boolean(null=False, default=False, help_text="Typed by hand, not in the register.")


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
    naf = Text(null=True)
    tranche = Text(null=True, help_text="INSEE code of the staff band.")
    a_verifier = Boolean(null=False, default=False, help_text="Typed by hand, not in the register.")


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


class Succession(Table, tablename="succession"):
    """A link of the register from a SIRET to the one that took over."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    predecesseur = Text(null=False)
    successeur = Text(null=False, index=True)
    effet = Date(null=False)
    transfert_siege = Boolean(null=False)
    continuite = Boolean(null=False)
    etat = Text(null=False)
    lue_le = Timestamptz(null=False)


class EntrepriseSaisie(Table, tablename="entreprise_saisie"):
    """A company typed by hand because no lookup found it, and what the register said of it later."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    siren = Text(null=False, index=True)
    siret = Text(null=False)
    saisi = JSONB(null=False)
    par = BigInt(null=True)
    cause = Text(null=False)
    saisie_le = Timestamptz(null=False)
    saisie_jour = Date(null=False)
    etat = Text(null=False)
    registre = JSONB(null=True)
    ecarts = Array(base_column=Text(), null=False)
    verifiee_le = Timestamptz(null=True)
    classee_par = BigInt(null=True)


class ImportRegistre(Table, tablename="import_registre"):
    """One reading of a register's file: when, and what it changed."""

    RETENTION = "technique"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    nom = Text(null=False)
    fichier = Text(null=False)
    debut = Timestamptz(null=False)
    fin = Timestamptz(null=True)
    lignes = BigInt(null=False, default=0)
    ajouts = BigInt(null=False, default=0)
    modifications = BigInt(null=False, default=0)
    rejets = BigInt(null=False, default=0)

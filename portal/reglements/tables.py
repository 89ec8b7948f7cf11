"""Tables of accounts, runs and payments. IBANs are in the safe; amounts are integer cents."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.table import Table


class Rib(Table, tablename="rib"):
    """The account that a company is paid on; former ones stay."""

    RETENTION = "comptable"  # ten years

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    siren = Text(null=False)
    profil = Text(null=False)
    iban_secret = BigInt(null=False)
    titulaire = Text(null=False)
    etat = Text(null=False)
    saisi_par = BigInt(null=False)
    saisi_le = Timestamptz(null=False)
    saisi_jour = Date(null=False)
    remplace_le = Timestamptz(null=True)


class LotPaiement(Table, tablename="lot_paiement"):
    """A payment run: one target, one debtor account, one file."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    numero = Text(null=False, unique=True)
    cible = Text(null=False)
    jour = Date(null=False, help_text="When the bank is to carry it out.")
    etat = Text(null=False)
    nombre = Integer(null=False)
    total_centimes = BigInt(null=False)
    prepare_par = BigInt(null=False)
    prepare_le = Timestamptz(null=False)
    valide_par = BigInt(null=True)
    valide_le = Timestamptz(null=True)
    transmis_le = Timestamptz(null=True)
    fichier_le = Timestamptz(null=True, help_text="The file's own moment of creation.")
    fichier = Bytea(null=True, help_text="The file, encrypted.")


class Paiement(Table, tablename="paiement"):
    """One transfer; `reference` is its EndToEndId."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    lot = BigInt(null=False)
    reference = Text(null=False, unique=True)
    cause = Text(null=False, help_text="Why it is paid: 'facture'.")
    beneficiaire_siren = Text(null=False)
    beneficiaire_profil = Text(null=False)
    nom = Text(null=False)
    iban_secret = BigInt(null=False)
    montant_centimes = BigInt(null=False)
    libelle = Text(null=False)
    etat = Text(null=False)
    motif = Text(null=False)
    fini_jour = Date(null=True)
    fini_le = Timestamptz(null=True)


class PaiementFacture(Table, tablename="paiement_facture"):
    """Which invoices a transfer pays. An invoice has one living payment at most."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    paiement = BigInt(null=False)
    facture = BigInt(null=False)
    montant_centimes = BigInt(null=False)
    vivant = Boolean(null=False)


class RetourBanque(Table, tablename="retour_banque"):
    """A status report of the bank that was read, and what it changed."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    lot = BigInt(null=False)
    message = Text(null=False)
    empreinte = Text(null=False)
    resultat = JSONB(null=False)
    lu_par = BigInt(null=False)
    lu_le = Timestamptz(null=False)

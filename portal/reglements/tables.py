"""Tables of payments. Amounts are integer cents; `jour` columns are business dates (Paris)."""

from piccolo.columns import UUID, BigInt, BigSerial, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table


class LotPaiement(Table, tablename="lot_paiement"):
    """A payment run to one target's account. `contenu` is the bank file, encrypted, kept from the
    moment that orders its payments. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    numero = Text(unique=True)
    cible = Text()
    etat = Text()
    jour = Date()
    nombre = Integer()
    total_centimes = BigInt()
    prepare_par = BigInt()
    prepare_le = Timestamptz()
    valide_par = BigInt(null=True)
    valide_le = Timestamptz(null=True)
    transmis_par = BigInt(null=True)
    transmis_le = Timestamptz(null=True)
    fin_par = BigInt(null=True)
    fin_le = Timestamptz(null=True)
    contenu = Bytea(null=True)
    empreinte = Text(null=True)


class Paiement(Table, tablename="paiement"):
    """One transfer; `reference` is its EndToEndId. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    lot = BigInt()
    reference = Text(unique=True)
    beneficiaire_siren = Text()
    nom = Text()
    iban_secret = BigInt()
    montant_centimes = BigInt()
    libelle = Text()
    etat = Text()
    motif = Text()
    regle_le = Timestamptz(null=True)
    jour = Date(null=True)


class PaiementFacture(Table, tablename="paiement_facture"):
    """Which invoices a transfer pays. While `vivant`, no other transfer can."""

    id = BigSerial(primary_key=True)
    paiement = BigInt()
    facture = BigInt()
    montant_centimes = BigInt()
    vivant = Boolean()


class RetourBanque(Table, tablename="retour_banque"):
    """A report of the bank, as it was read. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    lot = BigInt()
    message = Text()
    empreinte = Text()
    executes = Integer()
    rejetes = Integer()
    inchanges = Integer()
    lu_par = BigInt()
    lu_le = Timestamptz()

"""What came from former portals and has no place elsewhere, and the trace of every row."""

from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    Text,
    Timestamptz,
)
from piccolo.table import Table


class RegleReprise(Table, tablename="regle_reprise"):
    """What comes in from a source: dated, with whence it is known."""

    RETENTION = "referentiel"

    id = BigSerial(primary_key=True)
    source = Text(null=False)
    libelle = Text(null=False)
    alias = Array(Text(), null=False, help_text="Folded words that name it in files.")
    engages = Boolean(null=False, help_text="Only dossiers that were committed.")
    clos_apres = Date(null=True, help_text="Closed ones: moved after this day.")
    acces_valides = Boolean(null=False, help_text="Its rights are active at once.")
    reference = Text(null=False)
    du = Date(null=False)


class RepriseLigne(Table, tablename="reprise_ligne"):
    """A row that was taken over: whence, under which key, with what digest, what it became."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    source = Text(null=False)
    genre = Text(null=False)
    cle = Text(null=False)
    empreinte = Bytea(null=False)
    devenu = Text(null=False)
    devenu_id = BigInt(null=True)
    repris_le = Timestamptz(null=False)


class UtilisateurRepris(Table, tablename="utilisateur_repris"):
    """A former user, known by e-mail; nothing else of hers comes over, her password least."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    source = Text(null=False)
    email = Text(null=False)
    nom = Text(null=False)
    prenom = Text(null=False)
    repris_le = Timestamptz(null=False)


class FactureReprise(Table, tablename="facture_reprise"):
    """An invoice's share for one dossier, as the former portal held it."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    source = Text(null=False)
    dossier = BigInt(null=False)
    emetteur_siren = Text(null=False)
    numero = Text(null=False)
    date_facture = Date(null=False)
    montant_centimes = BigInt(null=False)
    etat = Text(null=False)
    repris_le = Timestamptz(null=False)


class ReglementRepris(Table, tablename="reglement_repris"):
    """What a transfer of the former portal paid of one invoice."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    facture = BigInt(null=False)
    reference = Text(null=False)
    jour = Date(null=False)
    montant_centimes = BigInt(null=False)
    repris_le = Timestamptz(null=False)


class RibRepris(Table, tablename="rib_repris"):
    """An account known to the former portal: to be read. Never paid on until somebody registers it."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    source = Text(null=False)
    siren = Text(null=False)
    profil = Text(null=False)
    iban_secret = BigInt(null=False)
    titulaire = Text(null=False)
    depose_le = Date(null=True)
    repris_le = Timestamptz(null=False)

"""Tables of requests, proformas and invoices. Amounts are integer cents."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.table import Table


class Demande(Table, tablename="demande"):
    """A request for reimbursement (DR) inside a granted dossier."""

    RETENTION = "comptable"  # ten years; drafts end with their dossier

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    numero = Text(null=True, unique=True)
    dossier = BigInt(null=False)
    etat = Text(null=False)
    emetteur_siren = Text(null=False)
    emetteur_siret = Text(null=False)
    emetteur_profil = Text(null=False)
    lignes = JSONB(null=False)
    montant_centimes = BigInt(null=False)
    derniere = Boolean(null=False)
    version = Integer(null=False)
    cree_par = BigInt(null=False)
    cree_le = Timestamptz(null=False)
    transmise_le = Timestamptz(null=True)
    transmise_jour = Date(null=True)
    decidee_par = BigInt(null=True)
    decidee_le = Timestamptz(null=True)
    motif = Text(null=False)


class DemandeDocument(Table, tablename="demande_document"):
    """Evidence of a request: documents of its dossier."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    demande = BigInt(null=False)
    document = BigInt(null=False)


class Proforma(Table, tablename="proforma"):
    """A model for the issuer's own invoice, without legal or accounting value."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    numero = Text(null=False, unique=True)
    siren = Text(null=False)
    emetteur_siren = Text(null=False)
    emetteur_profil = Text(null=False)
    cible = Text(null=False)
    dispositif = Text(null=False)
    public = Text(null=False)
    total_centimes = BigInt(null=False)
    fichier = Text(null=False)
    empreinte = Text(null=False)
    jour = Date(null=False)
    cree_par = BigInt(null=False)
    cree_le = Timestamptz(null=False)


class ProformaLigne(Table, tablename="proforma_ligne"):
    """A request's share of a proforma, in the words of its day."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    proforma = BigInt(null=False)
    demande = BigInt(null=False)
    dossier = BigInt(null=False)
    libelle = Text(null=False)
    montant_centimes = BigInt(null=False)


class Facture(Table, tablename="facture"):
    """An invoice issued and deposited by its issuer; `numero` is the issuer's."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    numero = Text(null=False)
    cle_numero = Text(null=False)
    emetteur_siren = Text(null=False)
    emetteur_profil = Text(null=False)
    emetteur_nom = Text(null=False)
    cible = Text(null=False)
    dispositif = Text(null=False)
    public = Text(null=False)
    date_facture = Date(null=False)
    assujetti = Boolean(null=False)
    ht_centimes = BigInt(null=False)
    tva_centimes = BigInt(null=False)
    ttc_centimes = BigInt(null=False)
    iban_secret = BigInt(null=False)
    compte_a_confirmer = Boolean(null=False)
    etat = Text(null=False)
    a_verifier = JSONB(null=False, help_text="Points that a person has to look at.")
    motifs = JSONB(null=False, help_text="Why it was refused or rejected: point, attendu.")
    fichier = Text(null=False)
    fichier_nom = Text(null=False)
    fichier_taille = BigInt(null=False)
    empreinte = Text(null=False)
    proforma = BigInt(null=True)
    remplace = BigInt(null=True)
    recherche = Text(null=False)
    version = Integer(null=False)
    deposee_par = BigInt(null=False)
    deposee_le = Timestamptz(null=False)
    deposee_jour = Date(null=False)
    decidee_par = BigInt(null=True)
    decidee_le = Timestamptz(null=True)
    payee_jour = Date(null=True)


class FactureLigne(Table, tablename="facture_ligne"):
    """An invoice's share for one request of one dossier."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    facture = BigInt(null=False)
    dossier = BigInt(null=False)
    demande = BigInt(null=False)
    montant_centimes = BigInt(null=False)


class FactureEvenement(Table, tablename="facture_evenement"):
    """What happened to an invoice. Append-only."""

    RETENTION = "comptable"

    id = BigSerial(primary_key=True)
    facture = BigInt(null=False)
    genre = Text(null=False)
    texte = Text(null=False)
    acteur = Text(null=False)
    jour = Date(null=False)
    instant = Timestamptz(null=False)


class DepotEnCours(Table, tablename="depot_en_cours"):
    """A file that waits for the rest of its form to be right."""

    RETENTION = "technique"  # one day

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = BigInt(null=False)
    cle_fichier = Text(null=False)
    nom = Text(null=False)
    taille = BigInt(null=False)
    sha256 = Text(null=False)
    cree_le = Timestamptz(null=False)

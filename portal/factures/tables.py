"""Tables of invoicing. Amounts are integer cents; `jour` columns are business dates (Paris)."""

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


class SerieNumeros(Table, tablename="serie_numeros"):
    """Last number of our own series (PF, DR, RG) by year. Retention: none."""

    id = BigSerial(primary_key=True)
    serie = Text()
    annee = Integer()
    dernier = Integer()


class Rib(Table, tablename="rib"):
    """Bank details of a company; one is live, former ones stay. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    siren = Text()
    iban_secret = BigInt()
    titulaire = Text()
    etat = Text()
    pose_par = BigInt()
    pose_le = Timestamptz()
    remplace_le = Timestamptz(null=True)


class Demande(Table, tablename="demande"):
    """A request for reimbursement (DR) inside a dossier. Retention: as the dossier."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    numero = Text(null=True, unique=True)
    dossier = BigInt()
    etat = Text()
    emetteur_siren = Text()
    emetteur_profil = Text()
    saisie = JSONB()
    lignes = JSONB()
    montant_centimes = BigInt()
    derniere = Boolean()
    commentaire = Text()
    motif = Text()
    creee_par = BigInt()
    creee_le = Timestamptz()
    transmise_par = BigInt(null=True)
    transmise_le = Timestamptz(null=True)
    transmise_jour = Date(null=True)
    decidee_par = BigInt(null=True)
    decidee_le = Timestamptz(null=True)


class Proforma(Table, tablename="proforma"):
    """A model of invoice without legal value, in a series of its own. Retention: 2 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    numero = Text(unique=True)
    emetteur_siren = Text()
    emetteur_profil = Text()
    cible = Text()
    dispositif = Text()
    public = Text()
    total_centimes = BigInt()
    fichier = Text()
    empreinte = Text()
    cree_par = BigInt()
    cree_le = Timestamptz()
    jour = Date()


class ProformaLigne(Table, tablename="proforma_ligne"):
    """One request for reimbursement on a proforma."""

    id = BigSerial(primary_key=True)
    proforma = BigInt()
    demande = BigInt()
    dossier = BigInt()
    montant_centimes = BigInt()


class Facture(Table, tablename="facture"):
    """An invoice of somebody else, deposited here. Retention: comptable, 10 ans."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    numero = Text()
    emetteur_siren = Text()
    emetteur_profil = Text()
    emetteur_nom = Text()
    cible = Text()
    date_facture = Date()
    ht_centimes = BigInt()
    tva_centimes = BigInt()
    ttc_centimes = BigInt()
    assujetti = Boolean()
    iban_secret = BigInt()
    etat = Text()
    motifs = JSONB()
    controles = JSONB()
    fichier = Text()
    nom_fichier = Text()
    taille = BigInt()
    empreinte = Text()
    proforma = BigInt(null=True)
    deposee_par = BigInt()
    deposee_le = Timestamptz()
    jour = Date()
    recherche = Text()


class FactureLigne(Table, tablename="facture_ligne"):
    """What an invoice bills of one request for reimbursement."""

    id = BigSerial(primary_key=True)
    facture = BigInt()
    dossier = BigInt()
    demande = BigInt()
    montant_centimes = BigInt()


class FactureEvenement(Table, tablename="facture_evenement"):
    """What happened to an invoice, when, by whom. Append-only. Retention: as the invoice."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    facture = BigInt()
    genre = Text()
    acteur_id = BigInt(null=True)
    acteur = Text()
    instant = Timestamptz()
    jour = Date()
    texte = Text()
    objet_url = Text(null=True)

"""Tables of the engine. Amounts are integer cents; `jour` columns are business dates (Paris)."""

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


class Dossier(Table, tablename="dossier"):
    """Retention: dossier, 5 ans après la fin (brouillons et refusés : 2 ans)."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    numero = Text(null=True, unique=True)
    dispositif = Text()
    siren = Text()
    siret = Text()
    profil = Text()
    idcc = Text()
    region = Text()
    departement = Text()
    etat = Text()
    version = Integer()
    donnees = JSONB()
    intitule = Text()
    debut = Date(null=True)
    fin = Date(null=True)
    nb_personnes = Integer()
    personnes = Text()
    organisme_siret = Text(null=True)
    organisme_nom = Text()
    paye_organisme = Boolean()
    cible = Text()
    public = Text()
    demande_centimes = BigInt()
    accorde_centimes = BigInt(null=True)
    parametres = JSONB(null=True)
    cree_par = BigInt(null=True, help_text="None: it came from a former portal.")
    cree_le = Timestamptz()
    modifie_le = Timestamptz()
    transmis_le = Timestamptz(null=True)
    transmis_jour = Date(null=True)
    decide_le = Timestamptz(null=True)
    gestionnaire = BigInt(null=True)
    recherche = Text()
    versions = JSONB(help_text="Changes counted by step (saisie.concurrence).")
    origine = Text(null=True, help_text="The former portal that it came from.")
    repris_le = Timestamptz(null=True)


class DossierEvenement(Table, tablename="dossier_evenement"):
    """Retention: as the dossier. Append-only."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier = BigInt()
    genre = Text()
    de = Text(null=True)
    vers = Text(null=True)
    acteur_id = BigInt(null=True)
    acteur = Text()
    instant = Timestamptz()
    jour = Date()
    texte = Text()
    details = JSONB()


class Document(Table, tablename="document"):
    """Retention: as the dossier. A replaced version stays."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier = BigInt()
    piece = Text()
    nom = Text()
    type_mime = Text()
    taille = BigInt()
    sha256 = Text()
    cle_fichier = Text()
    remplace = BigInt(null=True)
    courant = Boolean()
    depose_par = BigInt()
    depose_le = Timestamptz()


class Complement(Table, tablename="complement"):
    """A request for more. Retention: as the dossier."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier = BigInt()
    message = Text()
    pieces = Array(Text())
    champs = Array(Text())
    echeance = Date()
    demande_par = BigInt()
    demande_le = Timestamptz()
    repondu_le = Timestamptz(null=True)


class Decision(Table, tablename="decision"):
    """An agreement or a refusal, signed. Retention: as the dossier."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier = BigInt()
    sens = Text()
    lignes = JSONB()
    motif_code = Text(null=True)
    texte = Text()
    par = BigInt()
    le = Timestamptz()


class Lettre(Table, tablename="lettre"):
    """A paper produced for a dossier; `fichier` is null until the job has made it.

    Retention: as the dossier.
    """

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    dossier = BigInt()
    genre = Text()
    cause = BigInt(null=True)
    fichier = Text(null=True)
    cree_le = Timestamptz()
    jour = Date(null=True)


class Numerotation(Table, tablename="numerotation"):
    """Next number by year and prefix. Retention: none."""

    id = BigSerial(primary_key=True)
    annee = Integer()
    prefixe = Text()
    dernier = Integer()


class Export(Table, tablename="export"):
    """A spreadsheet asked for. Retention: 24 heures."""

    id = BigSerial(primary_key=True)
    uid = UUID(unique=True)
    compte = BigInt()
    etat = Text()
    progression = Integer()
    fichier = Text(null=True)
    filtres = JSONB()
    portee = Text(help_text="Mark of the rights it was made with.")
    cree_le = Timestamptz()
    expire_le = Timestamptz()

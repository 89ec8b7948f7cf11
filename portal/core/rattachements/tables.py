"""Who may act for which company, and how the first administrator is let in."""

from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Rattachement(Table, tablename="rattachement"):
    """A person attached, or asking to be, to a company (or one establishment) under a profile."""

    RETENTION = "acces"  # five years after its end

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = BigInt(null=False)
    siren = Text(null=False)
    siret = Text(null=True, help_text="None: all establishments.")
    profil = Text(null=False)
    etat = Text(null=False)
    administrateur = Boolean(null=False, default=False)
    modele = Text(null=True, help_text="Template of rights that was given.")
    message = Text(null=False, default="")
    demande_le = Timestamptz(null=False)
    demande_jour = Date(null=False)
    decide_le = Timestamptz(null=True)
    decide_par = BigInt(null=True)
    motif = Text(null=False, default="")
    relance_le = Date(null=True, help_text="When the administrators were reminded.")
    recours_le = Date(null=True, help_text="When the asker was offered another way.")


class Habilitation(Table, tablename="habilitation"):
    """One right of a rattachement, perhaps bounded to an establishment or a dispositif."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    rattachement = ForeignKey(Rattachement, null=False, on_delete=OnDelete.cascade)
    siret = Text(null=True)
    dispositif = Text(null=True)
    droit = Text(null=False)


class CodeActivation(Table, tablename="code_activation"):
    """A code that was printed; only its keyed hash is known here."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    siren = Text(null=False)
    profil = Text(null=False)
    empreinte = Bytea(null=False)
    emis_le = Timestamptz(null=False)
    valable_du = Date(null=False)
    valable_jusqu = Date(null=False)
    etat = Text(null=False)
    fin_le = Timestamptz(null=True)


class EssaiCode(Table, tablename="essai_code"):
    """A try at a code: how many there were decides how fast the next one may come."""

    RETENTION = "technique"  # seven days

    id = BigSerial(primary_key=True)
    compte = BigInt(null=False)
    siren = Text(null=False)
    profil = Text(null=False)
    instant = Timestamptz(null=False)
    issue = Text(null=False)


class LotCourriers(Table, tablename="lot_courriers"):
    """A print batch: files that were handed to the printer."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    numero = Text(null=False, unique=True)
    produit_le = Timestamptz(null=False)
    poste_le = Date(null=False)
    dossier = Text(null=False)
    nombre = Integer(null=False)
    empreinte = Text(null=False, help_text="SHA-256 of the manifest.")


class Courrier(Table, tablename="courrier"):
    """A letter to a company's head office, waiting for a batch or in one."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    genre = Text(null=False)
    siren = Text(null=False)
    profil = Text(null=False)
    etat = Text(null=False)
    motif = Text(null=False)
    raison = Text(null=False, default="", help_text="Why the staff asked for it.")
    demande_par = BigInt(null=True)
    lot = ForeignKey(LotCourriers, null=True, on_delete=OnDelete.restrict)
    cree_le = Timestamptz(null=False)


class AdministrateurAnnonce(Table, tablename="administrateur_annonce"):
    """An administrator named to a conseiller: active as soon as the account exists."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    siren = Text(null=False)
    profil = Text(null=False)
    email = Text(null=False)
    nom = Text(null=False)
    prenom = Text(null=False)
    annonce_le = Timestamptz(null=False)
    annonce_par = BigInt(null=True)
    active_le = Timestamptz(null=True)
    retire_le = Timestamptz(null=True)


class AccesRepris(Table, tablename="acces_repris"):
    """What a person could do in a company for a former portal, until she has an account."""

    RETENTION = "acces"

    id = BigSerial(primary_key=True)
    source = Text(null=False)
    email = Text(null=False)
    siren = Text(null=False)
    siret = Text(null=True)
    profil = Text(null=False)
    dispositif = Text(null=True)
    droits = Array(Text(), null=False)
    valide = Boolean(null=False, help_text="Active at once.")
    tiers = Boolean(null=False, help_text="Of another company: it answers.")
    administrateur = Boolean(
        null=False, default=False, help_text="Administered, not validated: asks."
    )
    motif = Text(null=False, default="", help_text="Why it could not be asked for.")
    repris_le = Timestamptz(null=False)
    applique_le = Timestamptz(null=True)
    suite = Text(null=True)

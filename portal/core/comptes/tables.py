"""Accounts and what surrounds them."""

from piccolo.columns import (
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)  # fmt: skip
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Compte(Table, tablename="compte"):
    """A person who can sign in."""

    RETENTION = "compte"  # three years after the last sign-in

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    email = Text(null=False, unique=True)
    mot_de_passe = Text(null=False, secret=True, help_text="argon2id, with its parameters.")
    civilite = Text(null=False)
    nom = Text(null=False)
    prenom = Text(null=False)
    telephone = Text(null=True)
    actif = Boolean(null=False, default=True)
    courriels = Text(null=False, default="immediat")
    secteur = Text(null=True, help_text="IDCC of the branch that she works for, if she said so.")
    region = Text(null=True)
    cree_le = Timestamptz(null=False)


class RoleInterne(Table, tablename="role_interne"):
    """A role of the OPCO's staff; without a branch or a region it holds for all."""

    RETENTION = "compte"

    id = BigSerial(primary_key=True)
    compte = ForeignKey(Compte, null=False, on_delete=OnDelete.cascade)
    role = Text(null=False)
    idcc = Text(null=True)
    region = Text(null=True)


class Session(Table, tablename="session"):
    """A signed-in browser. Only the hash of its token is kept."""

    RETENTION = "technique"  # thirty days after its end

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    jeton = Bytea(null=False, unique=True)
    compte = ForeignKey(Compte, null=False, on_delete=OnDelete.cascade)
    creee_le = Timestamptz(null=False)
    vue_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)
    appareil = Text(null=False)
    ip = Text(null=False)
    terminee_le = Timestamptz(null=True)
    prouvee_le = Timestamptz(null=True, help_text="Password given once more, after the sign-in.")
    renforcee_le = Timestamptz(null=True, help_text="Second factor last proven.")


class CodeCourriel(Table, tablename="code_courriel"):
    """A sign-up under way: an address, and the code that was mailed to prove it."""

    RETENTION = "technique"  # one day

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    jeton = Bytea(null=False, unique=True, help_text="Hash of the browser's own token.")
    email = Text(null=False)
    code = Bytea(null=True, help_text="Keyed hash; none where the address has an account.")
    essais = SmallInt(null=False, default=0)
    cree_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)
    prouve_le = Timestamptz(null=True)
    utilise_le = Timestamptz(null=True)


class JetonReinit(Table, tablename="jeton_reinit"):
    """A link to choose a new password. Without an account where the address has none."""

    RETENTION = "technique"  # one day

    id = BigSerial(primary_key=True)
    jeton = Bytea(null=False, unique=True)
    compte = ForeignKey(Compte, null=True, on_delete=OnDelete.cascade)
    cree_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)
    utilise_le = Timestamptz(null=True)


class Tentative(Table, tablename="tentative"):
    """How often something was tried that may only be tried so often."""

    RETENTION = "technique"  # two days

    id = BigSerial(primary_key=True)
    genre = Text(null=False)
    cle = Bytea(null=False)
    nombre = Integer(null=False, default=0)
    dernier = Timestamptz(null=False)
    bloque_jusque = Timestamptz(null=True)


class SaisieParquee(Table, tablename="saisie_parquee"):
    """A form posted with an ended session, kept encrypted for its author."""

    RETENTION = "technique"  # one hour

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = BigInt(null=False)
    chemin = Text(null=False)
    contenu = Bytea(null=False)
    creee_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)


class SecondFacteur(Table, tablename="second_facteur"):
    """An authenticator application (its secret lies in the safe) or a passkey."""

    RETENTION = "compte"

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = ForeignKey(Compte, null=False, on_delete=OnDelete.cascade)
    genre = Text(null=False)
    nom = Text(null=False)
    secret = BigInt(null=True)
    dernier_pas = BigInt(
        null=True, help_text="Last time step that was accepted: none serves twice."
    )
    cle_id = Bytea(null=True, unique=True)
    cle_publique = Bytea(null=True)
    compteur = BigInt(null=False, default=0)
    cree_le = Timestamptz(null=False)
    utilise_le = Timestamptz(null=True)


class CodeSecours(Table, tablename="code_secours"):
    """A recovery code: its slow hash, good once."""

    RETENTION = "compte"

    id = BigSerial(primary_key=True)
    compte = ForeignKey(Compte, null=False, on_delete=OnDelete.cascade)
    empreinte = Bytea(null=False)
    cree_le = Timestamptz(null=False)
    utilise_le = Timestamptz(null=True)


class Defi(Table, tablename="defi"):
    """What a session has been asked: a passkey's challenge, a TOTP secret to be confirmed; sealed."""

    RETENTION = "technique"  # minutes

    id = BigSerial(primary_key=True)
    session = ForeignKey(Session, null=False, on_delete=OnDelete.cascade)
    genre = Text(null=False)
    valeur = Bytea(null=False)
    cree_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)


class ChangementEmail(Table, tablename="changement_email"):
    """A new address that waits for its code; without a code where it has an account."""

    RETENTION = "technique"  # one day

    id = BigSerial(primary_key=True)
    uid = UUID(null=False, unique=True)
    compte = ForeignKey(Compte, null=False, on_delete=OnDelete.cascade, unique=True)
    email = Text(null=False)
    code = Bytea(null=True, help_text="Keyed hash; none where the address has an account.")
    essais = SmallInt(null=False, default=0)
    cree_le = Timestamptz(null=False)
    expire_le = Timestamptz(null=False)

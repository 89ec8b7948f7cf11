"""What changes an account: creation, identity, password, staff roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.core.comptes import courriels, limites, motdepasse
from portal.core.comptes.evenements import AdresseProuvee
from portal.core.comptes.sessions import (
    annuler_liens,
    fermer_autres,
    fermer_toutes,
    ouvrir_session,
)
from portal.core.journal.operations import Acteur, QuiAgit, noter
from portal.infra import clock, evenements
from portal.infra.base import executer, sql1, transaction
from portal.web.identite import ROLES_INTERNES, Personne

__all__ = [
    "Compte", "changer_identite", "changer_mot_de_passe", "creer_compte", "creer_interne",
    "desactiver", "donner_role", "ouvrir_session", "retirer_role",
]  # fmt: skip


@dataclass(frozen=True)
class Compte:
    """An account that has just been made."""

    id: int
    uid: UUID
    email: str


async def creer_compte(
    email: str,
    mot_de_passe: str | None = None,
    *,
    civilite: str,
    nom: str,
    prenom: str,
    telephone: str | None = None,
    empreinte: str | None = None,
) -> Compte | None:
    """Create an account whose address is proven; None when the address has one already.

    Give the password, or its hash (`empreinte`, from `motdepasse.hacher_ici`).
    """
    if empreinte is None:
        assert mot_de_passe is not None, "un compte a un mot de passe"
        empreinte = await motdepasse.hacher(mot_de_passe)
    email = email.lower()
    async with transaction():
        ligne = await sql1(
            "insert into compte (email, mot_de_passe, civilite, nom, prenom, telephone, cree_le)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing"
            " returning id, uid, email",
            email,
            empreinte,
            civilite,
            nom,
            prenom,
            telephone,
            clock.instant(),
        )
        if ligne is None:
            return None
        compte = Compte(**ligne)
        await noter(
            "compte.cree",
            acteur=Acteur(compte.id, f"{prenom} {nom}"),
            objet=("compte", compte.uid),
        )
        await evenements.publier(AdresseProuvee(compte.id, compte.email))
    return compte


async def creer_interne(
    email: str,
    mot_de_passe: str | None = None,
    *,
    civilite: str,
    nom: str,
    prenom: str,
    roles: Iterable[str | tuple[str, str | None, str | None]],
    telephone: str | None = None,
    empreinte: str | None = None,
    acteur: QuiAgit | None = None,
) -> Compte | None:
    """Create an account of the OPCO's staff. A role is a name, or (name, IDCC, region)."""
    async with transaction():
        compte = await creer_compte(
            email, mot_de_passe, civilite=civilite, nom=nom, prenom=prenom,
            telephone=telephone, empreinte=empreinte,
        )  # fmt: skip
        if compte is None:
            return None
        for role in roles:
            nom_role, idcc, region = (role, None, None) if isinstance(role, str) else role
            await donner_role(compte.id, nom_role, idcc, region, acteur=acteur)
    return compte


async def donner_role(
    compte_id: int,
    role: str,
    idcc: str | None = None,
    region: str | None = None,
    *,
    acteur: QuiAgit | None,
) -> None:
    """Give a staff role, bounded to a branch or a region where one is named."""
    if role not in ROLES_INTERNES:
        raise ValueError(f"rôle inconnu : {role}")
    async with transaction():
        await executer(
            "insert into role_interne (compte, role, idcc, region) values ($1, $2, $3, $4)"
            " on conflict do nothing",
            compte_id,
            role,
            idcc,
            region,
        )
        await noter(
            "compte.role_donne", acteur=acteur, objet=("compte", await _uid(compte_id)),
            role=role, idcc=idcc, region=region,
        )  # fmt: skip


async def retirer_role(compte_id: int, role: str, *, acteur: QuiAgit | None) -> None:
    """Take a staff role back, with all its bounds."""
    async with transaction():
        await executer("delete from role_interne where compte = $1 and role = $2", compte_id, role)
        await noter(
            "compte.role_retire", acteur=acteur, objet=("compte", await _uid(compte_id)), role=role
        )


async def desactiver(compte_id: int, *, acteur: QuiAgit | None) -> None:
    """Close an account: nobody signs in with it any more, its sessions end."""
    async with transaction():
        await executer("update compte set actif = false where id = $1", compte_id)
        await fermer_toutes(compte_id)
        await noter("compte.desactive", acteur=acteur, objet=("compte", await _uid(compte_id)))


async def changer_identite(
    moi: Personne,
    *,
    civilite: str,
    nom: str,
    prenom: str,
    telephone: str | None,
    courriels_choisis: str,
    secteur: str | None = None,
    region: str | None = None,
) -> None:
    """Change what a person says of herself; the journal names the fields, not their values."""
    nouveau: dict[str, Any] = {
        "civilite": civilite, "nom": nom, "prenom": prenom, "telephone": telephone,
        "courriels": courriels_choisis, "secteur": secteur, "region": region,
    }  # fmt: skip
    async with transaction():
        ancien = await sql1(
            "select civilite, nom, prenom, telephone, courriels, secteur, region from compte"
            " where id = $1 for update",
            moi.compte_id,
        )
        assert ancien is not None
        changes = [champ for champ, valeur in nouveau.items() if ancien[champ] != valeur]
        if not changes:
            return
        await executer(
            "update compte set civilite = $2, nom = $3, prenom = $4, telephone = $5, courriels = $6,"
            " secteur = $7, region = $8 where id = $1",
            moi.compte_id,
            *nouveau.values(),
        )
        await noter("compte.modifie", acteur=moi, objet=("compte", moi.uid), champs=changes)


async def changer_mot_de_passe(
    moi: Personne, actuel: str, nouveau: str, *, appareil: str, ip: str
) -> tuple[str | None, int]:
    """(token of the new session, 0), or (None, seconds to wait) when `actuel` is wrong.

    Every session ends, this one too: the browser goes on with a new token.
    """
    async with transaction():
        attente = await limites.CONNEXION_COMPTE.attente(moi.email, verrou=True)
        if attente:
            return None, attente
        ligne = await sql1(
            "select mot_de_passe from compte where id = $1 for update", moi.compte_id
        )
        if not await motdepasse.verifier(ligne["mot_de_passe"] if ligne else None, actuel):
            attente = await limites.CONNEXION_COMPTE.noter(moi.email)
            await noter("compte.mot_de_passe_refuse", acteur=moi, objet=("compte", moi.uid))
            return None, attente
        await executer(
            "update compte set mot_de_passe = $2 where id = $1",
            moi.compte_id,
            await motdepasse.hacher(nouveau),
        )
        await annuler_liens(moi.compte_id)
        await limites.CONNEXION_COMPTE.oublier(moi.email)
        session = await sql1("select renforcee_le from session where id = $1", moi.session_id)
        jeton = await ouvrir_session(
            moi.compte_id, appareil, ip, renforcee_le=session["renforcee_le"] if session else None
        )
        await fermer_autres(moi.compte_id, jeton)
        await noter("compte.mot_de_passe_change", acteur=moi, objet=("compte", moi.uid))
        await courriels.mot_de_passe_change(moi.email)
    return jeton, 0


async def _uid(compte_id: int) -> UUID:
    ligne = await sql1("select uid from compte where id = $1", compte_id)
    assert ligne is not None, f"compte {compte_id} inconnu"
    return ligne["uid"]

"""Who is asking, and what an account shows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.core.comptes.jetons import condenser
from portal.core.comptes.sessions import PAS_DE_VUE, REPOS, REPOS_INTERNE
from portal.infra import clock
from portal.infra.base import executer, sql, sql1
from portal.web.identite import Personne

LONGUEUR_JETON_MAX = 100
RENFORT = timedelta(minutes=15)
"""How long a second factor is worth an IBAN or an administrator, once proven."""

# Session, account, roles, rights and bell in one go: it runs at each request.
_COLONNES = """c.id, c.uid, c.email, c.prenom || ' ' || c.nom as nom_affiche,
    c.secteur, c.region, r.roles, d.droits, d.profils, cloche_de(c.id) as cloche"""
_DROITS = """
cross join lateral (
    select coalesce(array_agg(distinct role), '{}') as roles from role_interne where compte = c.id
) r
cross join lateral (
    select coalesce(array_agg(distinct droit) filter (where droit is not null), '{}') as droits,
        coalesce(array_agg(distinct profil) filter (where profil is not null), '{}') as profils
    from droits_de(c.id)
) d"""
QUI = f"""
select s.id as session_id, s.vue_le, s.renforcee_le, s.creee_le, s.prouvee_le, {_COLONNES}
from session s
join compte c on c.id = s.compte
{_DROITS}
where s.jeton = $1 and s.terminee_le is null and c.actif and s.expire_le > $2
    and s.vue_le > case when r.roles = '{{}}' then $3::timestamptz else $4::timestamptz end
"""


async def charger_personne(jeton: str) -> Personne | None:
    """The person of a living session, with her rights as they are now."""
    if len(jeton) > LONGUEUR_JETON_MAX:
        return None
    quand = clock.instant()
    ligne = await sql1(QUI, condenser(jeton), quand, quand - REPOS, quand - REPOS_INTERNE)
    if ligne is None:
        return None
    if ligne["vue_le"] < quand - PAS_DE_VUE:
        await executer(
            "update session set vue_le = $2 where id = $1 and vue_le < $2",
            ligne["session_id"],
            quand,
        )
    return _personne(ligne, _preuves(ligne))


def _preuves(ligne: dict[str, Any]) -> dict[str, Any]:
    """What this session's person has shown beyond her password, and until when it counts."""
    renforcee = ligne["renforcee_le"]
    return {
        "a_confirmer": bool(ligne["roles"]) and renforcee is None,
        "renfort_jusque": renforcee + RENFORT if renforcee else None,
        "mot_de_passe_jusque": (ligne["prouvee_le"] or ligne["creee_le"]) + RENFORT,
    }


async def personne_du_compte(compte_id: int) -> Personne | None:
    """Somebody with their rights as they are now, without a session: for background jobs."""
    ligne = await sql1(
        f"select 0::bigint as session_id, {_COLONNES} from compte c {_DROITS}"
        " where c.id = $1 and c.actif",
        compte_id,
    )
    return _personne(ligne) if ligne else None


def _personne(ligne: dict[str, Any], preuves: dict[str, Any] | None = None) -> Personne:
    return Personne(
        compte_id=ligne["id"],
        uid=str(ligne["uid"]),
        email=ligne["email"],
        nom_affiche=ligne["nom_affiche"],
        session_id=ligne["session_id"],
        roles=frozenset(ligne["roles"]),
        droits=frozenset(ligne["droits"]),
        profils=frozenset(ligne["profils"]),
        cloche=ligne["cloche"] or 0,
        attributs={"secteur": ligne["secteur"], "region": ligne["region"], **(preuves or {})},
    )


@dataclass(frozen=True)
class SessionVue:
    """One of my open sessions."""

    uid: UUID
    appareil: str
    ip: str
    creee_le: datetime
    vue_le: datetime
    actuelle: bool


async def mes_sessions(moi: Personne) -> list[SessionVue]:
    """My sessions that are still open, the latest used first."""
    quand = clock.instant()
    repos = REPOS_INTERNE if moi.est_interne else REPOS
    lignes = await sql(
        "select uid, appareil, ip, creee_le, vue_le, id = $2 as actuelle from session"
        " where compte = $1 and terminee_le is null and expire_le > $3 and vue_le > $4"
        " order by id = $2 desc, vue_le desc",
        moi.compte_id,
        moi.session_id,
        quand,
        quand - repos,
    )
    return [SessionVue(**ligne) for ligne in lignes]


async def identite(compte_id: int) -> dict[str, Any]:
    """Civility, name, phone and e-mail choice of an account."""
    ligne = await sql1(
        "select uid, email, civilite, nom, prenom, telephone, courriels, secteur, region"
        " from compte where id = $1",
        compte_id,
    )
    assert ligne is not None, f"compte {compte_id} inconnu"
    return ligne


async def par_email(email: str) -> dict[str, Any] | None:
    """The account of an address: for commands and demonstration data, never for a page."""
    return await sql1(
        "select id, uid, email, nom, prenom, actif from compte where email = $1", email.lower()
    )


async def compte_de_session_finie(jeton: str) -> int | None:
    """Whose session this token was, if it was one and is no more."""
    ligne = await sql1(
        "select compte from session where jeton = $1", condenser(jeton[:LONGUEUR_JETON_MAX])
    )
    return ligne["compte"] if ligne else None

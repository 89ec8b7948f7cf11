"""Reading dossiers within a person's reach. What lies out of it does not exist (404)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.core.rattachements import perimetre
from portal.infra.base import sql, sql1
from portal.infra.coffre import SecretAbsent
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne

ROLES_LECTURE = (
    "gestionnaire",
    "conseiller",
    "aef",
    "referent_poec",
    "comptable",
    "administrateur",
)

PORTEE_INTERNE = """(d.etat <> 'brouillon' and exists (
    select 1 from unnest(array[{roles}]) r(role), perimetre_interne({n}, r.role) p
    where (p.idcc is null or p.idcc = d.idcc) and (p.region is null or p.region = d.region)))"""
"""Staff, within their branches and regions; drafts are the company's alone."""


def portee(
    moi: Personne, droit: str = "dossiers.consulter", n: str = "$1", *, nommee: bool = True
) -> str:
    """SQL condition on `dossier d` for what this person may see with this right; `n` is the
    parameter that holds their account's id."""
    if moi.est_interne:
        return portee_interne(moi, ROLES_LECTURE, n)
    prestataire = "prestataire" in moi.profils
    entreprise = portee_deposant(droit, n, mandats=prestataire)
    if droit != "dossiers.consulter" or not nommee or not prestataire:
        return entreprise
    return f"({entreprise} or {portee_nommee(droit, n)})"


def portee_deposant(droit: str, n: str = "$1", *, mandats: bool = False) -> str:
    """The company that files; with `mandats`, the bodies too that it lets enter its dossiers. They
    drop drafts, and cancel nothing."""
    borne: bool | str = "d.etat = 'brouillon'" if droit == "dossiers.supprimer" else True
    return perimetre.clause(droit, "d", n, mandats=mandats and borne)


def portee_nommee(droit: str, n: str = "$1") -> str:
    """The body that a transmitted dossier names."""
    return (
        f"(d.etat <> 'brouillon' and d.organisme_siret is not null and {organisme_nomme(droit, n)})"
    )


def organisme_nomme(droit: str, n: str = "$1") -> str:
    """The right on the body that a dossier names."""
    return perimetre.clause(
        droit,
        "d",
        n,
        siren="left(d.organisme_siret, 9)",
        siret="d.organisme_siret",
        profil="'prestataire'",
    )


def portee_argent(moi: Personne, n: str = "$1") -> str:
    """Dossiers of which this person may see what was invoiced and paid: never by a mandate."""
    if moi.est_interne:
        return f"({n} is not null)"
    droit = "factures.consulter"
    return f"({portee_deposant(droit, n)} or {portee_nommee(droit, n)})"


def portee_interne(moi: Personne, roles: Sequence[str], n: str = "$1") -> str:
    """The same for staff, by the bounds of these roles alone: who reads everywhere as one thing does
    not decide everywhere as another."""
    siens = ", ".join(f"'{r}'" for r in roles if r in moi.roles) or "''"
    return PORTEE_INTERNE.format(n=n, roles=siens)


async def exiger(moi: Personne, uid: UUID, droit: str = "dossiers.consulter") -> dict[str, Any]:
    """The dossier, if this person holds the right on it.

    Raises `Introuvable` out of reach, `Interdit` when it may be seen but not that.
    """
    ligne = await sql1(
        f"select d.*, {portee(moi, droit)} as permis from dossier d"
        f" where d.uid = $2 and ({portee(moi)} or {portee(moi, droit)})",
        moi.compte_id,
        uid,
    )
    if ligne is None:
        raise Introuvable()
    if not ligne.pop("permis") or (moi.est_interne and droit != "dossiers.consulter"):
        raise Interdit()
    return ligne


@dataclass(frozen=True)
class Entite:
    """The company of a dossier, for the rules and the papers."""

    siren: str
    siret: str
    denomination: str
    effectif: int
    attributs: frozenset[str]
    adresse: tuple[str, ...]


async def entite(dossier: dict[str, Any]) -> Entite:
    ligne = await sql1(
        "select e.denomination, e.effectif, e.attributs, s.adresse_ligne1, s.adresse_ligne2,"
        " s.code_postal, s.commune from entreprise e"
        " left join etablissement s on s.siret = $2 where e.siren = $1",
        dossier["siren"],
        dossier["siret"],
    )
    if ligne is None:
        return Entite(dossier["siren"], dossier["siret"], dossier["siren"], 0, frozenset(), ())
    adresse = (
        ligne["adresse_ligne1"],
        ligne["adresse_ligne2"],
        f"{ligne['code_postal'] or ''} {ligne['commune'] or ''}".strip(),
    )
    return Entite(
        dossier["siren"],
        dossier["siret"],
        ligne["denomination"],
        ligne["effectif"] or 0,
        frozenset(ligne["attributs"] or ()),
        tuple(a for a in adresse if a),
    )


async def evenements(dossier_id: int) -> list[dict[str, Any]]:
    """The timeline, newest first."""
    return await sql(
        "select genre, de, vers, acteur, instant, jour, texte, details from dossier_evenement"
        " where dossier = $1 order by id desc",
        dossier_id,
    )


async def documents(dossier_id: int, *, anciens: bool = False) -> list[dict[str, Any]]:
    """Files of a dossier, current versions (or all)."""
    return await sql(
        "select uid, id, piece, nom, type_mime, taille, depose_le, courant from document"
        " where dossier = $1 and (courant or $2) order by piece, id",
        dossier_id,
        anciens,
    )


async def relu(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """The row read again, for who finds a secret gone: an autosave has replaced it meanwhile.

    Raises `SecretAbsent` when nothing has changed: the secret is really missing.
    """
    frais = await sql1("select * from dossier where id = $1", dossier["id"])
    if frais is None:
        raise Introuvable()
    if frais["donnees"] == dossier["donnees"]:
        raise SecretAbsent("un secret du dossier n’est plus dans le coffre")
    return frais


async def complement_ouvert(dossier_id: int) -> dict[str, Any] | None:
    """The request for more that still awaits its answer."""
    return await sql1(
        "select * from complement where dossier = $1 and repondu_le is null order by id desc limit 1",
        dossier_id,
    )


async def derniere_decision(dossier_id: int) -> dict[str, Any] | None:
    return await sql1(
        "select * from decision where dossier = $1 order by id desc limit 1", dossier_id
    )


async def lettres(dossier_id: int) -> list[dict[str, Any]]:
    return await sql(
        "select uid, genre, fichier, cree_le from lettre where dossier = $1 order by id", dossier_id
    )


async def contact(dossier: dict[str, Any]) -> dict[str, Any] | None:
    """The gestionnaire's name and how to reach them; on the dossier's page and its letters."""
    if dossier["gestionnaire"] is None:
        return None
    return await sql1(
        "select id, civilite, prenom || ' ' || nom as nom, email, telephone from compte where id = $1",
        dossier["gestionnaire"],
    )

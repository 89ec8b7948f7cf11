"""What an administrator has to do: answer requests, use or close a code, name a second one."""

from __future__ import annotations

from datetime import timedelta

from portal.infra import clock
from portal.infra.base import sql
from portal.infra.money import date_longue
from portal.infra.texte import de
from portal.web.fournisseurs import Tache
from portal.web.identite import Personne

MONTREES = 20
BIENTOT = timedelta(days=15)


async def taches(moi: Personne) -> list[Tache]:
    """One query per kind, whatever the number of companies."""
    if moi.est_interne:
        return []
    return [
        *await _demandes(moi),
        *await _codes_a_saisir(moi),
        *await _codes_bientot_finis(moi),
        *await _seuls(moi),
    ]


async def _demandes(moi: Personne) -> list[Tache]:
    if not moi.a_le_droit("rattachements.saisir"):
        return []
    lignes = await sql(
        "select r.uid, r.siren, r.profil, r.demande_jour, r.relance_le, c.prenom || ' ' || c.nom as nom,"
        " e.denomination from rattachement r join compte c on c.id = r.compte"
        " join entreprise e on e.siren = r.siren"
        " where r.etat = 'en_attente' and r.compte <> $1 and exists ("
        " select 1 from perimetre($1, 'rattachements.saisir') p where p.siren = r.siren"
        " and p.profil = r.profil and (p.siret is null or p.siret = r.siret))"
        " order by r.demande_le limit $2",
        moi.compte_id,
        MONTREES,
    )
    return [
        Tache(
            f"Répondre à la demande de rattachement {de(r['nom'])}",
            f"/entreprise/{r['siren']}/{r['profil']}/utilisateurs#demande-{r['uid']}",
            f"{r['denomination']}, depuis le {date_longue(r['demande_jour'])}",
            urgence=r["relance_le"] is not None,
        )
        for r in lignes
    ]


async def _codes_a_saisir(moi: Personne) -> list[Tache]:
    """My requests that a code, already posted, would settle."""
    lignes = await sql(
        "select distinct on (k.valable_jusqu, r.siren, r.profil) r.siren, r.profil,"
        " e.denomination, k.valable_jusqu"
        " from rattachement r join entreprise e on e.siren = r.siren"
        " join code_activation k on k.siren = r.siren and k.profil = r.profil"
        " and k.etat = 'actif' and k.valable_jusqu >= $2"
        " where r.compte = $1 and r.etat = 'en_attente' and not exists ("
        " select 1 from rattachement a where a.siren = r.siren and a.profil = r.profil"
        " and a.etat = 'actif' and a.administrateur)"
        " order by k.valable_jusqu, r.siren, r.profil limit $3",
        moi.compte_id,
        await clock.aujourd_hui(),
        MONTREES,
    )
    return [
        Tache(
            f"Saisir le code d’activation reçu par {r['denomination']}",
            f"/rattachements/code?siren={r['siren']}&profil={r['profil']}",
            "Le courrier est parti au siège de l’entreprise",
            r["valable_jusqu"],
        )
        for r in lignes
    ]


async def _codes_bientot_finis(moi: Personne) -> list[Tache]:
    """Codes of companies that I administer, about to lapse while I am the only administrator."""
    jour = await clock.aujourd_hui()
    lignes = await sql(
        "select k.siren, k.profil, e.denomination, k.valable_jusqu"
        " from perimetre($1, 'administrer') p"
        " join code_activation k on k.siren = p.siren and k.profil = p.profil"
        " and k.etat = 'actif' and k.valable_jusqu between $2 and $3"
        " join entreprise e on e.siren = k.siren"
        " where (select count(*) from rattachement a where a.siren = p.siren"
        " and a.profil = p.profil and a.etat = 'actif' and a.administrateur) = 1"
        " order by k.valable_jusqu, k.siren limit $4",
        moi.compte_id,
        jour,
        jour + BIENTOT,
        MONTREES,
    )
    return [
        Tache(
            f"Nommer un second administrateur de {r['denomination']}",
            f"/entreprise/{r['siren']}/{r['profil']}/utilisateurs#code",
            "Le code d’activation reçu par courrier expire bientôt",
            r["valable_jusqu"],
        )
        for r in lignes
    ]


async def _seuls(moi: Personne) -> list[Tache]:
    """Companies that have me alone: one task for all of them."""
    lignes = await sql(
        "select p.siren, p.profil, e.denomination from perimetre($1, 'administrer') p"
        " join entreprise e on e.siren = p.siren"
        " where (select count(*) from rattachement a where a.siren = p.siren"
        " and a.profil = p.profil and a.etat = 'actif' and a.administrateur) = 1"
        " and not exists (select 1 from code_activation k where k.siren = p.siren"
        " and k.profil = p.profil and k.etat = 'actif' and k.valable_jusqu between $2 and $3)"
        " order by e.cle_tri, p.siren, p.profil limit $4",
        moi.compte_id,
        (jour := await clock.aujourd_hui()),
        jour + BIENTOT,
        MONTREES,
    )
    if not lignes:
        return []
    if len(lignes) == 1:
        (seule,) = lignes
        return [
            Tache(
                f"Nommer un second administrateur de {seule['denomination']}",
                f"/entreprise/{seule['siren']}/{seule['profil']}/utilisateurs",
                "Personne d’autre ne peut répondre aux demandes",
            )
        ]
    return [
        Tache(
            "Nommer un second administrateur dans vos entreprises",
            "/rattachements",
            f"Dans {len(lignes)}{' ou plus' if len(lignes) == MONTREES else ''}, personne d’autre ne peut répondre aux demandes",
        )
    ]

"""The queue, and who may decide on what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.infra.base import sql, sql1, valeur
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder, instant

EN_FILE = ("transmis", "en_instruction", "a_completer")
PORTEE = """(d.origine is null and exists (select 1 from perimetre_interne($1, 'gestionnaire') p
    where (p.idcc is null or p.idcc = d.idcc) and (p.region is null or p.region = d.region)))"""
"""What a former portal held is read among the dossiers, never instructed again."""


async def file_attente(
    moi: Personne, *, etat: str = "", dispositif: str = "", les_miens: bool = False,
    curseur: str | None = None,
) -> PageDe[dict[str, Any]]:  # fmt: skip
    """Dossiers to instruct within reach, oldest first."""
    apres = decoder(curseur, 2)
    lignes = await sql(
        "select d.uid, d.id, d.numero, d.dispositif, d.intitule, d.etat, d.siren, d.transmis_le,"
        " d.transmis_jour, d.debut, d.demande_centimes, d.nb_personnes, d.gestionnaire,"
        " e.denomination, c.prenom || ' ' || c.nom as gestionnaire_nom"
        " from dossier d left join entreprise e on e.siren = d.siren"
        " left join compte c on c.id = d.gestionnaire"
        f" where d.etat = any($2) and {PORTEE}"
        " and ($3 = '' or d.dispositif = $3) and (not $4 or d.gestionnaire = $1)"
        " and ($5::timestamptz is null or (d.transmis_le, d.id) > ($5, $6))"
        " order by d.transmis_le, d.id limit $7",
        moi.compte_id,
        [etat] if etat in EN_FILE else list(EN_FILE),
        dispositif,
        les_miens,
        instant(apres[0]) if apres else None,
        apres[1] if apres and isinstance(apres[1], int) else 0,
        TAILLE + 1,
    )
    suivant = None
    if len(lignes) > TAILLE:
        lignes = lignes[:TAILLE]
        suivant = encoder(lignes[-1]["transmis_le"].isoformat(), lignes[-1]["id"])
    return PageDe(lignes, suivant)


async def compter(moi: Personne) -> dict[str, int]:
    """How many dossiers of the queue are in each state, within reach."""
    lignes = await sql(
        f"select d.etat, count(*) as n from dossier d where d.etat = any($2) and {PORTEE} group by 1",
        moi.compte_id,
        list(EN_FILE),
    )
    return {ligne["etat"]: ligne["n"] for ligne in lignes}


async def suivant(moi: Personne, apres_id: int | None = None) -> UUID | None:
    """The oldest dossier that nobody else has taken."""
    return await valeur(
        f"select d.uid from dossier d where d.etat in ('transmis', 'en_instruction') and {PORTEE}"
        " and (d.gestionnaire is null or d.gestionnaire = $1) and ($2::bigint is null or d.id <> $2)"
        " order by d.transmis_le, d.id limit 1",
        moi.compte_id,
        apres_id,
    )


async def exiger(moi: Personne, uid: UUID) -> dict[str, Any]:
    """The transmitted dossier, if this gestionnaire may decide on it.

    Raises `Introuvable` for drafts and out of reach, `Interdit` for staff without the role there.
    """
    ligne = await sql1(
        f"select d.*, {PORTEE} as permis from dossier d where d.uid = $2 and d.etat <> 'brouillon'"
        " and d.numero is not null",
        moi.compte_id,
        uid,
    )
    if ligne is None:
        raise Introuvable()
    if not ligne.pop("permis"):
        if "gestionnaire" in moi.roles:
            raise Introuvable()
        raise Interdit("Un administrateur de l’OPCO peut vous donner le rôle de gestionnaire.")
    return ligne

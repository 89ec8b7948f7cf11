"""Requests without an answer: the administrators are reminded, then the asker is offered another way.

Counted in working days of the place, on the business clock; each is told once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core.journal.operations import noter
from portal.core.rattachements import delais
from portal.core.rattachements.entites import administrateurs
from portal.core.rattachements.evenements import (
    Entite,
    RattachementRelance,
    RattachementSansReponse,
)  # fmt: skip
from portal.infra import clock, evenements
from portal.infra.base import executer, sql
from portal.infra.feries import ajouter_jours_ouvres
from portal.infra.jobs import periodique

PAR_PAGE = 500

# Whoever came to administer after the request could only answer from then on.
_EN_ATTENTE = """
select r.id, r.uid, r.siren, r.profil, r.compte, r.relance_le, r.demande_jour,
    c.prenom || ' ' || c.nom as nom, e.denomination, e.idcc,
    coalesce(t.departement, s.departement) as departement,
    (select min(a.demande_jour) from rattachement a join compte ca on ca.id = a.compte and ca.actif
        where a.siren = r.siren and a.profil = r.profil and a.etat = 'actif'
        and a.administrateur) as administree_depuis
from rattachement r
join compte c on c.id = r.compte
join entreprise e on e.siren = r.siren
left join etablissement t on t.siret = r.siret
left join etablissement s on s.siret = e.siege
where r.id > $1 and r.etat = 'en_attente' and r.recours_le is null and r.demande_jour < $2
order by r.id limit $3
"""


@periodique("rattachements.relancer", "40 4 * * *")
async def relancer() -> None:
    """Each morning; run twice, or late, it tells nobody twice."""
    jour = await clock.aujourd_hui()
    apres = 0
    while page := await sql(_EN_ATTENTE, apres, jour, PAR_PAGE):
        for demande in page:
            await _examiner(demande, jour)
        apres = page[-1]["id"]


async def _examiner(demande: dict[str, Any], jour: date) -> None:
    depuis = max(demande["demande_jour"], demande["administree_depuis"] or date.min)

    async def echu(cle: str) -> bool:
        jours = await delais.lire(cle, jour, demande["idcc"])
        return ajouter_jours_ouvres(depuis, jours, demande["departement"]) <= jour

    administree = demande["administree_depuis"] is not None
    if administree and demande["relance_le"] is None and await echu(delais.RELANCE_JOURS):
        await _rappeler(demande, jour)
    if await echu(delais.RECOURS_JOURS):
        await _proposer_recours(demande, jour)


async def _noter_le_jour(colonne: str, demande: dict[str, Any], jour: date) -> bool:
    """False when it was answered, or told by another run, meanwhile."""
    faites = await executer(
        f"update rattachement set {colonne} = $2"
        f" where id = $1 and etat = 'en_attente' and {colonne} is null",
        demande["id"],
        jour,
    )
    return bool(faites)


def _entite(demande: dict[str, Any]) -> Entite:
    return Entite(demande["siren"], demande["profil"], demande["denomination"])


async def _rappeler(demande: dict[str, Any], jour: date) -> None:
    if not await _noter_le_jour("relance_le", demande, jour):
        return
    qui = await administrateurs(demande["siren"], demande["profil"])
    await noter(
        "rattachement.relance", acteur=None, objet=("rattachement", demande["uid"]),
        siren=demande["siren"], profil=demande["profil"], personne=demande["nom"],
    )  # fmt: skip
    await evenements.publier(
        RattachementRelance(
            demande["uid"], demande["nom"], _entite(demande), demande["demande_jour"],
            tuple(a.compte_id for a in qui if a.compte_id != demande["compte"]),
        )
    )  # fmt: skip


async def _proposer_recours(demande: dict[str, Any], jour: date) -> None:
    if not await _noter_le_jour("recours_le", demande, jour):
        return
    await noter(
        "rattachement.sans_reponse", acteur=None, objet=("rattachement", demande["uid"]),
        siren=demande["siren"], profil=demande["profil"], personne=demande["nom"],
    )  # fmt: skip
    await evenements.publier(
        RattachementSansReponse(
            demande["uid"], demande["compte"], _entite(demande), demande["demande_jour"]
        )
    )

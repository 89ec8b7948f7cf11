"""An establishment that goes on under another SIRET: its dossiers are found under the new one."""

from __future__ import annotations

from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.entreprises.fiche import espacer
from portal.core.journal.operations import SYSTEME, noter
from portal.infra import clock
from portal.infra.base import executer

_SUIVRE = """
with suivis as (
    update dossier set siret = $2 where siret = $1 returning id
)
insert into dossier_evenement (dossier, genre, acteur, instant, jour, texte, details)
select id, 'etablissement_remplace', $3, $4, $5, $6,
    jsonb_build_object('ancien', $1::text, 'nouveau', $2::text)
from suivis order by id
"""


async def sur_etablissement_remplace(evt: EtablissementRemplace) -> None:
    """Each dossier keeps in its history the SIRET that it was made under."""
    nombre = await executer(
        _SUIVRE,
        evt.ancien,
        evt.nouveau,
        SYSTEME,
        clock.instant(),
        await clock.aujourd_hui(),
        f"L’établissement {espacer(evt.ancien)} a changé de SIRET\u00a0: {espacer(evt.nouveau)}.",
    )
    await executer(
        "update dossier set organisme_siret = $2 where organisme_siret = $1",
        evt.ancien,
        evt.nouveau,
    )
    if nombre:
        await noter(
            "dossiers.etablissement_remplace", acteur=None, siren=evt.siren, ancien=evt.ancien,
            nouveau=evt.nouveau, nombre=nombre,
        )  # fmt: skip

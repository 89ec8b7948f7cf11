"""What people typed by hand, held against the register once it knows the company."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from portal.core.entreprises.registre.ecriture import Lieu, Unite
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import executer, sql
from portal.infra.jobs import periodique
from portal.infra.texte import plier
from portal.settings import get_settings

COMPARES = {
    "denomination": "Dénomination",
    "adresse_ligne1": "Adresse",
    "code_postal": "Code postal",
    "commune": "Commune",
    "idcc": "IDCC",
}


async def verifier_lot(unites: Mapping[str, Unite], lieux: Mapping[str, Lieu]) -> int:
    """Judge what was typed of these establishments; how many there were."""
    lignes = await sql(
        "select id, uid, siren, siret, saisi from entreprise_saisie"
        " where etat = 'a_verifier' and siret = any($1::text[])",
        list(lieux),
    )
    for ligne in lignes:
        registre = _du_registre(unites[ligne["siren"]], lieux[ligne["siret"]])
        ecarts = [c for c in COMPARES if _differe(ligne["saisi"].get(c), registre[c])]
        await executer(
            "update entreprise_saisie set etat = $2, registre = $3::text::jsonb, ecarts = $4,"
            " verifiee_le = $5 where id = $1",
            ligne["id"],
            "different" if ecarts else "conforme",
            json.dumps(registre),
            ecarts,
            clock.instant(),
        )
        await noter(
            "entreprise.saisie_verifiee", acteur=None, objet=("entreprise_saisie", ligne["uid"]),
            siren=ligne["siren"], siret=ligne["siret"], ecarts=ecarts,
        )  # fmt: skip
    return len(lignes)


def _du_registre(unite: Unite, lieu: Lieu) -> dict[str, str]:
    return {
        "denomination": unite.denomination if unite.sur else "",
        "adresse_ligne1": lieu.adresse_ligne1,
        "code_postal": lieu.code_postal,
        "commune": lieu.commune,
        "idcc": unite.idcc or "",
    }


def _differe(saisi: str | None, connu: str) -> bool:
    """What one of the two does not say is no difference."""
    return bool(saisi and connu) and plier(str(saisi)) != plier(connu)


@periodique("entreprises.reverifier", "40 5 * * *")
async def reverifier() -> None:
    """What no import has found for so long that the staff must ask: it is told as not found."""
    await executer(
        "update entreprise_saisie s set etat = 'introuvable', verifiee_le = $2"
        " where s.etat = 'a_verifier' and s.saisie_jour <= $1"
        " and exists (select 1 from import_registre i where i.nom = 'sirene'"
        " and i.debut > s.saisie_le)",
        await clock.aujourd_hui() - timedelta(get_settings().delai_registre),
        clock.instant(),
    )

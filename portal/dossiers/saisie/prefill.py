"""What the register knows of a SIRET fills the step's empty fields: nobody types it twice."""

from __future__ import annotations

from portal.core.entreprises import queries as entreprises
from portal.kit.formulaire import Saisie, meta_de


async def prefiller(saisie: Saisie) -> dict[str, str]:
    """Values for empty fields of the step, by field. A failing look-up fills nothing."""
    rempli: dict[str, str] = {}
    for nom, info in saisie.modele.model_fields.items():
        meta = meta_de(info)
        siret = saisie.valides.get(nom)
        if not meta.remplit or not siret:
            continue
        fiche = await entreprises.par_siret(siret)
        if fiche is None:
            continue
        for attribut, cible in meta.remplit:
            connu = _lire(fiche, attribut)
            if connu and not saisie.brut.get(cible):
                rempli[cible] = connu
    return rempli


def _lire(fiche: object, attribut: str) -> str:
    lieu = getattr(fiche, "etablissement", None)
    valeur = getattr(fiche, attribut, None) or getattr(lieu, attribut, None)
    return str(valeur) if valeur else ""

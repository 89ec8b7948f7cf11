"""What the register knows of a SIRET fills the step's fields: nobody types it twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from portal.core.entreprises import queries as entreprises
from portal.kit.formulaire import lire, meta_de


async def prefiller(
    modele: type[BaseModel],
    brut: Mapping[str, Any],
    ancien: Mapping[str, Any],
    change: str | None = None,
) -> dict[str, str]:
    """Values to put in the step, by field; what the register does not know fills nothing.

    An empty field is filled. A filled one is replaced when its SIRET is the field that just changed
    (`change`), or changed while it stayed as it was; what somebody corrected by hand is left alone.
    """
    rempli: dict[str, str] = {}
    valides: Mapping[str, Any] | None = None
    for nom, info in modele.model_fields.items():
        meta = meta_de(info)
        if not meta.remplit or not brut.get(nom):
            continue
        valides = valides if valides is not None else lire(modele, brut).valides
        fiche = await entreprises.par_siret(valides[nom]) if nom in valides else None
        for attribut, cible in meta.remplit if fiche else ():
            saisi = brut.get(cible) or ""
            intact = brut[nom] != ancien.get(nom) and saisi == (ancien.get(cible) or "")
            connu = _lire(fiche, attribut)
            if connu and (not saisi or nom == change or intact):
                rempli[cible] = connu
    return rempli


def _lire(fiche: object, attribut: str) -> str:
    lieu = getattr(fiche, "etablissement", None)
    valeur = getattr(fiche, attribut, None) or getattr(lieu, attribut, None)
    return str(valeur) if valeur else ""

"""What is known already fills the step's fields, nobody types it twice: what the register knows of a
SIRET, and, in a new draft, who creates it and for which company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from portal.core.comptes import queries as comptes
from portal.core.entreprises import queries as entreprises
from portal.kit import Dispositif
from portal.kit.formulaire import lire, meta_de
from portal.web.identite import Personne


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


async def depart(moi: Personne, dispositif: Dispositif, siret: str) -> dict[str, dict[str, str]]:
    """What a new draft begins with, by step: what the account and the register know already."""
    demandes = {
        (etape.code, nom): meta.connu
        for etape in dispositif.etapes
        for nom, info in etape.modele.model_fields.items()
        if (meta := meta_de(info)).connu
    }
    if not demandes:
        return {}
    compte = await comptes.identite(moi.compte_id)
    fiche = await entreprises.par_siret(siret)
    connus = {
        "nom": f"{compte['prenom']} {compte['nom']}",
        "email": compte["email"],
        "telephone": compte["telephone"] or "",
        "effectif": str(fiche.effectif or "") if fiche else "",
    }
    donnees: dict[str, dict[str, str]] = {}
    for (etape_code, nom), quoi in demandes.items():
        if connus[quoi]:
            donnees.setdefault(etape_code, {})[nom] = connus[quoi]
    return donnees


def _lire(fiche: object, attribut: str) -> str:
    lieu = getattr(fiche, "etablissement", None)
    valeur = getattr(fiche, attribut, None) or getattr(lieu, attribut, None)
    return str(valeur) if valeur else ""

"""The register asked over the network (API « Recherche d'entreprises »), where a setting names it.

Only for what the local copy does not have. Three answers, never confused: known, unknown, and no
answer. After a failure nobody waits for it again for a minute.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx

from portal.core.entreprises.geographie import departement_de, region_de
from portal.core.entreprises.registre.ecriture import Lieu, Unite
from portal.core.entreprises.registre.lignes import Lu
from portal.infra.texte import plier
from portal.settings import get_settings

logger = logging.getLogger(__name__)
REPOS = 60.0
OCTETS_MAX = 500_000
_muet_jusque = 0.0


class RegistreMuet(Exception):
    """The service does not answer, or not sensibly."""


async def demander(numero: str) -> list[Lu] | None:
    """The head office, and the establishment of a SIRET; None when the register has none such, and
    when no service is set."""
    global _muet_jusque
    settings = get_settings()
    if not settings.registre_url:
        return None
    if est_muet():
        raise RegistreMuet
    try:
        return lire(await _appeler(settings.registre_url, settings.registre_delai, numero), numero)
    except (httpx.HTTPError, ValueError, TypeError, AttributeError, LookupError) as erreur:
        _muet_jusque = time.monotonic() + REPOS
        logger.warning("the register gives no usable answer: %s", type(erreur).__name__)
        raise RegistreMuet from erreur


def est_muet() -> bool:
    """Whether the service failed within the last minute."""
    return time.monotonic() < _muet_jusque


def oublier_la_panne() -> None:
    """Ask again at once (tests)."""
    global _muet_jusque
    _muet_jusque = 0.0


async def _appeler(url: str, delai: float, numero: str) -> Any:
    async with httpx.AsyncClient(timeout=delai, follow_redirects=False) as client:
        async with client.stream(
            "GET", f"{url.rstrip('/')}/search", params={"q": numero, "per_page": "1"}
        ) as reponse:
            reponse.raise_for_status()
            if reponse.status_code != 200:
                raise ValueError("réponse inattendue")
            recu = bytearray()
            async for morceau in reponse.aiter_bytes():
                recu += morceau
                if len(recu) > OCTETS_MAX:
                    raise ValueError("réponse trop longue")
    return httpx.Response(200, content=bytes(recu)).json()


def lire(donnees: Mapping[str, Any], numero: str) -> list[Lu] | None:
    """Read an answer, any of whose values may be missing."""
    siren = numero[:9]
    unite = next((u for u in donnees["results"] if u.get("siren") == siren), None)
    if unite is None:
        return None
    siege = unite.get("siege") or {}
    connus = {
        str(e["siret"]): e
        for e in [*(unite.get("matching_etablissements") or []), siege]
        if e.get("siret")
    }
    if len(numero) == 14 and numero not in connus:
        return None
    voulus = {s: e for s, e in connus.items() if s in (numero, siege.get("siret"))}
    return [_lu(unite, e, s == siege.get("siret")) for s, e in voulus.items()]


def _lu(unite: Mapping[str, Any], etablissement: Mapping[str, Any], est_siege: bool) -> Lu:
    lieu = _lieu(etablissement)
    nom = _texte(unite, "nom_raison_sociale") or _texte(unite, "nom_complet")
    denomination = nom or f"Entreprise {unite['siren']}"
    cle = plier(denomination) or str(unite["siren"])
    idcc = (unite.get("complements") or {}).get("liste_idcc") or []
    cessee = unite.get("etat_administratif") == "C"
    return Lu(
        str(unite["siren"]),
        Unite(
            str(unite["siren"]), denomination, cle,
            f"{cle} {plier(f'{lieu.enseigne} {lieu.code_postal} {lieu.commune}')}",
            _texte(unite, "activite_principale"), _texte(unite, "tranche_effectif_salarie"),
            _texte(unite, "categorie_entreprise"), lieu.siret if est_siege else None,
            (_date(unite, "date_fermeture") or date(1900, 1, 1)) if cessee else None,
            str(idcc[0]).zfill(4) if len(idcc) == 1 else None, bool(nom), True,
        ),
        lieu,
    )  # fmt: skip


def _lieu(e: Mapping[str, Any]) -> Lieu:
    postal = _texte(e, "code_postal")
    voie = [_texte(e, c) for c in ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")]
    rue = " ".join(v for v in voie if v) or _texte(e, "adresse").split(postal or "\n")[0].strip()
    departement = departement_de(postal)
    ferme = e.get("etat_administratif") == "F"
    enseignes = e.get("liste_enseignes") or []
    return Lieu(
        str(e["siret"]), str(enseignes[0]) if enseignes else "", rue,
        _texte(e, "complement_adresse"), postal,
        _texte(e, "libelle_commune") or _texte(e, "commune"), departement, region_de(departement),
        (_date(e, "date_fermeture") or date(1900, 1, 1)) if ferme else None,
        _texte(e, "activite_principale"), _texte(e, "tranche_effectif_salarie"),
    )  # fmt: skip


def _texte(donnees: Mapping[str, Any], cle: str) -> str:
    valeur = donnees.get(cle)
    return "" if valeur in (None, "[ND]", "[NON-DIFFUSIBLE]", "NN") else str(valeur)


def _date(donnees: Mapping[str, Any], cle: str) -> date | None:
    texte = _texte(donnees, cle)
    return date.fromisoformat(texte[:10]) if texte else None

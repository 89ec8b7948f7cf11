"""Establishments of one company, found and chosen: by words, by région, by a pasted list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from portal.core.entreprises.saisies import proposable
from portal.infra import clock
from portal.infra.base import sql
from portal.infra.texte import plier
from portal.web.identite import Personne

PAR_PAGE = 25
_SEPARATEURS = re.compile(r"[^0-9\s.\u00a0\u202f]+|[\r\n\t]+")


@dataclass(frozen=True)
class Lieu:
    """An establishment, as lists name it."""

    siret: str
    nom: str
    commune: str
    code_postal: str
    region: str

    @property
    def libelle(self) -> str:
        """« Atelier Nord, 59000 Lille »."""
        ville = f"{self.code_postal} {self.commune}".strip()
        return ", ".join(x for x in (self.nom, ville) if x) or self.siret


_COLONNES = "select t.siret, t.enseigne as nom, t.commune, t.code_postal, t.region"


async def ouverts(moi: Personne, siren: str) -> list[Lieu]:
    """Open establishments of the company that this person may be offered, by SIRET."""
    lignes = await sql(
        f"{_COLONNES} from etablissement t where t.siren = $1"
        f" and (t.ferme_le is null or t.ferme_le > $2) and {proposable('t', 3)} order by t.siret",
        siren,
        await clock.aujourd_hui(),
        moi.compte_id,
    )
    return _lieux(lignes)


async def de(siren: str, sirets: Collection[str]) -> list[Lieu]:
    """These establishments of the company, closed or not, by SIRET."""
    lignes = await sql(
        f"{_COLONNES} from etablissement t where t.siren = $1 and t.siret = any($2::text[])"
        " order by t.siret",
        siren,
        list(sirets),
    )
    return _lieux(lignes)


def _lieux(lignes: Iterable[dict[str, Any]]) -> list[Lieu]:
    return [Lieu(**{cle: valeur or "" for cle, valeur in ligne.items()}) for ligne in lignes]


def filtrer(lieux: Iterable[Lieu], q: str = "", region: str = "") -> list[Lieu]:
    """Those of a région whose name, town or postcode holds each word, or whose SIRET begins so."""
    mots, chiffres = plier(q).split(), re.sub(r"\D", "", q)
    return [
        lieu
        for lieu in lieux
        if (not region or lieu.region == region)
        and (
            all(mot in plier(f"{lieu.nom} {lieu.commune} {lieu.code_postal}") for mot in mots)
            or (len(chiffres) >= 9 and lieu.siret.startswith(chiffres))
        )
    ]


def regions(lieux: Iterable[Lieu]) -> list[tuple[str, str]]:
    """Régions with how many establishments each has, by name."""
    combien = Counter(lieu.region for lieu in lieux if lieu.region)
    return [
        (nom, f"{nom} ({n}\u00a0établissement{'s' if n > 1 else ''})")
        for nom, n in sorted(combien.items())
    ]


def lire_sirets(colle: str) -> tuple[list[str], list[str]]:
    """SIRET of a pasted list, however they are spaced and separated; and what is none."""
    bons: list[str] = []
    mauvais: list[str] = []
    for morceau in _SEPARATEURS.split(colle):
        chiffres = re.sub(r"\D", "", morceau)
        if chiffres and len(chiffres) % 14 == 0 and chiffres.isascii():
            bons += [chiffres[i : i + 14] for i in range(0, len(chiffres), 14)]
        elif chiffres:
            mauvais.append(morceau.strip())
    return list(dict.fromkeys(bons)), mauvais


@dataclass(frozen=True)
class PageLieux:
    """One page of establishments, numbered from 1."""

    lieux: list[Lieu]
    numero: int
    pages: int
    total: int


def paginer(lieux: list[Lieu], numero: Any) -> PageLieux:
    """That page, or the nearest there is."""
    pages = max(1, -(-len(lieux) // PAR_PAGE))
    n = int(numero) if str(numero).isascii() and str(numero).isdigit() else 1
    n = min(max(n, 1), pages)
    return PageLieux(lieux[(n - 1) * PAR_PAGE : n * PAR_PAGE], n, pages, len(lieux))

"""The list of dossiers within reach: one query, keyset pages, filters from the URL."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from portal.dossiers import portee
from portal.dossiers import queries as dossiers
from portal.dossiers.portee import RECENTS, Portee
from portal.dossiers.transitions import GROUPES, LIBELLES
from portal.infra.base import parcourir, sql, valeur
from portal.infra.texte import mots
from portal.kit.types import lire_date
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder, instant

_CODE = re.compile(r"[a-z0-9_-]{1,60}")
COLONNES = (
    "d.uid, d.id, d.numero, d.dispositif, d.intitule, d.etat, d.siren, d.debut, d.nb_personnes,"
    " d.demande_centimes, d.accorde_centimes, d.modifie_le, e.denomination"
)

MOTS_MAX = 6
_MOT = (
    "(d.recherche like {0} or d.siren like {1} or d.siren in (select f.siren from entreprise f"
    " where to_tsvector('simple', f.recherche) @@ to_tsquery('simple', {2})))"
)
"""A word of the search: part of the dossier's words, start of a SIREN, start of a company's word."""


@dataclass(frozen=True)
class Filtres:
    """What the URL asks for; nonsense is dropped, never an error."""

    q: str = ""
    etat: str = ""
    dispositif: str = ""
    siren: str = ""
    du: date | None = None
    au: date | None = None

    @classmethod
    def lire(cls, parametres: Mapping[str, str]) -> Filtres:
        siren = parametres.get("siren", "").replace(" ", "")
        return cls(
            q=parametres.get("q", "").strip()[:100],
            etat=e if (e := parametres.get("etat", "")) in LIBELLES or e in GROUPES else "",
            dispositif=d if _CODE.fullmatch(d := parametres.get("dispositif", "")) else "",
            siren=siren if siren.isascii() and siren.isdigit() and len(siren) == 9 else "",
            du=_date(parametres.get("du", "")),
            au=_date(parametres.get("au", "")),
        )

    def en_url(self, **autres: str) -> str:
        poses = {
            "q": self.q,
            "etat": self.etat,
            "dispositif": self.dispositif,
            "siren": self.siren,
            "du": f"{self.du:%d/%m/%Y}" if self.du else "",
            "au": f"{self.au:%d/%m/%Y}" if self.au else "",
            **autres,
        }
        return urlencode({k: v for k, v in poses.items() if v})

    def en_json(self) -> dict[str, str]:
        return {
            "q": self.q,
            "etat": self.etat,
            "dispositif": self.dispositif,
            "siren": self.siren,
            "du": f"{self.du:%d/%m/%Y}" if self.du else "",
            "au": f"{self.au:%d/%m/%Y}" if self.au else "",
        }


def _date(saisi: str) -> date | None:
    try:
        return lire_date(saisi) if saisi else None
    except ValueError:
        return None


def _condition(filtres: Filtres, avant: list[Any]) -> tuple[str, list[Any]]:
    """SQL on `d`, and all parameters: those of the reach (`avant`), then the filters'."""
    parametres = list(avant)
    morceaux = ["true"]

    def poser(texte: str, *valeurs: Any) -> None:
        rang = len(parametres) + 1
        parametres.extend(valeurs)
        morceaux.append(texte.format(*(f"${rang + i}" for i in range(len(valeurs)))))

    if filtres.etat in GROUPES:
        poser("d.etat = any({0})", list(GROUPES[filtres.etat][1]))
    elif filtres.etat:
        poser("d.etat = {0}", filtres.etat)
    if filtres.dispositif:
        poser("d.dispositif = {0}", filtres.dispositif)
    if filtres.siren:
        poser("d.siren = {0}", filtres.siren)
    if filtres.du:
        poser("d.debut >= {0}", filtres.du)
    if filtres.au:
        poser("d.debut <= {0}", filtres.au)
    for mot in mots(filtres.q)[:MOTS_MAX]:
        poser(_MOT, f"%{mot}%", f"{mot}%", f"'{mot}':*")
    return " and ".join(morceaux), parametres


async def lister(
    moi: Personne,
    filtres: Filtres,
    curseur: str | None = None,
    taille: int = TAILLE,
    *,
    a_portee: Portee | None = None,
) -> PageDe[dict[str, Any]]:
    """The latest first. `curseur` of another sort or nonsensical: the first page. `a_portee`: the
    person's reach, where it has been read for this request already."""
    a_portee = a_portee or await portee.de(moi)
    condition, parametres = _condition(filtres, a_portee.parametres)
    apres = decoder(curseur, 2)
    if apres and (moment := instant(apres[0])) and isinstance(apres[1], int):
        parametres += [moment, apres[1]]
        rang = len(parametres)
        condition += f" and (d.modifie_le, d.id) < (${rang - 1}, ${rang})"
    fin = f"limit {taille + 1}"
    lignes = await sql(
        f"select {COLONNES} from (select id from ("
        f"{a_portee.sql(condition, f'{RECENTS} {fin}')}) e"
        f" order by modifie_le desc, id desc {fin}) x"
        " join dossier d on d.id = x.id left join entreprise e on e.siren = d.siren"
        f" {RECENTS}",
        *parametres,
    )
    suivant = None
    if len(lignes) > taille:
        lignes = lignes[:taille]
        suivant = encoder(lignes[-1]["modifie_le"].isoformat(), lignes[-1]["id"])
    return PageDe(lignes, suivant)


async def compter(
    moi: Personne, filtres: Filtres, plafond: int = 1000, *, a_portee: Portee | None = None
) -> int:
    """How many, counted up to `plafond`."""
    a_portee = a_portee or await portee.de(moi)
    condition, parametres = _condition(filtres, a_portee.parametres)
    source = a_portee.sql(condition, f"limit {plafond}", f"limit {plafond}")
    return int(
        await valeur(
            f"select count(*) from (select 1 from ({source}) e limit {plafond}) x", *parametres
        )
    )


async def tous(moi: Personne, filtres: Filtres) -> AsyncIterator[dict[str, Any]]:
    """Every dossier, with its money (`argent`: whether this person may see what was invoiced and
    paid), for the export."""
    a_portee = await portee.de(moi)
    condition, parametres = _condition(filtres, a_portee.parametres)
    parametres.append(moi.compte_id)
    argent = dossiers.portee_argent(moi, f"${len(parametres)}::bigint")
    async for ligne in parcourir(
        "select d.numero, d.dispositif, d.intitule, d.etat, d.siren, d.siret, e.denomination, d.debut,"
        " d.fin, d.nb_personnes, d.personnes, d.organisme_nom, d.transmis_jour, d.demande_centimes,"
        " d.accorde_centimes, x.argent, case when x.argent then g.facture_centimes end"
        " as facture_centimes, case when x.argent then g.paye_centimes end as paye_centimes"
        " from dossier d left join entreprise e on e.siren = d.siren"
        " left join engagement g on g.dossier_uid = d.uid"
        f" cross join lateral (select coalesce({argent}, false) as argent) x"
        f" where d.id in (select id from ({a_portee.sql(condition)}) e) {RECENTS}",
        *parametres,
    ):
        yield ligne

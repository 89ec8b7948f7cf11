"""The list of dossiers within reach: one query, keyset pages, filters from the URL."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from portal.dossiers.queries import portee
from portal.dossiers.transitions import LIBELLES
from portal.infra.base import parcourir, sql, valeur
from portal.infra.texte import plier
from portal.kit.types import lire_date
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

_CODE = re.compile(r"[a-z0-9_-]{1,60}")
COLONNES = (
    "d.uid, d.id, d.numero, d.dispositif, d.intitule, d.etat, d.siren, d.debut, d.nb_personnes,"
    " d.demande_centimes, d.accorde_centimes, d.modifie_le, e.denomination"
)


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
            etat=parametres.get("etat", "") if parametres.get("etat", "") in LIBELLES else "",
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


def _condition(moi: Personne, filtres: Filtres) -> tuple[str, list[Any]]:
    parametres: list[Any] = [moi.compte_id]
    morceaux = [portee(moi)]

    def poser(texte: str, v: Any) -> None:
        parametres.append(v)
        morceaux.append(texte.format(n=f"${len(parametres)}"))

    if filtres.etat:
        poser("d.etat = {n}", filtres.etat)
    else:
        morceaux.append("(d.etat <> 'annule' or d.numero is not null)")
    if filtres.dispositif:
        poser("d.dispositif = {n}", filtres.dispositif)
    if filtres.siren:
        poser("d.siren = {n}", filtres.siren)
    if filtres.du:
        poser("d.debut >= {n}", filtres.du)
    if filtres.au:
        poser("d.debut <= {n}", filtres.au)
    for mot in plier(filtres.q).split()[:6]:
        poser(
            "(d.recherche like {n} or exists (select 1 from entreprise f where f.siren = d.siren"
            " and (f.recherche like {n} or f.siren like {n})))",
            f"%{mot.replace('%', '').replace('_', '')}%",
        )
    return " and ".join(morceaux), parametres


async def lister(
    moi: Personne, filtres: Filtres, curseur: str | None = None, taille: int = TAILLE
) -> PageDe[dict[str, Any]]:
    """The latest first. `curseur` of another sort or nonsensical: the first page."""
    condition, parametres = _condition(moi, filtres)
    apres = decoder(curseur, 2)
    if apres and (moment := _instant(apres[0])) and isinstance(apres[1], int):
        parametres += [moment, apres[1]]
        condition += f" and (d.modifie_le, d.id) < (${len(parametres) - 1}, ${len(parametres)})"
    lignes = await sql(
        f"select {COLONNES} from dossier d left join entreprise e on e.siren = d.siren"
        f" where {condition} order by d.modifie_le desc, d.id desc limit {taille + 1}",
        *parametres,
    )
    suivant = None
    if len(lignes) > taille:
        lignes = lignes[:taille]
        suivant = encoder(lignes[-1]["modifie_le"].isoformat(), lignes[-1]["id"])
    return PageDe(lignes, suivant)


async def compter(moi: Personne, filtres: Filtres, plafond: int = 1000) -> int:
    """How many, counted up to `plafond`."""
    condition, parametres = _condition(moi, filtres)
    return int(
        await valeur(
            f"select count(*) from (select 1 from dossier d where {condition} limit {plafond}) x",
            *parametres,
        )
    )


def tous(moi: Personne, filtres: Filtres) -> AsyncIterator[dict[str, Any]]:
    """Every dossier, with its money, for the export."""
    condition, parametres = _condition(moi, filtres)
    return parcourir(
        "select d.numero, d.dispositif, d.intitule, d.etat, d.siren, d.siret, e.denomination, d.debut,"
        " d.fin, d.nb_personnes, d.personnes, d.organisme_nom, d.transmis_jour, d.demande_centimes,"
        " d.accorde_centimes, g.facture_centimes, g.paye_centimes"
        " from dossier d left join entreprise e on e.siren = d.siren"
        " left join engagement g on g.dossier_uid = d.uid"
        f" where {condition} order by d.modifie_le desc, d.id desc",
        *parametres,
    )


def _instant(v: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(v))
    except ValueError:
        return None
    return moment if moment.tzinfo else None

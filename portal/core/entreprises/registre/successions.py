"""`portal import successions FILE`: who took over from whom (StockEtablissementLiensSuccession).

Inside one company (same SIREN) a closed establishment that goes on elsewhere takes its accesses and
dossiers along. From one company to another nothing moves by itself: the takeover is only told,
since it would give people rights on a company that never let them in. Import `sirene` first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.entreprises.registre.bilan import Bilan, Progres, Rejets, Suivi
from portal.core.entreprises.registre.lecture import Lecteur, LigneFautive
from portal.core.entreprises.registre.lignes import numero
from portal.core.entreprises.registre.passage import passage
from portal.core.journal.operations import noter
from portal.infra import clock, evenements
from portal.infra.base import executer, sql, transaction, valeur

COLONNES = (
    "siretEtablissementPredecesseur", "siretEtablissementSuccesseur", "dateLienSuccession",
    "transfertSiege", "continuiteEconomique",
)  # fmt: skip
LOT = 2000
_OUI = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Lien:
    """One row: `ligne` is its number in the file."""

    ligne: int
    ancien: str
    nouveau: str
    effet: date
    transfert_siege: bool
    continuite: bool

    @property
    def meme_entreprise(self) -> bool:
        return self.ancien[:9] == self.nouveau[:9]


async def importer(
    fichier: Path, *, rejets: Path | None = None, progres: Progres | None = None, taille: int = LOT
) -> Bilan:
    """Follow the links whose former establishment is known here; others concern nobody."""
    bilan = Bilan()
    with Lecteur(fichier, COLONNES) as lecteur, Rejets(bilan, rejets) as refusees:
        async with passage("successions", fichier.name, bilan):
            suivi = Suivi(progres)
            lus = _liens(lecteur, bilan, refusees)
            while lot := await asyncio.to_thread(lambda: list(islice(lus, taille))):
                await _suivre_lot(lot, bilan, refusees)
                suivi.avancer(bilan.lignes, lecteur.part_lue)
    return bilan


def _liens(lecteur: Lecteur, bilan: Bilan, refusees: Rejets) -> Iterator[Lien]:
    places = [lecteur.colonnes[c.lower()] for c in COLONNES]
    for ligne, valeurs in lecteur:
        bilan.lignes += 1
        if isinstance(valeurs, LigneFautive):
            refusees.ajouter(ligne, valeurs.motif)
            continue
        try:
            yield _lire(ligne, [valeurs[p].strip() for p in places])
        except ValueError as erreur:
            refusees.ajouter(ligne, str(erreur))


def _lire(ligne: int, v: list[str]) -> Lien:
    ancien, nouveau = numero(v[0]), numero(v[1])
    if ancien == nouveau:
        raise ValueError("l’établissement se succède à lui-même.")
    try:
        effet = date.fromisoformat(v[2][:10])
    except ValueError:
        raise ValueError("la date n’est pas de la forme AAAA-MM-JJ.") from None
    siege, continuite = _OUI.get(v[3].lower()), _OUI.get(v[4].lower())
    if siege is None or continuite is None:
        raise ValueError("transfertSiege et continuiteEconomique valent true ou false.")
    return Lien(ligne, ancien, nouveau, effet, siege, continuite)


async def _suivre_lot(lot: list[Lien], bilan: Bilan, refusees: Rejets) -> None:
    async with transaction():
        jour = await clock.aujourd_hui()
        connus = await _connus(lot)
        for lien in sorted(lot, key=lambda x: x.effet):
            if lien.ancien not in connus or lien.effet > jour:
                continue
            if not (lien.continuite or lien.transfert_siege):
                continue
            if motif := _empeche(lien, connus, jour):
                refusees.ajouter(lien.ligne, motif)
            else:
                await _suivre(lien, bilan, refusees)


async def _connus(lot: list[Lien]) -> dict[str, date | None]:
    """Closing day of each establishment of the batch that is known here."""
    sirets = list({s for x in lot for s in (x.ancien, x.nouveau)})
    lignes = await sql(
        "select siret, ferme_le from etablissement where siret = any($1::text[])", sirets
    )
    return {ligne["siret"]: ligne["ferme_le"] for ligne in lignes}


def _empeche(lien: Lien, connus: dict[str, date | None], jour: date) -> str:
    if lien.nouveau not in connus:
        return "le successeur n’est pas dans la copie du registre\u00a0: importez-la d’abord."
    ferme = connus[lien.ancien]
    if lien.meme_entreprise and (ferme is None or ferme > jour):
        return "l’établissement d’origine est encore ouvert."
    return ""


async def _suivre(lien: Lien, bilan: Bilan, refusees: Rejets) -> None:
    bout = await _bout(lien.nouveau)
    if bout is None or bout == lien.ancien:
        refusees.ajouter(lien.ligne, "ces successions tournent en rond.")
        return
    nouvelle = await executer(
        "insert into succession (predecesseur, successeur, effet, transfert_siege, continuite, etat,"
        " lue_le) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        lien.ancien, lien.nouveau, lien.effet, lien.transfert_siege, lien.continuite,
        "suivie" if lien.meme_entreprise else "autre_entreprise", clock.instant(),
    )  # fmt: skip
    if not nouvelle:
        return
    await executer(
        "update etablissement set successeur = $2 where siret = $1", lien.ancien, lien.nouveau
    )
    bilan.ajouts += 1
    if not lien.meme_entreprise or bout[:9] != lien.ancien[:9]:
        return
    bilan.suivies += 1
    await noter(
        "etablissement.remplace", acteur=None, siren=lien.ancien[:9], siret=lien.ancien,
        successeur=bout, effet=lien.effet,
    )  # fmt: skip
    await evenements.publier(EtablissementRemplace(lien.ancien[:9], lien.ancien, bout, lien.effet))


async def _bout(siret: str) -> Any:
    """The last of those who took over from it, itself when nobody did; None for a circle."""
    return await valeur(
        "with recursive suite (siret, rang) as (select $1::text, 0 union all"
        " select t.successeur, s.rang + 1 from suite s join etablissement t on t.siret = s.siret"
        " where t.successeur is not null and s.rang < 50)"
        " select case when rang < 50 then siret end from suite order by rang desc limit 1",
        siret,
    )

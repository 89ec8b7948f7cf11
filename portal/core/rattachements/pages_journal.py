"""« Journal » of a company, for its administrators and the staff who follow it; also in Excel."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from portal.core.entreprises import queries as entreprises
from portal.core.journal.phrases import NATURES
from portal.core.rattachements import journal_entreprise as journal
from portal.core.rattachements import queries_internes
from portal.core.rattachements.entites import entite
from portal.core.rattachements.journal_entreprise import Evenement, Filtres
from portal.core.rattachements.modeles import ADMINISTRER
from portal.core.rattachements.page_entreprise import Connus
from portal.core.rattachements.perimetre import exiger_entreprise
from portal.infra.sheets import Colonne
from portal.infra.sheets_flux import FeuilleFlux, Ligne, ecrire_flux
from portal.web.erreurs import Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.identite import Moi, Personne
from portal.web.rendu import rendre

ROLES = ("conseiller", "aef", "gestionnaire", "administrateur")
INTERNES = ",".join(ROLES)
CHEMIN = "/entreprise/{siren:str}/{profil:str}/journal"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MORCEAU = 256 * 1024
COLONNES = (
    Colonne("Date et heure", "date_heure"),
    Colonne("Par", "texte", 28),
    Colonne("Ce qui s’est passé", "texte", 80),
    Colonne("Personne concernée", "texte", 28),
    Colonne("Nature", "texte", 24),
    Colonne("Preuve", "texte", 16),
    Colonne("Scellé le", "date_heure"),
)


async def _exiger(moi: Personne, siren: str, profil: str) -> None:
    """An administrator of this company and profile, or staff within whose reach it lies."""
    if moi.roles & set(ROLES):
        fiche = await entreprises.par_siren(siren)
        a_portee = fiche and await queries_internes.a_portee(moi, fiche, ROLES)
        if not fiche or not a_portee or profil not in fiche.profils:
            raise Introuvable()
        return
    await exiger_entreprise(moi, ADMINISTRER, siren, profil)


@get(CHEMIN, droit="rattachements.consulter", interne=INTERNES)
async def voir(
    request: Request[Any, Any, Any],
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Response[Any]:
    """What was done, the latest first."""
    await _exiger(moi, siren, profil)
    filtres, apres = Filtres.lire(request.query_params), request.query_params.get("apres")
    filtres = await journal.resoudre(siren, profil, filtres)
    page = await journal.lister(siren, profil, filtres, apres, dispositifs=dispositifs_connus)
    entiere = page.suivant is None and not apres
    racine = f"/entreprise/{siren}/{profil}/journal"
    return rendre(
        request,
        "rattachements/journal.html",
        fragment="rattachements/_journal.html",
        entite=await entite(siren, profil),
        racine=racine,
        lignes=page.lignes,
        total=len(page.lignes) if entiere else await journal.compter(siren, profil, filtres),
        plafond=journal.PLAFOND,
        suivant=f"{racine}?{filtres.en_url(apres=page.suivant)}" if page.suivant else None,
        premier=f"{racine}?{filtres.en_url()}" if apres else None,
        filtres=filtres,
        puces=_puces(filtres, racine),
        natures=list(NATURES.items()),
        export=f"{racine}/export?{filtres.en_url()}",
    )


def _puces(filtres: Filtres, racine: str) -> list[tuple[str, str]]:
    def jour(quand: date | None) -> str:
        return f"{quand:%d/%m/%Y}" if quand else ""

    dites = {
        "q": f"Personne\u00a0: {filtres.q}" if filtres.q else "",
        "nature": f"Nature\u00a0: {NATURES[filtres.nature]}" if filtres.nature else "",
        "du": f"À partir du {jour(filtres.du)}" if filtres.du else "",
        "au": f"Jusqu’au {jour(filtres.au)}" if filtres.au else "",
    }
    vides: dict[str, Any] = {"du": None, "au": None}
    return [
        (texte, f"{racine}?{replace(filtres, **{nom: vides.get(nom, '')}).en_url()}")
        for nom, texte in dites.items()
        if texte
    ]


@get(f"{CHEMIN}/export", droit="rattachements.consulter", interne=INTERNES)
async def exporter(
    request: Request[Any, Any, Any],
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Stream:
    """The same lines as a workbook, with what the seals say of each."""
    await _exiger(moi, siren, profil)
    filtres = Filtres.lire(request.query_params)
    nom = f"Journal {(await entite(siren, profil)).denomination} {siren} {profil}.xlsx"
    dossier = tempfile.TemporaryDirectory()
    chemin = Path(dossier.name) / "journal.xlsx"
    try:
        lignes = _lignes(journal.tous(siren, profil, filtres, dispositifs_connus))
        await ecrire_flux(chemin, [FeuilleFlux("Journal", COLONNES, lignes)])
    except BaseException:
        dossier.cleanup()
        raise
    return piece_jointe(_lire_et_jeter(chemin, dossier), nom.replace("/", " "), XLSX)


async def _lignes(evenements: AsyncIterator[Evenement]) -> AsyncIterator[Ligne]:
    async for evenement in evenements:
        yield _ligne(evenement)


def _ligne(e: Evenement) -> Ligne:
    return (
        e.instant,
        e.acteur,
        e.phrase,
        e.personne,
        e.nature,
        "Scellé" if e.scelle_le else "Pas encore scellé",
        e.scelle_le,
    )


async def _lire_et_jeter(
    chemin: Path, dossier: tempfile.TemporaryDirectory[str]
) -> AsyncIterator[bytes]:
    with dossier, chemin.open("rb") as flux:
        while morceau := flux.read(MORCEAU):
            yield morceau


GESTIONNAIRES = [voir, exporter]

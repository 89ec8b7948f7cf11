"""`portal import reprise DIR`: every file of the folder, in the order in which they lean on each other.

Dry run by default: all is written in one transaction, which is then undone. With `--apply`, each lot
is a transaction of its own, with the trace of its rows: killed at any moment and run again, it goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from portal.core.journal.operations import noter
from portal.infra.base import executer, savepoint, transaction
from portal.infra.texte import plier
from portal.reprise import acces, argent, cloture, dossiers, registre, regles, ribs
from portal.reprise.cloture import Cloture
from portal.reprise.fichiers import Brute, Fichier, FichierIllisible
from portal.reprise.formats import FORMATS, PAR_NOM, CelluleRefusee, Format
from portal.reprise.lignes import ACCEPTE, DEJA, REJETE, Ligne
from portal.reprise.rapport import Bilan, Rapport
from portal.reprise.regles import Regle

LOT = 1000
VERROU = 7_403_114
EXTENSIONS = (".csv", ".xlsx")
PAS_ENCORE = "Pas encore repris\u00a0: le portail n’a pas encore de place pour ces lignes."
REPRISES: dict[str, Callable[[Sequence[Ligne], bool], Awaitable[None]]] = {
    "utilisateurs": acces.utilisateurs,
    "administrateurs": acces.administrateurs,
    "habilitations": acces.habilitations,
    "dossiers": dossiers.dossiers,
    "factures": argent.factures,
    "reglements": argent.reglements,
    "ribs": ribs.ribs,
}


class DossierVide(Exception):
    """Nothing to take over; the message says what is expected."""


class _Essai(Exception):
    """Undoes a dry run."""


@dataclass(frozen=True)
class _Source:
    """A file, what it holds, and the source that its folder names, if it does."""

    chemin: Path
    nom: str
    format: Format
    regle: Regle | None


async def reprendre(
    dossier: Path, *, appliquer: bool = False, rapport: Path | None = None, lot: int = LOT,
    suivre: Callable[[str], None] = lambda _mot: None, clore: Sequence[str] = (),
) -> Bilan:  # fmt: skip
    """Take over what the folder holds, or only say what would be. `suivre` hears of progress; `clore`
    names sources whose closed dossiers give back what they never invoiced."""
    nom = "rapport-reprise.csv" if appliquer else "rapport-essai.csv"
    bilan = Bilan(not appliquer, rapport or dossier / nom)
    connues = await regles.charger()
    a_clore = cloture.preparer(clore, connues)
    sources = _chercher(dossier, connues, bilan)
    with Rapport(bilan) as ecrit:
        if _illisibles(sources, ecrit):
            return bilan
        passage = _Passage(connues, ecrit, lot, suivre, a_clore, essai=not appliquer)
        if appliquer:
            await passage.tout(sources)
            await _journaliser(bilan)
            return bilan
        try:
            async with transaction():
                await passage.tout(sources)
                raise _Essai
        except _Essai:
            return bilan


def _chercher(dossier: Path, connues: dict[str, Regle], bilan: Bilan) -> list[_Source]:
    """The files of the folder and of its folders by source, in the order of their kinds."""
    trouves = []
    for chemin in sorted(dossier.rglob("*")):
        nom = str(chemin.relative_to(dossier))
        if not chemin.is_file() or chemin.name.startswith(("rapport-", ".")):
            continue
        format_ = PAR_NOM.get(plier(chemin.stem.replace("_", " ")))
        if format_ is None or chemin.suffix.lower() not in EXTENSIONS:
            bilan.remarques.append(f"{nom}\u00a0: fichier inconnu, laissé de côté.")
            continue
        regle = connues.get(plier(chemin.parent.name.replace("_", " ")))
        trouves.append(_Source(chemin, nom, format_, regle if chemin.parent != dossier else None))
    if not trouves:
        attendus = ", ".join(f"{f.code}.csv" for f in FORMATS)
        raise DossierVide(f"Aucun fichier à reprendre dans {dossier}. Attendus\u00a0: {attendus}.")
    return sorted(trouves, key=lambda s: FORMATS.index(s.format))


def _illisibles(sources: Sequence[_Source], ecrit: Rapport) -> bool:
    """Read every header before anything is written."""
    trouve = False
    for source in sources:
        try:
            _fichier(source).verifier()
        except FichierIllisible as erreur:
            ecrit.illisible(source.nom, erreur.ligne, source.format.code, erreur.message)
            trouve = True
    return trouve


def _fichier(source: _Source) -> Fichier:
    colonnes = source.format.colonnes
    noms = {plier(c.nom.replace("_", " ")): c.nom for c in colonnes} | {"source": "source"}
    exigees = [c.nom for c in colonnes if c.exigee]
    if source.regle is None and colonnes:
        exigees.append("source")
    return Fichier(source.chemin, noms, exigees)


async def _journaliser(bilan: Bilan) -> None:
    await noter(
        "reprise.appliquee",
        acteur=None,
        acceptees=bilan.total(ACCEPTE),
        deja=bilan.total(DEJA),
        rejetees=bilan.total(REJETE),
    )


class _Passage:
    """One run over the files."""

    def __init__(
        self, connues: dict[str, Regle], ecrit: Rapport, lot: int, suivre: Callable[[str], None],
        a_clore: Cloture, *, essai: bool,
    ) -> None:  # fmt: skip
        self._connues = connues
        self._ecrit = ecrit
        self._lot = lot
        self._suivre = suivre
        self._cloture = a_clore
        self._essai = essai

    async def tout(self, sources: Sequence[_Source]) -> None:
        for source in sources:
            await self._fichier(source)
        self._ecrit.bilan.refus += await self._cloture.faire()

    async def _fichier(self, source: _Source) -> None:
        fichier = _fichier(source)
        lot: list[Ligne] = []
        nombre = 0
        try:
            for brute in fichier.lignes():
                lot.append(self._lire(source, brute))
                if len(lot) >= self._lot:
                    nombre += len(lot)
                    await self._juger(source.format, lot)
                    self._suivre(f"{source.nom}\u00a0: {nombre} lignes")
                    lot = []
        except FichierIllisible as erreur:
            self._ecrit.illisible(source.nom, erreur.ligne, source.format.code, erreur.message)
            self._cloture.illisible |= source.format.code == "factures"
        await self._juger(source.format, lot)
        if fichier.remarque:
            self._ecrit.bilan.remarques.append(f"{source.nom}\u00a0: {fichier.remarque}.")

    def _lire(self, source: _Source, brute: Brute) -> Ligne:
        ligne = Ligne(source.nom, brute.numero, source.format, source.regle)
        if not source.format.colonnes:
            ligne.rejeter("", PAS_ENCORE)
        elif brute.en_trop:
            ligne.rejeter(
                "", "Cette ligne a plus de cellules que de colonnes. Vérifiez les séparateurs."
            )
        else:
            self._valeurs(ligne, brute)
        return ligne

    def _valeurs(self, ligne: Ligne, brute: Brute) -> None:
        dite = brute.cellules.get("source", "")
        if dite or ligne.regle is None:
            ligne.regle = self._connues.get(plier(dite.replace("_", " ")))
        if ligne.regle is None:
            attendues = dict.fromkeys(r.libelle for r in self._connues.values())
            ligne.rejeter("source", f"Source inconnue. Attendues\u00a0: {', '.join(attendues)}.")
            return
        try:
            ligne.valeurs = ligne.format.lire(brute.cellules)
        except CelluleRefusee as refus:
            ligne.rejeter(refus.colonne, refus.message)

    async def _juger(self, format_: Format, lot: list[Ligne]) -> None:
        if lot:
            async with transaction():
                await executer("select pg_advisory_xact_lock($1)", VERROU)
                await self._prendre(format_, [ligne for ligne in lot if ligne.a_juger])
        if format_.code == "factures":
            self._cloture.voir(lot)
        for ligne in lot:
            self._ecrit.ligne(ligne)

    async def _prendre(self, format_: Format, lignes: list[Ligne]) -> None:
        """Take these rows; where the database refuses one, the others still go in."""
        if not lignes:
            return
        try:
            async with savepoint():
                await registre.reconnaitre(format_.code, lignes)
                nouvelles = [ligne for ligne in lignes if ligne.a_juger]
                if nouvelles:
                    await REPRISES[format_.code](nouvelles, self._essai)
                await registre.inscrire(format_.code, lignes)
        except asyncpg.PostgresError as erreur:
            if isinstance(
                erreur, asyncpg.InsufficientResourcesError | asyncpg.OperatorInterventionError
            ):
                raise
            await self._separer(format_, lignes, erreur)

    async def _separer(
        self, format_: Format, lignes: list[Ligne], erreur: asyncpg.PostgresError
    ) -> None:
        for ligne in lignes:
            ligne.resultat = ligne.colonne = ligne.motif = ligne.devenu = ""
        if len(lignes) == 1:
            regle = getattr(erreur, "constraint_name", None) or type(erreur).__name__
            lignes[0].rejeter("", f"La base de données refuse cette ligne (règle {regle}).")
            return
        milieu = len(lignes) // 2
        await self._prendre(format_, lignes[:milieu])
        await self._prendre(format_, lignes[milieu:])

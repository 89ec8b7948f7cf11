"""What is missing or wrong before transmission, and the amount, explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from portal.branches import queries as branches
from portal.branches.dates import ParametresDates
from portal.dossiers import queries
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie import etablissements
from portal.dossiers.saisie.contenu import Contenu, lire_contenu
from portal.infra import clock
from portal.infra.base import sql
from portal.infra.coffre import SecretAbsent
from portal.infra.money import de_cents
from portal.kit import (
    Cadre,
    Constat,
    Controle,
    Dispositif,
    Donnees,
    Entreprise,
    Financement,
    Piece,
)


@dataclass(frozen=True)
class Point:
    """Something to mend, with the address of its field."""

    etape: str
    libelle: str
    message: str
    url: str


@dataclass(frozen=True)
class Resultat:
    """A control and what it found: nothing when passed."""

    controle: Controle
    points: tuple[Point, ...] = ()

    @property
    def passe(self) -> bool:
        return not self.points

    @property
    def etat(self) -> str:
        if self.passe:
            return "Conforme"
        return "Bloquant" if self.controle.severite == "bloquant" else "À vérifier"


@dataclass
class Examen:
    """A dossier read and judged."""

    dispositif: Dispositif
    contenu: Contenu
    cadre: Cadre
    parametres: ParametresDates
    financement: Financement
    resultats: list[Resultat]
    manques: list[Point] = field(default_factory=list)
    pieces_attendues: list[Piece] = field(default_factory=list)
    pieces_manquantes: list[Piece] = field(default_factory=list)
    modifiable: bool = True

    @property
    def bloquants(self) -> list[Point]:
        return [p for r in self.resultats if r.controle.severite == "bloquant" for p in r.points]

    @property
    def avertissements(self) -> list[Point]:
        return [p for r in self.resultats if r.controle.severite != "bloquant" for p in r.points]

    @property
    def transmissible(self) -> bool:
        return not (
            self.manques or self.bloquants or self.pieces_manquantes or self.financement.incomplet
        )

    def etat_etape(self, code: str) -> str:
        """State of a step in words: a_faire, en_cours, complete, a_corriger."""
        saisie = self.contenu.donnees[code]
        touchee = any(p.etape == code for p in self.bloquants)
        if saisie.erreurs or (touchee and saisie.entamee):
            return "a_corriger"
        if not saisie.entamee:
            return "a_faire"
        return "en_cours" if saisie.manquants else "complete"


async def examiner(dossier: Mapping[str, Any]) -> Examen:
    """Read the steps, run the controls, compute the funding. Judged by the parameters of the day
    of transmission once transmitted, of today before."""
    dispositif = du_registre(dossier["dispositif"])
    dossier, contenu = await _lire(dispositif, dossier)
    jour = dossier["transmis_jour"] or await clock.aujourd_hui()
    parametres = await _parametres(dossier, jour)
    deposees = frozenset(d["piece"] for d in await queries.documents(dossier["id"]))
    entite = await queries.entite(dict(dossier))
    cadre = Cadre(
        aujourd_hui=jour,
        entreprise=Entreprise(
            siren=entite.siren,
            denomination=entite.denomination,
            idcc=dossier["idcc"],
            effectif=entite.effectif,
            departement=dossier["departement"],
            attributs=entite.attributs,
        ),
        siret=dossier["siret"],
        parametres=parametres,
        pieces=deposees,
        deja_engage=await deja_engage(dossier),
    )
    donnees = contenu.donnees
    attendues = pieces_de(dispositif, donnees, "depot")
    uid = dossier["uid"]
    resultats = [
        _resultat(c, c.verifier(donnees, cadre), dispositif, contenu, uid)
        for c in dispositif.controles
    ]
    nommes = await etablissements.controler(dispositif, donnees)
    if nommes is not None:
        resultats.append(_resultat(etablissements.CONNUS, nommes, dispositif, contenu, uid))
    return Examen(
        dispositif=dispositif,
        contenu=contenu,
        cadre=cadre,
        parametres=parametres,
        financement=dispositif.financer(donnees, cadre),
        resultats=resultats,
        manques=_manques(dispositif, contenu, uid),
        pieces_attendues=attendues,
        modifiable=dossier["etat"] == "brouillon",
        pieces_manquantes=[p for p in attendues if p.obligatoire and p.code not in deposees],
    )


def pieces_de(dispositif: Dispositif, donnees: Donnees, moment: str) -> list[Piece]:
    """Documents that what was typed makes needed at this moment."""
    return [p for p in dispositif.pieces if p.moment == moment and p.si(donnees)]


async def _lire(
    dispositif: Dispositif, dossier: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Contenu]:
    """The steps with their secrets. An autosave may replace a secret between the reading of the
    row and theirs: then the row is read again, as that autosave left it."""
    try:
        return dossier, await lire_contenu(dispositif, dossier["donnees"])
    except SecretAbsent:
        frais = await queries.relu(dossier)
        return frais, await lire_contenu(dispositif, frais["donnees"])


async def _parametres(dossier: Mapping[str, Any], jour: date) -> ParametresDates:
    if dossier["parametres"]:
        return ParametresDates.depuis_json(dossier["parametres"])
    return await branches.parametres(dossier["idcc"], jour)


async def deja_engage(dossier: Mapping[str, Any]) -> dict[int, Decimal]:
    """Euros granted to the SIREN for this dispositif by year of start, this dossier left out."""
    lignes = await sql(
        "select extract(year from debut)::int as annee, sum(accorde_centimes)::bigint as total"
        " from dossier where siren = $1 and dispositif = $2 and id <> $3 and debut is not null"
        " and etat in ('accorde', 'en_cours', 'solde') group by 1",
        dossier["siren"],
        dossier["dispositif"],
        dossier["id"],
    )
    return {ligne["annee"]: de_cents(ligne["total"] or 0) for ligne in lignes}


def url_champ(uid: Any, etape: str, nom: str = "") -> str:
    """Address of a field in its step's page, which then says what is missing too."""
    ancre = f"#c-{nom.replace('.', '-')}" if nom else ""
    return f"/dossiers/{uid}/etapes/{etape}?verifie=oui{ancre}"


def _manques(dispositif: Dispositif, contenu: Contenu, uid: Any) -> list[Point]:
    points = []
    for etape in dispositif.etapes:
        saisie = contenu.donnees[etape.code]
        for nom, message in {**saisie.erreurs, **saisie.manquants}.items():
            points.append(
                Point(
                    etape.code,
                    contenu.libelle(dispositif, f"{etape.code}.{nom}"),
                    message,
                    url_champ(uid, etape.code, nom),
                )
            )
    return points


def _resultat(
    controle: Controle,
    constats: Iterable[Constat],
    dispositif: Dispositif,
    contenu: Contenu,
    uid: Any,
) -> Resultat:
    points = []
    for constat in constats:
        chemin = constat.champs[0] if constat.champs else dispositif.etapes[0].code
        etape, _, nom = chemin.partition(".")
        points.append(
            Point(
                etape,
                contenu.libelle(dispositif, chemin) if nom else dispositif.etape(etape).libelle,
                constat.message,
                url_champ(uid, etape, nom),
            )
        )
    return Resultat(controle, tuple(points))

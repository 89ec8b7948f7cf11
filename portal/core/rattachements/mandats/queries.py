"""What people see of mandates: those of a company, given or received; who acts by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.core.rattachements.mandats.operations import MANDANT, PROFIL_DE
from portal.core.rattachements.perimetre import PAR_MANDAT, clause
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.web.identite import Personne

LIMITE = 500
COTES = {profil: cote for cote, profil in PROFIL_DE.items()}
"""Under which part a company stands, by the profile of its page."""
_FINIS = {"refuse": "Refusé", "retire": "Retiré", "revoque": "Révoqué", "renonce": "Renoncé"}


@dataclass(frozen=True)
class Mandat:
    """A mandate, as either party reads it. `mot` is its state on that day."""

    uid: UUID
    mandant: str
    mandant_nom: str
    mandataire: str
    mandataire_nom: str
    mandataire_siret: str | None
    lieu: str
    du: date
    au: date
    etat: str
    initiative: str
    message: str
    motif: str
    propose_le: datetime
    propose_par: str
    decide_le: datetime | None
    decide_par: str | None
    fini_le: datetime | None
    fini_par: str | None
    dispositifs: tuple[str, ...]
    jour: date

    @property
    def mot(self) -> str:
        """Its state, in one word."""
        if self.etat == "propose":
            return "En attente" if self.au >= self.jour else "Échu"
        if self.etat != "actif":
            return _FINIS[self.etat]
        if self.jour < self.du:
            return "À venir"
        return "Actif" if self.jour <= self.au else "Échu"

    @property
    def vivant(self) -> bool:
        return self.mot in ("Actif", "À venir", "En attente")

    def autre(self, cote: str) -> tuple[str, str]:
        """Name and SIREN of the other party."""
        if cote == MANDANT:
            return self.mandataire_nom, self.mandataire
        return self.mandant_nom, self.mandant


_COLONNES = (
    "m.uid, m.mandant, a.denomination as mandant_nom, m.mandataire,"
    " b.denomination as mandataire_nom, m.mandataire_siret,"
    " coalesce(nullif(t.enseigne, ''), t.commune, '') as lieu, m.du, m.au, m.etat, m.initiative,"
    " m.message, m.motif, m.propose_le, cp.prenom || ' ' || cp.nom as propose_par, m.decide_le,"
    " cd.prenom || ' ' || cd.nom as decide_par, m.fini_le, cf.prenom || ' ' || cf.nom as fini_par,"
    " array(select v.dispositif from mandat_dispositif v where v.mandat = m.id"
    " order by v.dispositif) as dispositifs"
)
_SOURCE = (
    " from mandat m join entreprise a on a.siren = m.mandant"
    " join entreprise b on b.siren = m.mandataire"
    " left join etablissement t on t.siret = m.mandataire_siret"
    " join compte cp on cp.id = m.propose_par left join compte cd on cd.id = m.decide_par"
    " left join compte cf on cf.id = m.fini_par"
)


def _mandat(ligne: dict[str, Any], jour: date) -> Mandat:
    return Mandat(**{**ligne, "dispositifs": tuple(ligne["dispositifs"])}, jour=jour)


async def de(siren: str, profil: str) -> list[Mandat]:
    """Given by this company (adhérent) or received by it (prestataire): those that wait and live
    first, then the past ones. The caller has checked the right on its page."""
    cote = COTES[profil]
    jour = await clock.aujourd_hui()
    lignes = await sql(
        f"select {_COLONNES}{_SOURCE} where m.{cote} = $1"
        " order by m.etat <> 'propose', m.etat <> 'actif', m.au < $2, m.id desc limit $3",
        siren,
        jour,
        LIMITE,
    )
    return [_mandat(ligne, jour) for ligne in lignes]


async def un(siren: str, profil: str, uid: UUID) -> Mandat | None:
    """One mandate of this company."""
    ligne = await sql1(
        f"select {_COLONNES}{_SOURCE} where m.{COTES[profil]} = $1 and m.uid = $2", siren, uid
    )
    return _mandat(ligne, await clock.aujourd_hui()) if ligne else None


def tenus(compte: str, droit: str) -> str:
    """SQL text, a table: what `mandats_de` says of this account and right (SQL expressions), with
    the body whose mandate it is: mandat, du, mandant, mandataire, dispositif."""
    return (
        "(select m.id as mandat, m.du, m.mandant, m.mandataire, v.dispositif from rattachement r"
        " join mandat m on m.mandataire = r.siren and m.etat = 'actif'"
        " and m.du <= (select jour_metier()) and m.au >= (select jour_metier())"
        " and (r.siret is null or r.siret = m.mandataire_siret)"
        " join mandat_dispositif v on v.mandat = m.id"
        f" where {droit} = any(array{sorted(PAR_MANDAT)!r}) and r.compte = {compte}"
        " and r.etat = 'actif' and r.profil = 'prestataire'"
        " and (r.administrateur or exists (select 1 from habilitation h"
        f" where h.rattachement = r.id and h.droit = {droit}"
        " and (h.siret is null or h.siret = m.mandataire_siret)"
        " and (h.dispositif is null or h.dispositif = v.dispositif))))"
    )


async def au_titre_de(
    moi: Personne,
    siren: str,
    siret: str,
    dispositif: str,
    objet: UUID | None = None,
    droit: str = "dossiers.saisir",
) -> str | None:
    """The body in whose name somebody acts on a company's dossiers, when this right comes by a
    mandate alone; None when it is one's own. Kept with what was typed.

    Of two bodies where she may, the one that the journal names first on this dossier (`objet`),
    else the one whose mandate is the older.
    """
    ligne = await sql1(
        "select b.denomination from (select $2::text as siren, $3::text as siret,"
        " 'adherent' as profil, $4::text as dispositif) x"
        f" join {tenus('$1', '$6::text')} t on t.mandant = x.siren and t.dispositif = x.dispositif"
        " join entreprise b on b.siren = t.mandataire"
        f" where not {clause(droit, 'x', mandats=False)}"
        " order by (select min(j.id) from journal j where j.objet_genre = 'dossier'"
        "  and j.objet_uid = $5 and j.details->>'mandataire' = b.denomination) nulls last,"
        " t.du, t.mandat limit 1",
        moi.compte_id,
        siren,
        siret,
        dispositif,
        objet,
        droit,
    )
    return str(ligne["denomination"]) if ligne else None


async def en_attente(moi: Personne) -> list[Mandat]:
    """Requests that wait for a company that this person administers: for her tasks."""
    jour = await clock.aujourd_hui()
    lignes = await sql(
        f"select {_COLONNES}{_SOURCE} where m.etat = 'propose' and m.au >= $2 and m.mandant in"
        " (select p.siren from perimetre($1, 'administrer') p where p.profil = 'adherent')"
        " order by m.id limit 20",
        moi.compte_id,
        jour,
    )
    return [_mandat(ligne, jour) for ligne in lignes]

"""The rules of accesses told a second time, simply, with none of the portal's code: what a sequence
of gestures must lead to. The state machine of `test_acces_etats.py` compares the portal with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

ADMINISTRER = "administrer"
DROITS = tuple(
    f"{domaine}.{verbe}"
    for domaine in ("dossiers", "factures", "rib", "rattachements", "contributions")
    for verbe in ("consulter", "saisir", "supprimer")
)
PAR_MANDAT = ("dossiers.consulter", "dossiers.saisir", "dossiers.supprimer")

Chez = tuple[str, str]
"""A SIREN and a profile."""
Ligne = tuple[str | None, str | None, str]
"""An establishment or all, a dispositif or all, a right."""
Point = tuple[str, str, str | None, str, str | None]
"""A right on an object: right, SIREN, SIRET or none in particular, profile, dispositif or none."""


@dataclass
class Acces:
    """A request or what became of it."""

    uid: UUID
    qui: int
    chez: Chez
    siret: str | None
    etat: str = "en_attente"
    admin: bool = False
    lignes: frozenset[Ligne] = frozenset()

    def couvre(self, point: Point) -> bool:
        droit, siren, siret, profil, dispositif = point
        if self.etat != "actif" or self.chez != (siren, profil):
            return False
        return self.admin or any(
            accorde == droit and lieu in (None, siret) and borne in (None, dispositif)
            for lieu, borne, accorde in self.lignes
        )


@dataclass
class Mandat:
    """What a company lets a training body do."""

    uid: UUID
    mandant: str
    mandataire: str
    siret: str | None
    dispositifs: frozenset[str]
    du: date
    au: date
    etat: str


@dataclass
class Regles:
    """Everything that gives a right, and the questions that the rules answer."""

    jour: date
    acces: list[Acces] = field(default_factory=list)
    mandats: list[Mandat] = field(default_factory=list)
    codes: dict[Chez, tuple[str, date, str]] = field(default_factory=dict)
    """The latest code of each: its letters, its last day, alive or closed."""
    refus: dict[int, int] = field(default_factory=dict)
    fermes: set[int] = field(default_factory=set)

    def vivants(self, qui: int, chez: Chez | None = None) -> Iterator[Acces]:
        for a in self.acces:
            if a.qui == qui and a.etat == "actif" and chez in (None, a.chez):
                yield a

    def administrateurs(self, chez: Chez) -> set[int]:
        return {
            a.qui
            for a in self.acces
            if a.etat == "actif" and a.admin and a.chez == chez and a.qui not in self.fermes
        }

    def administre(self, qui: int, chez: Chez) -> bool:
        return any(a.admin for a in self.vivants(qui, chez))

    def peut(self, qui: int, point: Point) -> bool:
        """Does a living grant explain this right?"""
        return any(a.couvre(point) for a in self.vivants(qui)) or self._par_mandat(qui, point)

    def _par_mandat(self, qui: int, point: Point) -> bool:
        """Her own right at the body's, on the dossiers of who gave it a mandate."""
        droit, siren, _, profil, dispositif = point
        if droit not in PAR_MANDAT or profil != "adherent":
            return False
        return any(
            m.etat == "actif"
            and m.mandant == siren
            and m.du <= self.jour <= m.au
            and dispositif in m.dispositifs
            and self._chez_mandataire(qui, m, droit, dispositif)
            for m in self.mandats
        )

    def _chez_mandataire(self, qui: int, m: Mandat, droit: str, dispositif: str | None) -> bool:
        ici: Point = (droit, m.mandataire, m.siret, "prestataire", dispositif)
        return any(a.couvre(ici) for a in self.vivants(qui))

    def code_vivant(self, chez: Chez) -> str | None:
        lettres, jusqu, etat = self.codes.get(chez, ("", self.jour, "aucun"))
        return lettres if etat == "actif" and self.jour <= jusqu else None

    # What each gesture needs, as the portal's people are told.

    def peut_demander(self, qui: int, chez: Chez, siret: str | None) -> bool:
        attentes = [
            a for a in self.acces if a.qui == qui and a.chez == chez and a.etat == "en_attente"
        ]
        return not self.administre(qui, chez) and not any(
            a.siret in (None, siret) for a in attentes
        )

    def peut_decider(self, par: int, acces: Acces) -> bool:
        return (
            acces.etat == "en_attente"
            and acces.qui != par
            and self._sur(par, "rattachements.saisir", acces)
        )

    def peut_donner(self, par: int, chez: Chez, admin: bool, lignes: frozenset[Ligne]) -> bool:
        if self.administre(par, chez):
            return admin or bool(lignes)
        siren, profil = chez
        return not admin and all(
            self.peut(par, (droit, siren, lieu, profil, borne)) for lieu, borne, droit in lignes
        )

    def peut_habiliter(self, par: int, acces: Acces) -> bool:
        return acces.etat == "actif" and acces.qui != par and self.administre(par, acces.chez)

    def peut_retirer(self, par: int, acces: Acces) -> bool:
        if acces.qui == par:
            permis = True
        else:
            permis = self._sur(par, "rattachements.supprimer", acces) and (
                not acces.admin or self.administre(par, acces.chez)
            )
        return permis and acces.etat in ("en_attente", "actif") and not self._dernier(acces)

    def _dernier(self, acces: Acces) -> bool:
        return acces.admin and not self.administrateurs(acces.chez) - {acces.qui}

    def _sur(self, par: int, droit: str, acces: Acces) -> bool:
        return self.peut(par, (droit, acces.chez[0], acces.siret, acces.chez[1], None))

    def peut_accepter(
        self, par: int, demande: Acces, admin: bool, lignes: frozenset[Ligne]
    ) -> bool:
        """Who has every right already is given none."""
        return (
            self.peut_decider(par, demande)
            and self.peut_donner(par, demande.chez, admin, lignes)
            and not self.administre(demande.qui, demande.chez)
        )

    # What each gesture changes.

    def accepter(self, demande: Acces, admin: bool, lignes: frozenset[Ligne]) -> None:
        for ancien in list(self.vivants(demande.qui, demande.chez)):
            lignes |= ancien.lignes
            ancien.etat = "supprime"
        self.habiliter(demande, admin, lignes)

    def habiliter(self, acces: Acces, admin: bool, lignes: frozenset[Ligne]) -> None:
        acces.etat, acces.admin = "actif", admin
        for autre in self.acces if admin else ():
            if (autre.qui, autre.chez, autre.etat) == (acces.qui, acces.chez, "en_attente"):
                autre.etat = "supprime"
        acces.lignes = frozenset() if admin else lignes
        lieux = {lieu for lieu, _, _ in acces.lignes}
        acces.siret = next(iter(lieux)) if len(lieux) == 1 else None

    def nommer(self, uid: UUID, qui: int, chez: Chez) -> None:
        for ancien in self.acces:
            if (ancien.qui, ancien.chez) == (qui, chez) and ancien.etat in ("en_attente", "actif"):
                ancien.etat = "supprime"
        self.acces.append(Acces(uid, qui, chez, None, "actif", True))


def completer(droits: frozenset[str]) -> frozenset[str]:
    """Whoever may change a thing may see it."""
    return droits | {f"{d.partition('.')[0]}.consulter" for d in droits}


def lignes(
    droits: frozenset[str], lieux: tuple[str | None, ...], dispositifs: tuple[str, ...]
) -> frozenset[Ligne]:
    """Dossiers and invoices alone may be bounded to some dispositifs."""
    return frozenset(
        (lieu, borne, droit)
        for droit in completer(droits)
        for lieu in lieux
        for borne in (
            (dispositifs or (None,)) if droit.startswith(("dossiers.", "factures.")) else (None,)
        )
    )

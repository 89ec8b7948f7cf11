"""Habilitations as lines that people read: where × what × which rights. Pure.

Stored, an habilitation is one right at one place for one dispositif (`modeles.Ligne`). Read, those
that have the same places, dispositifs and rights are one `Regle`. Both say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from portal.core.rattachements.modeles import (
    DOMAINES_PAR_DISPOSITIF,
    Ligne,
    completer,
    en_mots,
)
from portal.web.garde import DROITS


@dataclass(frozen=True)
class Regle:
    """Rights on some establishments (None: all, later ones too) for some dispositifs (None: all)."""

    lieux: tuple[str, ...] | None
    dispositifs: tuple[str, ...] | None
    droits: tuple[str, ...]

    @property
    def cle(self) -> str:
        """What the rule says, in short: a form that posts it means this rule and no other."""
        dit = repr((self.lieux, self.dispositifs, self.droits)).encode()
        return blake2b(dit, digest_size=12).hexdigest()

    @property
    def en_mots(self) -> str:
        return en_mots(self.droits)

    def lignes(self) -> list[Ligne]:
        """The habilitations that it stands for."""
        return composer(self.lieux, self.dispositifs, self.droits)


def composer(
    lieux: Collection[str] | None, dispositifs: Collection[str] | None, droits: Iterable[str]
) -> list[Ligne]:
    """Habilitations of these rights there; a bound by dispositif only holds where it has a sense."""
    ou: list[str | None] = [None] if lieux is None else [*lieux]
    return [
        (lieu, dispositif, droit)
        for droit in droits
        for dispositif in _bornes(droit, dispositifs)
        for lieu in ou
    ]


def _bornes(droit: str, dispositifs: Collection[str] | None) -> list[str | None]:
    if not dispositifs or droit.partition(".")[0] not in DOMAINES_PAR_DISPOSITIF:
        return [None]
    return [*dispositifs]


def regrouper(lignes: Iterable[Ligne]) -> list[Regle]:
    """A few lines that say it simply: whole company first, then the widest.

    Rights that hold at the same places for the same dispositifs share a line; there are never more
    lines than rights and dispositifs make, however many establishments there are.
    """
    lieux_de: dict[tuple[str | None, str], set[str | None]] = defaultdict(set)
    for siret, dispositif, droit in lignes:
        lieux_de[dispositif, droit].add(siret)
    droits_de: dict[tuple[tuple[str, ...] | None, str | None], set[str]] = defaultdict(set)
    for (dispositif, droit), lieux in lieux_de.items():
        for ou in _tous_et_certains(lieux):
            droits_de[ou, dispositif].add(droit)
    dispositifs_de: dict[tuple[tuple[str, ...] | None, tuple[str, ...], bool], list[str]] = (
        defaultdict(list)
    )
    for (ou, dispositif), droits in droits_de.items():
        cle = ou, tuple(d for d in DROITS if d in droits), dispositif is None
        dispositifs_de[cle].append(dispositif or "")
    regles = [
        Regle(ou, None if tous else tuple(sorted(codes)), donnes)
        for (ou, donnes, tous), codes in dispositifs_de.items()
    ]
    return sorted(regles, key=_rang)


def _tous_et_certains(lieux: Collection[str | None]) -> list[tuple[str, ...] | None]:
    certains = tuple(sorted(lieu for lieu in lieux if lieu is not None))
    return [*([None] if None in lieux else []), *([certains] if certains else [])]


def _rang(regle: Regle) -> tuple[bool, int, bool, tuple[str, ...], tuple[str, ...]]:
    lieux = regle.lieux
    return (
        lieux is not None,
        -len(lieux or ()),
        regle.dispositifs is not None,
        regle.dispositifs or (),
        regle.droits,
    )


def ajouter(lignes: Iterable[Ligne], plus: Iterable[Ligne]) -> list[Ligne]:
    """The union; what a wider habilitation covers goes away when it is stored (`modeles.ranger`)."""
    return list(dict.fromkeys([*lignes, *plus]))


@dataclass(frozen=True)
class Retrait:
    """Rights to take, at some establishments (None: everywhere), for some dispositifs (None: all)."""

    droits: tuple[str, ...]
    lieux: frozenset[str] | None = None
    dispositifs: frozenset[str] | None = None


def retirer(
    lignes: Iterable[Ligne],
    retrait: Retrait,
    *,
    etablissements: Collection[str],
    dispositifs: Collection[str],
) -> list[Ligne]:
    """What remains. Who may no longer consult may do nothing more there.

    A right on the whole company, taken at some establishments, is left on each of the others
    (`etablissements`: all of today's; later ones are not in it); the same for dispositifs.
    """
    vises = _vises(retrait.droits)
    restantes: list[Ligne] = []
    for ligne in dict.fromkeys(lignes):
        if ligne[2] in vises:
            restantes += _hors(ligne, retrait, etablissements, dispositifs)
        else:
            restantes.append(ligne)
    return list(dict.fromkeys(restantes))


def _vises(droits: Iterable[str]) -> frozenset[str]:
    """With « consulter » go the two that need it."""
    tous = set(droits)
    for droit in droits:
        domaine, _, verbe = droit.partition(".")
        if verbe == "consulter":
            tous |= {f"{domaine}.saisir", f"{domaine}.supprimer"}
    return frozenset(tous)


def _hors(
    ligne: Ligne, retrait: Retrait, etablissements: Collection[str], dispositifs: Collection[str]
) -> list[Ligne]:
    """One habilitation less what is taken: parts at other places, parts for other dispositifs."""
    siret, dispositif, droit = ligne
    bornes = retrait.dispositifs
    if droit.partition(".")[0] not in DOMAINES_PAR_DISPOSITIF:
        bornes = None
    if retrait.lieux is not None and siret is not None and siret not in retrait.lieux:
        return [ligne]
    if bornes is not None and dispositif is not None and dispositif not in bornes:
        return [ligne]
    reste: list[Ligne] = []
    if retrait.lieux is not None and siret is None:
        reste += [(s, dispositif, droit) for s in etablissements if s not in retrait.lieux]
    if bornes is not None and dispositif is None:
        touches = [siret] if siret is not None or retrait.lieux is None else [*retrait.lieux]
        reste += [(s, d, droit) for s in touches for d in dispositifs if d not in bornes]
    return reste


__all__ = ["Regle", "Retrait", "ajouter", "completer", "composer", "regrouper", "retirer"]

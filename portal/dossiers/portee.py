"""Which dossiers are within somebody's reach, as a set that starts from the reach.

`queries.portee` asks of each row whether it may be seen; here each part of the reach (a company, an
establishment, a branch) brings its own rows by an index, in the order of the list, and no more than
asked for: the cost does not grow with what others have. The reach is read first, so that each query
is as plain as what it asks, and its plan too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.rattachements import perimetre
from portal.core.rattachements.perimetre import Etendue
from portal.dossiers import queries
from portal.dossiers.queries import ROLES_LECTURE
from portal.infra.base import sql
from portal.web.identite import Personne

RECENTS = "order by d.modifie_le desc, d.id desc"

_UNE = "d.siren = {0} and d.profil = {1}"
_PLUSIEURS = """unnest({0}::text[], {1}::text[]) p(siren, profil)
    | d.siren = p.siren and d.profil = p.profil"""
_DISPOSITIFS = """unnest({0}::text[], {1}::text[], {2}::text[]) p(siren, profil, dispositif)
    | d.siren = p.siren and d.profil = p.profil and d.dispositif = p.dispositif"""
_LIEUX = """unnest({0}::text[], {1}::text[], {2}::text[], {3}::text[])
    p(siren, siret, profil, dispositif)
    | d.siret = p.siret and d.siren = p.siren and d.profil = p.profil
    and (p.dispositif is null or d.dispositif = p.dispositif)"""
# A right of that establishment, which the index knows; `limit 1` keeps the planner to it.
_HABILITE = """(select true from habilitation h where h.rattachement = {2} and h.droit = '%s'
    and h.siret = d.siret and (h.dispositif is null or h.dispositif = d.dispositif) limit 1)"""
_BEAUCOUP_ICI = f"{_UNE} and {_HABILITE}"
_BEAUCOUP = f"""unnest({{0}}::text[], {{1}}::text[], {{2}}::bigint[]) p(siren, profil, rattachement)
    | d.siren = p.siren and d.profil = p.profil and {_HABILITE.format(2, 1, "p.rattachement")}"""
_NOMMEES = """unnest({0}::text[], {1}::text[]) p(siren, dispositif)
    | d.organisme_siret is not null and d.etat <> 'brouillon'
    and left(d.organisme_siret, 9) = p.siren
    and (p.dispositif is null or d.dispositif = p.dispositif)"""
_NOMMEES_LIEUX = """unnest({0}::text[]) p(siren)
    | d.organisme_siret is not null and d.etat <> 'brouillon'
    and left(d.organisme_siret, 9) = p.siren and """
LIEUX_MAX = 200
"""Up to so many establishments each brings its own rows; beyond, the company's rows are looked at in
the order of the list and each is asked whether it may be seen: most may."""
_TOUTES = "d.etat <> 'brouillon'"
_REGIONS = "unnest({0}::text[]) p(region) | d.etat <> 'brouillon' and d.region = p.region"
_BRANCHES = """unnest({0}::text[], {1}::text[]) p(idcc, region)
    | d.etat <> 'brouillon' and d.idcc = p.idcc and (p.region is null or d.region = p.region)"""


@dataclass
class Portee:
    """The parts of somebody's reach, and the parameters (`$1`, `$2`...) that they take."""

    parts: list[str]
    parametres: list[Any]

    def sql(self, condition: str = "true", fin: str = "", total: str = "") -> str:
        """SQL of the distinct `(id, modifie_le)` within reach that meet `condition` (on `d`).

        `fin` (an order and a limit) applies to each company of each part, `total` (a limit) to each
        part: the caller orders and limits the whole again.
        """
        if not self.parts:
            return "select null::bigint as id, null::timestamptz as modifie_le where false"
        requetes = [_requete(part, condition, fin) for part in self.parts]
        if total:
            requetes = [f"(select x.id, x.modifie_le from ({r}) x {total})" for r in requetes]
        return " union ".join(requetes)

    def ajouter(self, modele: str, *valeurs: Any) -> None:
        rang = len(self.parametres) + 1
        self.parametres.extend(valeurs)
        self.parts.append(modele.format(*(f"${rang + i}" for i in range(len(valeurs)))))


def _requete(part: str, condition: str, fin: str) -> str:
    source, barre, jointure = part.partition("|")
    corps = "(select d.id, d.modifie_le from dossier d where {} and " + f"{condition} {fin})"
    if not barre:
        return corps.format(source)
    return f"select x.id, x.modifie_le from {source} cross join lateral {corps.format(jointure)} x"


async def de(moi: Personne, droit: str = "dossiers.consulter") -> Portee:
    """What this person may see with this right."""
    portee = Portee([], [])
    if moi.est_interne:
        await _interne(moi, portee)
    else:
        await _entreprises(moi, droit, portee)
    return portee


async def _entreprises(moi: Personne, droit: str, portee: Portee) -> None:
    siennes = await perimetre.etendue(moi, droit, LIEUX_MAX + 1)
    entieres = [p for p in siennes if p.entiere]
    completes = {(p.siren, p.profil) for p in entieres}
    bornees = [p for p in siennes if (p.siren, p.profil) not in completes]
    if len(entieres) == 1:
        portee.ajouter(_UNE, entieres[0].siren, entieres[0].profil)
    elif entieres:
        portee.ajouter(_PLUSIEURS, *_cles(entieres))
    if codes := [(p.siren, p.profil, code) for p in bornees for code in p.dispositifs]:
        portee.ajouter(_DISPOSITIFS, *_transposer(codes))
    await _lieux(moi, droit, [p for p in bornees if p.lieux], portee)
    if droit == "dossiers.consulter":
        _nommees(moi, droit, [p for p in siennes if p.profil == "prestataire"], portee)


async def _lieux(moi: Personne, droit: str, bornees: list[Etendue], portee: Portee) -> None:
    """Companies of which some establishments are within reach."""
    if beaucoup := [p for p in bornees if p.lieux > LIEUX_MAX]:
        cles, acces = _cles(beaucoup), [p.rattachement for p in beaucoup]
        if len(beaucoup) == 1:
            portee.ajouter(_BEAUCOUP_ICI % droit, cles[0][0], cles[1][0], acces[0])
        else:
            portee.ajouter(_BEAUCOUP % droit, *cles, acces)
    if peu := [p for p in bornees if p.lieux <= LIEUX_MAX]:
        la = await sql(
            "select distinct p.siren, p.siret, p.profil, p.dispositif from perimetre($1, $2) p"
            " join unnest($3::text[], $4::text[]) q(siren, profil)"
            " on q.siren = p.siren and q.profil = p.profil where p.siret is not null",
            moi.compte_id,
            droit,
            *_cles(peu),
        )
        portee.ajouter(_LIEUX, *_colonnes(la, "siren", "siret", "profil", "dispositif"))


def _nommees(moi: Personne, droit: str, siennes: list[Etendue], portee: Portee) -> None:
    """Bodies that a transmitted dossier names."""
    codes: list[tuple[str | None, ...]] = [(p.siren, None) for p in siennes if p.entiere]
    codes += [(p.siren, code) for p in siennes if not p.entiere for code in p.dispositifs]
    if codes:
        portee.ajouter(_NOMMEES, *_transposer(codes))
    if lieux := [p.siren for p in siennes if p.lieux and not p.entiere]:
        portee.ajouter(_NOMMEES_LIEUX + queries.organisme_nomme(droit, "{1}"), lieux, moi.compte_id)


def _cles(etendues: list[Etendue]) -> list[list[str | None]]:
    return _transposer([(p.siren, p.profil) for p in etendues])


def _transposer(lignes: Sequence[tuple[str | None, ...]]) -> list[list[str | None]]:
    return [list(colonne) for colonne in zip(*lignes, strict=True)]


async def _interne(moi: Personne, portee: Portee) -> None:
    bornes = await sql(
        "select distinct q.idcc, q.region from unnest($2::text[]) r(role),"
        " perimetre_interne($1, r.role) q",
        moi.compte_id,
        [role for role in ROLES_LECTURE if role in moi.roles],
    )
    if any(b["idcc"] is None and b["region"] is None for b in bornes):
        portee.parts.append(_TOUTES)
        return
    if regions := [b["region"] for b in bornes if b["idcc"] is None]:
        portee.ajouter(_REGIONS, regions)
    if branches := [b for b in bornes if b["idcc"] is not None]:
        portee.ajouter(_BRANCHES, *_colonnes(branches, "idcc", "region"))


def _colonnes(lignes: list[dict[str, Any]], *noms: str) -> list[list[Any]]:
    return [[ligne[nom] for ligne in lignes] for nom in noms]

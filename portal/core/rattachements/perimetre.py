"""Rights on objects: SQL text that queries join, and checks that answer 404 or 403."""

from __future__ import annotations

from dataclasses import dataclass

from portal.infra.base import sql, sql1
from portal.web.erreurs import Interdit, Introuvable
from portal.web.garde import DROITS
from portal.web.identite import Personne

CONNUS = frozenset((*DROITS, "administrer"))
PAR_MANDAT = frozenset(d for d in DROITS if d.startswith("dossiers."))
"""Rights that a mandat de gestion may carry over to the dossiers of the company that gave it."""


def clause(
    droit: str,
    alias: str,
    n: int | str = 1,
    *,
    siren: str | None = None,
    siret: str | None = None,
    profil: str | None = None,
    dispositif: str | None = "",
    mandats: bool | str = True,
) -> str:
    """SQL text: the row `alias` is within reach of account `$n` with this right.

    Pass `moi.compte_id` as that parameter. The row has siren, siret, profil and dispositif;
    other expressions may stand for them; `dispositif=None` asks for no dispositif in particular.
    `mandats`: whether a mandat de gestion counts, or the SQL condition under which it does; leave
    them out for who acts for no training body, it spares a look at each row that is not hers.

    For lists use this rather than `perimetre()` in an `exists`: it says the same, but a person has
    one row a company here and each establishment is one look into an index, where a join on
    `perimetre()` compares each row with all of a person's habilitations (tried: 5,000
    establishments and 100,000 rows, 3 ms for the first fifty instead of half a minute).
    """
    if droit not in CONNUS:
        raise ValueError(f"droit inconnu : {droit}")
    siren, profil = siren or f"{alias}.siren", profil or f"{alias}.profil"
    precis = None if dispositif is None else dispositif or f"{alias}.dispositif"
    propre = _propre(droit, _parametre(n), siren, siret or f"{alias}.siret", profil, precis)
    if not mandats or droit not in PAR_MANDAT or profil == "'prestataire'":
        return propre
    condition = "" if mandats is True else f" and {mandats}"
    par_mandat = _par_mandat(droit, _parametre(n), siren, precis)
    return f"({propre} or ({profil} = 'adherent'{condition} and {par_mandat}))"


def _propre(droit: str, n: str, siren: str, siret: str, profil: str, dispositif: str | None) -> str:
    """Within reach by one's own rattachement to the company."""
    habilitation = (
        "exists (select 1 from habilitation h where h.rattachement = r.id"
        f" and h.droit = '{droit}'{_borne(dispositif)} and h.siret"
    )
    return (
        f"exists (select 1 from rattachement r where r.compte = {n}"
        f" and r.etat = 'actif' and r.siren = {siren}"
        f" and r.profil = {profil} and (r.administrateur"
        f" or ((r.siret is null or r.siret = {siret})"
        f" and ({habilitation} is null) or {habilitation} = {siret})))))"
    )


def _par_mandat(droit: str, n: str, siren: str, dispositif: str | None) -> str:
    """Within reach because the company gave a mandate to a body where one holds the right: what
    `mandats_de` says, for one row."""
    couvert = "" if dispositif is None else f" and v.dispositif = {dispositif}"
    return (
        "exists (select 1 from mandat m join mandat_dispositif v on v.mandat = m.id"
        " join rattachement r on r.siren = m.mandataire and r.profil = 'prestataire'"
        f" and r.compte = {n} and r.etat = 'actif'"
        " and (r.siret is null or r.siret = m.mandataire_siret)"
        f" where m.mandant = {siren} and m.etat = 'actif'{couvert}"
        " and m.du <= (select jour_metier()) and m.au >= (select jour_metier())"
        " and (r.administrateur or exists (select 1 from habilitation h"
        f" where h.rattachement = r.id and h.droit = '{droit}'{_borne('v.dispositif')}"
        " and (h.siret is null or h.siret = m.mandataire_siret))))"
    )


def _borne(dispositif: str | None) -> str:
    if dispositif is None:
        return ""
    return f" and (h.dispositif is null or h.dispositif = {dispositif})"


def _parametre(n: int | str) -> str:
    return n if isinstance(n, str) else f"${n}"


async def voit(
    moi: Personne,
    droit: str,
    siren: str,
    siret: str | None,
    profil: str,
    dispositif: str | None = None,
) -> bool:
    """Whether this person holds the right on this object, by a mandate too (`dossiers.supprimer`
    then means drafts alone)."""
    ligne = await sql1(
        "select voit($1, $2, $3, $4, $5, $6) as oui",
        moi.compte_id,
        droit,
        siren,
        siret,
        profil,
        dispositif,
    )
    return bool(ligne and ligne["oui"])


async def exiger(
    moi: Personne,
    droit: str,
    siren: str,
    siret: str | None,
    profil: str,
    dispositif: str | None = None,
) -> None:
    """The object must be within reach (else 404) with this right (else 403)."""
    ligne = await sql1(
        "select voit($1, $2, $3, $4, $5, $6) as oui, exists (select 1 from (select * from portee($1)"
        " union all select m.* from unnest($7::text[]) d (droit), mandats_de($1, d.droit) m) p"
        " where p.siren = $3 and p.profil = $5 and (p.siret is null or p.siret = $4)"
        " and (p.dispositif is null or p.dispositif = $6)) as atteint",
        moi.compte_id,
        droit,
        siren,
        siret,
        profil,
        dispositif,
        sorted(PAR_MANDAT),
    )
    _juger(ligne)


async def exiger_entreprise(moi: Personne, droit: str, siren: str, profil: str) -> None:
    """The same for a company's own pages: the right on any of its establishments is enough, the
    queries behind show what lies within reach."""
    ligne = await sql1(
        "select exists (select 1 from perimetre($1, $2) p where p.siren = $3 and p.profil = $4)"
        " as oui, exists (select 1 from portee($1) p where p.siren = $3 and p.profil = $4)"
        " as atteint",
        moi.compte_id,
        droit,
        siren,
        profil,
    )
    _juger(ligne)


def _juger(ligne: dict[str, bool] | None) -> None:
    assert ligne is not None
    if ligne["oui"]:
        return
    if not ligne["atteint"]:
        raise Introuvable()
    raise Interdit()


@dataclass(frozen=True)
class EntrepriseAtteinte:
    """A company (or one of its establishments, `siret`) within reach of somebody with a right."""

    siren: str
    siret: str | None
    profil: str
    denomination: str
    idcc: str | None


async def entreprises(moi: Personne, droit: str, limite: int = 1000) -> list[EntrepriseAtteinte]:
    """Where this person holds the right: whole companies first, then establishments; by name."""
    lignes = await sql(
        "select distinct p.siren, p.siret, p.profil, e.denomination, e.idcc, e.cle_tri"
        " from perimetre($1, $2) p join entreprise e on e.siren = p.siren"
        " order by e.cle_tri, p.siren, p.profil, p.siret nulls first limit $3",
        moi.compte_id,
        droit,
        limite,
    )
    return [
        EntrepriseAtteinte(e["siren"], e["siret"], e["profil"], e["denomination"], e["idcc"])
        for e in lignes
    ]


@dataclass(frozen=True)
class Etendue:
    """Where somebody holds a right, of one company under one profile: `entiere`, or for some
    `dispositifs` everywhere, or at `lieux` establishments (counted up to what was asked)."""

    siren: str
    profil: str
    entiere: bool
    dispositifs: tuple[str, ...]
    lieux: int
    rattachement: int | None = None


async def etendue(moi: Personne, droit: str, plafond: int = 1) -> list[Etendue]:
    """One row a company (two where a mandate adds to it), whatever the number of establishments."""
    lignes = await sql(
        "select e.*, r.id as rattachement from etendue($1, $2, $3) e left join rattachement r"
        " on r.compte = $1 and r.siren = e.siren and r.profil = e.profil and r.etat = 'actif'",
        moi.compte_id,
        droit,
        plafond,
    )
    return [Etendue(**{**li, "dispositifs": tuple(li["dispositifs"])}) for li in lignes]

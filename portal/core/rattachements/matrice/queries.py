"""Who may do what: read from the perimeter itself, never from what a form once said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.core.rattachements.mandats.queries import tenus
from portal.core.rattachements.matrice.regles import Regle, regrouper
from portal.core.rattachements.modeles import LIBELLES_VERBES, Ligne
from portal.infra.base import sql
from portal.infra.texte import plier
from portal.web.garde import DOMAINES, DROITS, VERBES
from portal.web.identite import Personne

PERSONNES_PAR_PAGE = 25


async def perimetre_de(
    compte: int, siren: str, profil: str, sirets: Collection[str] | None = None
) -> list[Ligne]:
    """What the SQL perimeter gives this account here; of these establishments alone when told."""
    lignes = await sql(
        "select distinct p.siret, p.dispositif, d.droit from unnest($4::text[]) d (droit)"
        " cross join lateral perimetre($1, d.droit) p where p.siren = $2 and p.profil = $3"
        " and ($5::text[] is null or p.siret is null or p.siret = any($5))",
        compte,
        siren,
        profil,
        list(DROITS),
        None if sirets is None else list(sirets),
    )
    return [(li["siret"], li["dispositif"], li["droit"]) for li in lignes]


async def regles_de(compte: int, siren: str, profil: str) -> list[Regle]:
    """The same as lines."""
    return regrouper(await perimetre_de(compte, siren, profil))


@dataclass(frozen=True)
class ParMandat:
    """A company whose dossiers somebody reaches because it gave a mandate to this body."""

    siren: str
    denomination: str
    dispositifs: tuple[str, ...]
    droits: tuple[str, ...]


async def par_mandat(compte: int, mandataire: str, limite: int = 50) -> list[ParMandat]:
    """Companies reached through the mandates of this body, by name."""
    lignes = await sql(
        "select e.siren, e.denomination, array_agg(distinct x.dispositif) as dispositifs,"
        " array_agg(distinct d.droit) as droits from unnest($3::text[]) d (droit)"
        f" cross join lateral {tenus('$1', 'd.droit')} x"
        " join entreprise e on e.siren = x.mandant where x.mandataire = $2"
        " group by e.siren, e.denomination, e.cle_tri order by e.cle_tri, e.siren limit $4",
        compte,
        mandataire,
        [d for d in DROITS if d.startswith("dossiers.")],
        limite,
    )
    return [
        ParMandat(
            li["siren"],
            li["denomination"],
            tuple(li["dispositifs"]),
            tuple(d for d in DROITS if d in li["droits"]),
        )
        for li in lignes
    ]


async def etendues(compte: int, siren: str, profil: str) -> dict[str, str]:
    """For each right that is held here: « Partout », or where it is bounded."""
    lignes = await sql(
        "select d.droit, bool_or(p.siret is null and p.dispositif is null) as partout,"
        " count(distinct p.siret) as lieux,"
        " bool_or(p.dispositif is null) as tous, count(distinct p.dispositif) as dispositifs"
        " from unnest($4::text[]) d (droit) cross join lateral perimetre($1, d.droit) p"
        " where p.siren = $2 and p.profil = $3 group by d.droit",
        compte,
        siren,
        profil,
        list(DROITS),
    )
    return {li["droit"]: "Partout" if li["partout"] else _bornes(li) for li in lignes}


class Grille:
    """Cells of a matrix, from the perimeter's rows."""

    def __init__(self, lignes: list[Ligne]) -> None:
        self._donnes: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
        for siret, dispositif, droit in lignes:
            self._donnes[siret, dispositif].add(droit)

    def droits(self, siret: str | None, dispositif: str | None) -> set[str]:
        """Rights there: the wider ones count. None stands for « whatever it is »."""
        lieux = {None, siret}
        codes = {None, dispositif}
        return set().union(*(self._donnes.get((s, d), set()) for s in lieux for d in codes))

    def mots(self, domaine: str, siret: str | None, dispositif: str | None = None) -> str:
        """« Consulter, saisir »; empty without any right."""
        la = self.droits(siret, dispositif)
        verbes = [LIBELLES_VERBES[v].lower() for v in VERBES if f"{domaine}.{v}" in la]
        return ", ".join(verbes).capitalize()


@dataclass
class Cellule:
    """What somebody may do in a domain, in one line and what bounds it."""

    verbes: list[str] = field(default_factory=list)
    bornes: str = ""

    @property
    def texte(self) -> str:
        return ", ".join(self.verbes).capitalize()


@dataclass
class LignePersonne:
    """A row of the overview."""

    uid: UUID
    compte: int
    nom: str
    email: str
    administrateur: bool
    modele: str | None
    cellules: dict[str, Cellule]


@dataclass(frozen=True)
class PagePersonnes:
    """One page of the overview, numbered from 1."""

    gens: list[LignePersonne]
    numero: int
    pages: int
    total: int


async def gens(moi: Personne, siren: str, profil: str, q: str = "") -> list[dict[str, Any]]:
    """People with an access here, as far as this person may see: administrators first, by name."""
    lignes = await sql(
        "select r.id, r.uid, r.compte, c.prenom || ' ' || c.nom as nom, c.email, r.administrateur,"
        " r.modele from rattachement r join compte c on c.id = r.compte and c.actif"
        " where r.siren = $2 and r.profil = $3 and r.etat = 'actif' and exists (select 1"
        " from perimetre($1, 'rattachements.consulter') p where p.siren = r.siren"
        " and p.profil = r.profil and (p.siret is null or p.siret = r.siret))"
        " order by not r.administrateur, lower(c.nom), lower(c.prenom), r.id",
        moi.compte_id,
        siren,
        profil,
    )
    mots = plier(q).split()
    return [li for li in lignes if all(mot in plier(f"{li['nom']} {li['email']}") for mot in mots)]


async def apercu(
    moi: Personne, siren: str, profil: str, q: str = "", numero: Any = 1
) -> PagePersonnes:
    """People × rights of a company."""
    tous = await gens(moi, siren, profil, q)
    pages = max(1, -(-len(tous) // PERSONNES_PAR_PAGE))
    n = min(max(int(numero) if str(numero).isascii() and str(numero).isdigit() else 1, 1), pages)
    montres = tous[(n - 1) * PERSONNES_PAR_PAGE : n * PERSONNES_PAR_PAGE]
    par_id = await _resumes([li["id"] for li in montres])
    return PagePersonnes(
        [
            LignePersonne(
                li["uid"], li["compte"], li["nom"], li["email"], li["administrateur"],
                li["modele"], par_id.get(li["id"], {}),
            )
            for li in montres
        ],
        n, pages, len(tous),
    )  # fmt: skip


async def _resumes(rattachements: list[int]) -> dict[int, dict[str, Cellule]]:
    lignes = await sql(
        "select r.id, split_part(h.droit, '.', 1) as domaine,"
        " array_agg(distinct split_part(h.droit, '.', 2)) as verbes,"
        " bool_or(coalesce(h.siret, r.siret) is null) as partout,"
        " count(distinct coalesce(h.siret, r.siret)) as lieux,"
        " bool_or(h.dispositif is null) as tous, count(distinct h.dispositif) as dispositifs"
        " from rattachement r join habilitation h on h.rattachement = r.id"
        " where r.id = any($1::bigint[]) and not r.administrateur group by r.id, domaine",
        rattachements,
    )
    par_id: dict[int, dict[str, Cellule]] = defaultdict(dict)
    for li in lignes:
        if li["domaine"] in DOMAINES:
            verbes = [LIBELLES_VERBES[v].lower() for v in VERBES if v in li["verbes"]]
            par_id[li["id"]][li["domaine"]] = Cellule(verbes, _bornes(li))
    return par_id


def _bornes(li: dict[str, Any]) -> str:
    """« Partout », « 3 établissements, 1 dispositif »; « en partie » where only some of it is bounded."""
    lieux, dispositifs = li["lieux"], li["dispositifs"]
    mots = []
    if lieux:
        mots.append(f"{lieux}\u00a0établissement{'s' if lieux > 1 else ''}")
    if dispositifs:
        mots.append(f"{dispositifs}\u00a0dispositif{'s' if dispositifs > 1 else ''}")
    if not mots:
        return "Partout"
    entier = (li["partout"] and lieux) or (li["tous"] and dispositifs)
    return ", ".join(mots) + (", en partie" if entier else "")

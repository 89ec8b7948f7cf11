"""« Journal » of a company (C14): who gave, refused, removed or used what, in sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from portal.core.entreprises.fiche import espacer
from portal.core.journal import phrases
from portal.core.rattachements.modeles import PAR_CODE, en_mots
from portal.infra.base import parcourir, sql, valeur
from portal.infra.money import PARIS
from portal.infra.texte import mots, plier
from portal.kit.types import lire_date
from portal.web.pagination import PageDe, decoder, encoder

TAILLE = 50
PLAFOND = 500
LIGNES_LUES = 20_000
"""Lines, the latest of the period, where names are looked for."""
ACCES = (phrases.ACCES, phrases.CODES, phrases.MANDATS, phrases.COMPTES, phrases.RIB)
"""What the page shows when no nature is chosen; dossiers and invoices have their own histories."""

RAISONS = {
    "faux": "ce n’est pas celui de l’entreprise",
    "autre_profil": "c’est celui de l’autre profil",
    "expire": "il n’est plus valable",
    "remplace": "il a été remplacé par un plus récent",
    "ferme": "il a été fermé par un administrateur",
}


@dataclass(frozen=True)
class Filtres:
    """What the URL asks for; nonsense is dropped, never an error."""

    q: str = ""
    nature: str = ""
    du: date | None = None
    au: date | None = None
    noms: tuple[str, ...] | None = None
    """Names that `q` stands for, once they were looked for (`resoudre`)."""

    @classmethod
    def lire(cls, parametres: Mapping[str, str]) -> Filtres:
        nature = parametres.get("nature", "")
        return cls(
            q=parametres.get("q", "").strip()[:100],
            nature=nature if nature in phrases.NATURES else "",
            du=_date(parametres.get("du", "")),
            au=_date(parametres.get("au", "")),
        )

    def en_url(self, **autres: str) -> str:
        poses = {
            "q": self.q,
            "nature": self.nature,
            "du": f"{self.du:%d/%m/%Y}" if self.du else "",
            "au": f"{self.au:%d/%m/%Y}" if self.au else "",
            **autres,
        }
        return urlencode({k: v for k, v in poses.items() if v})

    @property
    def natures(self) -> tuple[str, ...]:
        return (self.nature,) if self.nature else ACCES


def _date(saisi: str) -> date | None:
    try:
        return lire_date(saisi) if saisi else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Evenement:
    """A line as people read it."""

    id: int
    instant: datetime
    acteur: str
    personne: str
    nature: str
    phrase: str
    scelle_le: datetime | None


def _modele(code: str) -> str:
    return PAR_CODE[code].libelle if code in PAR_CODE else code


def _etablissements(sirets: list[str]) -> str:
    if len(sirets) > 3:
        return f"{len(sirets)}\u00a0établissements"
    return ("établissement " if len(sirets) == 1 else "établissements ") + ", ".join(
        map(espacer, sirets)
    )


def _raison(raison: str) -> str:
    return RAISONS.get(raison, raison)


def _date_fr(saisi: str) -> str:
    try:
        return f"{date.fromisoformat(saisi[:10]):%d/%m/%Y}"
    except ValueError:
        return saisi


FORMES: dict[str, Any] = {
    "modele": _modele,
    "droits": en_mots,
    "etablissements": _etablissements,
    "siret": espacer,
    "ancien": espacer,
    "nouveau": espacer,
    "raison": _raison,
    "du": _date_fr,
    "au": _date_fr,
    "jusqu": _date_fr,
}

Dispositifs = Iterable[tuple[str, str]]


def _formes(dispositifs: Dispositifs) -> phrases.Formes:
    libelles = dict(dispositifs)
    return FORMES | {"dispositifs": lambda codes: ", ".join(libelles.get(c, c) for c in codes)}


# The accounts of people while they had access to company $1 under profile $2: from the first line
# that let them in to the end of the access. What happens to an account before or after is not the
# company's to read.
OUVRANTES = [
    "rattachement.accepte",
    "rattachement.repris",
    "code.utilise",
    "administrateur.active",
]
"""Actions that let a person in."""
_MEMBRES = """
select c.uid, c.prenom || ' ' || c.nom as nom, min(g.instant) as du,
    case when r.etat = 'actif' then null else r.decide_le end as au
from rattachement r join compte c on c.id = r.compte
join journal g on g.objet_genre = 'rattachement' and g.objet_uid = r.uid
    and g.action = any($6)
where r.siren = $1 and r.profil = $2 and r.etat in ('actif', 'supprime')
group by r.id, c.id"""
_COLONNES = (
    "j.id, j.instant, j.acteur_id, j.acteur, j.action, j.details, j.scelle_le,"
    " coalesce(j.details->>'personne', '') as personne"
)
_COLONNES_COMPTE = _COLONNES.replace("coalesce(j.details->>'personne', '')", "m.nom")
_ACTIONS = "(j.action = any($3) or exists (select 1 from unnest($4::text[]) f (debut) where starts_with(j.action, f.debut)))"


def _source(periode: str = "", limite: int | None = None) -> str:
    """SQL of the lines that are the company's to read; the latest of each kind alone with `limite`."""
    fin = f" order by id desc limit {limite}" if limite else ""
    return f"""
(select {_COLONNES} from journal j
where j.siren = $1 and (j.profil = $2 or j.profil is null) and {_ACTIONS}{periode}{fin})
union all
(select distinct {_COLONNES_COMPTE} from ({_MEMBRES}) m
join journal j on j.objet_genre = 'compte' and j.objet_uid = m.uid and j.siren is null
    and j.instant >= m.du and (m.au is null or j.instant <= m.au)
where j.action = any($5){periode}{fin})"""


def _bornes(siren: str, profil: str, filtres: Filtres) -> tuple[str, list[Any]]:
    """The period, as a condition on lines `j`, and the parameters so far."""
    entieres, familles = phrases.actions(n for n in filtres.natures if n != phrases.COMPTES)
    comptes, _ = phrases.actions(n for n in filtres.natures if n == phrases.COMPTES)
    parametres: list[Any] = [siren, profil, entieres, familles, comptes, OUVRANTES]
    periode = ""
    if filtres.du:
        parametres.append(datetime.combine(filtres.du, time.min, PARIS))
        periode += f" and j.instant >= ${len(parametres)}"
    if filtres.au:
        parametres.append(datetime.combine(filtres.au + timedelta(days=1), time.min, PARIS))
        periode += f" and j.instant < ${len(parametres)}"
    return periode, parametres


async def resoudre(siren: str, profil: str, filtres: Filtres) -> Filtres:
    """The same, with the names that have all the words searched for, whatever their accents: in
    the latest `LIGNES_LUES` lines of the period. Once for a page that lists and counts."""
    if not filtres.q or filtres.noms is not None:
        return filtres
    periode, parametres = _bornes(siren, profil, filtres)
    lignes = await sql(
        f"select distinct nom from ({_source(periode, LIGNES_LUES)}) x,"
        " unnest(array[x.acteur, x.personne]) nom",
        *parametres,
    )
    voulus = mots(filtres.q)
    noms = [li["nom"] for li in lignes if all(mot in plier(li["nom"]) for mot in voulus)]
    return replace(filtres, noms=tuple(noms))


async def _requete(siren: str, profil: str, filtres: Filtres) -> tuple[str, list[Any]]:
    """SQL of the lines that the filters keep, without order, and its parameters."""
    filtres = await resoudre(siren, profil, filtres)
    periode, parametres = _bornes(siren, profil, filtres)
    condition = "true"
    if filtres.noms is not None:
        parametres.append(list(filtres.noms))
        n = f"any(${len(parametres)}::text[])"
        condition = f"(x.acteur = {n} or x.personne = {n})"
    return f"select * from ({_source(periode)}) x where {condition}", parametres


async def lister(
    siren: str,
    profil: str,
    filtres: Filtres,
    curseur: str | None = None,
    *,
    dispositifs: Dispositifs = (),
    taille: int = TAILLE,
) -> PageDe[Evenement]:
    """The latest first. Rights are the caller's business. `dispositifs`: codes with their words."""
    formes = _formes(dispositifs)
    requete, parametres = await _requete(siren, profil, filtres)
    apres = decoder(curseur, 1)
    if apres and isinstance(apres[0], int):
        parametres.append(apres[0])
        requete += f" and x.id < ${len(parametres)}"
    lignes = await sql(f"{requete} order by id desc limit {taille + 1}", *parametres)
    suivant = None
    if len(lignes) > taille:
        lignes = lignes[:taille]
        suivant = encoder(lignes[-1]["id"])
    return PageDe([_evenement(ligne, formes) for ligne in lignes], suivant)


async def compter(siren: str, profil: str, filtres: Filtres) -> int:
    """How many, counted up to `PLAFOND`."""
    requete, parametres = await _requete(siren, profil, filtres)
    return int(
        await valeur(f"select count(*) from ({requete} limit {PLAFOND}) n", *parametres) or 0
    )


async def tous(
    siren: str, profil: str, filtres: Filtres, dispositifs: Dispositifs = ()
) -> AsyncIterator[Evenement]:
    """Every line, for the workbook."""
    formes = _formes(dispositifs)
    requete, parametres = await _requete(siren, profil, filtres)
    async for ligne in parcourir(f"{requete} order by id desc", *parametres):
        yield _evenement(ligne, formes)


def _evenement(ligne: dict[str, Any], formes: phrases.Formes) -> Evenement:
    connue = phrases.phrase(ligne["action"])
    details = ligne["details"] | {"personne": ligne["personne"]}
    acteur = ligne["acteur"] if ligne["acteur_id"] is not None else None
    return Evenement(
        ligne["id"],
        ligne["instant"],
        acteur or phrases.PORTAIL,
        ligne["personne"],
        phrases.NATURES[connue.nature] if connue else "",
        phrases.dire(ligne["action"], acteur, details, formes),
        ligne["scelle_le"],
    )

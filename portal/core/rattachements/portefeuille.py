"""« Mes entreprises »: all companies that somebody acts for, found by name or SIREN, with what
waits in each (told by the rooms above, through providers)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.infra.base import sql, valeur
from portal.infra.texte import mots
from portal.web.fournisseurs import Compte
from portal.web.identite import Personne
from portal.web.pagination import PageDe, decoder, encoder

TAILLE = 25
MOTS_MAX = 6

# A company once for each profile, and once more where it is reached by a mandate alone.
_MIENNES = """
    select r.siren, r.profil, false as par_mandat, r.uid, r.administrateur
    from rattachement r where r.compte = $1 and r.etat = 'actif'
    union all
    select distinct x.siren, x.profil, true, null::uuid, false
    from mandats_de($1, 'dossiers.consulter') x
    where not exists (select 1 from rattachement r where r.compte = $1 and r.siren = x.siren
        and r.profil = x.profil and r.etat = 'actif')
"""
_CHERCHE = (
    "($2 = '' or to_tsvector('simple', e.recherche) @@ to_tsquery('simple', $2)"
    " or ($3 <> '' and e.siren like $3 || '%'))"
)


@dataclass
class Entreprise:
    """A company of the list; `comptes` is what waits there."""

    siren: str
    profil: str
    denomination: str
    par_mandat: bool
    administrateur: bool
    uid: UUID | None = None
    droits: frozenset[str] = frozenset()
    demandes: int = 0
    comptes: list[Compte] = field(default_factory=list)

    @property
    def racine(self) -> str:
        return f"/entreprise/{self.siren}/{self.profil}"

    def peut(self, droit: str) -> bool:
        """Whether the right is held on some of it."""
        return self.administrateur or droit in self.droits


def _recherche(q: str) -> tuple[str, str]:
    """The words as a prefix query, and digits as the beginning of a SIREN."""
    chiffres = "".join(c for c in q if c.isascii() and c.isdigit())
    if chiffres and len(chiffres) == len("".join(q.split())):
        return f"'{chiffres}':*", chiffres[:9]
    return " & ".join(f"'{mot}':*" for mot in mots(q)[:MOTS_MAX]), ""


async def combien(moi: Personne) -> int:
    """How many companies (each profile counts)."""
    return int(await valeur(f"select count(*) from ({_MIENNES}) m", moi.compte_id))


async def lister(moi: Personne, q: str = "", apres: str | None = None) -> PageDe[Entreprise]:
    """A page of them by name, with their number; `q`: words of the name, or a SIREN."""
    texte, siren = _recherche(q)
    if q.strip() and not texte:
        return PageDe([], None, 0)
    cle = decoder(apres, 3)
    cle = cle if cle and all(isinstance(c, str) for c in cle) else None
    lignes = await sql(
        "select m.siren, m.profil, m.par_mandat, m.administrateur, e.denomination, e.cle_tri,"
        " m.uid from (" + _MIENNES + ") m join entreprise e on e.siren = m.siren"
        f" where {_CHERCHE} and ($4::text is null or (e.cle_tri, m.siren, m.profil) > ($4, $5, $6))"
        " order by e.cle_tri, m.siren, m.profil limit $7",
        moi.compte_id,
        texte,
        siren,
        *(cle or (None, None, None)),
        TAILLE + 1,
    )
    total = await valeur(
        f"select count(*) from ({_MIENNES}) m join entreprise e on e.siren = m.siren"
        f" where {_CHERCHE}",
        moi.compte_id,
        texte,
        siren,
    )
    montrees = lignes[:TAILLE]
    suivant = None
    if len(lignes) > TAILLE:
        dernier = montrees[-1]
        suivant = encoder(dernier["cle_tri"], dernier["siren"], dernier["profil"])
    return PageDe(await _completer(moi, montrees), suivant, int(total))


async def _completer(moi: Personne, lignes: list[dict[str, Any]]) -> list[Entreprise]:
    """With rights and waiting requests: one query each, for the page alone."""
    uids = [li["uid"] for li in lignes if li["uid"]]
    droits = await sql(
        "select r.siren, r.profil, array_agg(distinct h.droit) as droits from rattachement r"
        " join habilitation h on h.rattachement = r.id where r.uid = any($1::uuid[])"
        " group by r.siren, r.profil",
        uids,
    )
    demandes = await sql(
        "select r.siren, r.profil, count(*) as nombre from rattachement r"
        " where r.etat = 'en_attente' and r.compte <> $1 and r.siren = any($2::text[]) and exists"
        " (select 1 from perimetre($1, 'rattachements.saisir') p where p.siren = r.siren"
        " and p.profil = r.profil and (p.siret is null or p.siret = r.siret))"
        " group by r.siren, r.profil",
        moi.compte_id,
        [li["siren"] for li in lignes],
    )
    droits_de = {(d["siren"], d["profil"]): frozenset(d["droits"]) for d in droits}
    demandes_de = {(d["siren"], d["profil"]): d["nombre"] for d in demandes}
    return [
        Entreprise(
            li["siren"], li["profil"], li["denomination"], li["par_mandat"],
            li["administrateur"], li["uid"],
            droits_de.get((li["siren"], li["profil"]), frozenset())
            if li["uid"] else frozenset({"dossiers.consulter"}),
            demandes_de.get((li["siren"], li["profil"]), 0),
        )
        for li in lignes
    ]  # fmt: skip

"""« Nouveau dossier »: which establishments, and which dispositifs each may use today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.branches import queries as branches
from portal.core.entreprises import saisies
from portal.dossiers.registre import DISPOSITIFS
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.infra.texte import plier
from portal.kit import Dispositif
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne

LIMITE = 20


@dataclass(frozen=True)
class Lieu:
    """An establishment under a profile, and what may be filed for it now."""

    siren: str
    siret: str
    profil: str
    nom: str
    adresse: str
    dispositifs: tuple[Dispositif, ...]
    par_mandat: bool = False

    @property
    def valeur(self) -> str:
        return f"{self.siret}|{self.profil}"


def _proposable(n: int) -> str:
    """One that nobody has confirmed is offered where a right was given on it in so many words."""
    return f"({saisies.proposable('s', n)} or p.siret = s.siret)"


async def lieux(moi: Personne, q: str = "") -> list[Lieu]:
    """Establishments where this person may enter something, twenty at most; `q` narrows them."""
    jour = await clock.aujourd_hui()
    lignes = await sql(
        "select s.siren, s.siret, p.profil, e.denomination, e.idcc, s.enseigne, s.code_postal,"
        " s.commune, array_agg(distinct coalesce(p.dispositif, '*')) as dispositifs,"
        " not exists (select 1 from rattachement r where r.compte = $1 and r.siren = s.siren"
        " and r.profil = p.profil and r.etat = 'actif') as par_mandat"
        " from perimetre($1, 'dossiers.saisir') p"
        " join etablissement s on s.siren = p.siren and (p.siret is null or p.siret = s.siret)"
        " join entreprise e on e.siren = s.siren"
        f" where s.ferme_le is null and {_proposable(1)} and ($2 = '' or e.recherche like '%' || $2 || '%'"
        "   or s.siret like $2 || '%' or lower(s.commune) like $2 || '%')"
        " group by s.siren, s.siret, p.profil, e.denomination, e.idcc, s.enseigne, s.code_postal,"
        " s.commune, e.cle_tri order by e.cle_tri, s.siret limit $3",
        moi.compte_id,
        plier(q),
        LIMITE,
    )
    ouverts = await branches.ouverts_par_branche(jour)
    return [
        Lieu(
            ligne["siren"],
            ligne["siret"],
            ligne["profil"],
            ligne["enseigne"] or ligne["denomination"],
            f"{ligne['code_postal'] or ''} {ligne['commune'] or ''}".strip(),
            tuple(
                d
                for d in DISPOSITIFS.values()
                if ligne["profil"] in d.profils
                and d.code in ouverts.get(ligne["idcc"] or "", set())
                and ("*" in ligne["dispositifs"] or d.code in ligne["dispositifs"])
            ),
            ligne["par_mandat"],
        )
        for ligne in lignes
    ]


async def exiger_lieu(moi: Personne, siret: str, profil: str, code: str) -> dict[str, Any]:
    """The establishment, if this person may enter this dispositif for it.

    Raises `Introuvable` out of reach, `Interdit` within reach without that right.
    """
    ligne = await sql1(
        "select s.siren, bool_or(p.droit = 'dossiers.saisir') as permis from etablissement s"
        " join lateral ("
        "   select 'dossiers.saisir' as droit, * from perimetre($1, 'dossiers.saisir')"
        "   union all select 'dossiers.consulter', * from perimetre($1, 'dossiers.consulter')) p"
        " on p.siren = s.siren and (p.siret is null or p.siret = s.siret) and p.profil = $3"
        "   and (p.droit <> 'dossiers.saisir' or p.dispositif is null or p.dispositif = $4)"
        f" where s.siret = $2 and {_proposable(1)} group by s.siren",
        moi.compte_id,
        siret,
        profil,
        code,
    )
    if ligne is None:
        raise Introuvable()
    if not ligne["permis"]:
        raise Interdit()
    return ligne

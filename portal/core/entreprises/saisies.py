"""Companies that no lookup found: typed by hand, kept apart as « à vérifier », never a dead end.

Until the register confirms it, such a company has no head office here: no letter with a code goes
to an address that somebody typed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.core.comptes.limites import Limite
from portal.core.entreprises import queries
from portal.core.entreprises.fiche import ADHERENT, IDCC_DEUX_PROFILS, PRESTATAIRE
from portal.core.entreprises.geographie import departement_de, region_de
from portal.core.entreprises.verification import COMPARES
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.texte import plier
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne

SAISIES = Limite(
    "entreprise.saisie", 10, timedelta(minutes=2), timedelta(hours=2), timedelta(days=1)
)
ETATS = {
    "a_verifier": "À vérifier",
    "different": "Différente du registre",
    "introuvable": "Introuvable au registre",
    "conforme": "Conforme au registre",
    "classee": "Classée",
}
ROLES = ("conseiller", "aef", "gestionnaire", "administrateur")
"""Who looks after companies, each within the branch and the région of her role."""
A_TRAITER = ("different", "introuvable")


def proposable(alias: str, n: int) -> str:
    """SQL text: the establishment `alias` may be offered to account `$n`.

    One that somebody typed beside those of a company that the register knows is offered to that
    person alone until the register confirms it. Of a company that it does not know, all are typed.
    """
    return (
        f"(not {alias}.a_verifier or exists (select 1 from entreprise pe"
        f" where pe.siren = {alias}.siren and pe.a_verifier)"
        f" or exists (select 1 from entreprise_saisie ps where ps.siren = {alias}.siren"
        f" and ps.siret = {alias}.siret and ps.par = ${n}))"
    )


class DejaConnue(Exception):
    """This establishment is here already: there is nothing to type."""


async def saisir(moi: Personne, valeurs: Mapping[str, Any], cause: str = "inconnue") -> UUID:
    """Keep what somebody typed of an establishment that the register does not have."""
    siret, siren = valeurs["siret"], valeurs["siret"][:9]
    async with transaction():
        if await queries.par_siret(siret) is not None:
            raise DejaConnue
        await _ecrire_entreprise(siren, valeurs)
        if not await _ecrire_etablissement(siret, valeurs):
            raise DejaConnue
        saisi = {c: v for c, v in valeurs.items() if c != "siret" and v}
        ligne = await sql1(
            "insert into entreprise_saisie (siren, siret, saisi, par, cause, saisie_le, saisie_jour)"
            " values ($1, $2, $3::text::jsonb, $4, $5, $6, $7) returning uid",
            siren,
            siret,
            json.dumps(saisi, ensure_ascii=False),
            moi.compte_id,
            cause,
            clock.instant(),
            await clock.aujourd_hui(),
        )
        assert ligne is not None
        await noter(
            "entreprise.saisie", acteur=moi, objet=("entreprise_saisie", ligne["uid"]),
            siren=siren, siret=siret, denomination=valeurs["denomination"],
        )  # fmt: skip
    uid: UUID = ligne["uid"]
    return uid


async def _ecrire_entreprise(siren: str, v: Mapping[str, Any]) -> None:
    """A company that is known already stays as it is: only its establishment is new."""
    deux = v.get("idcc") in IDCC_DEUX_PROFILS
    cle = plier(v["denomination"]) or siren
    await executer(
        "insert into entreprise (siren, denomination, cle_tri, recherche, idcc, est_adherent,"
        " est_prestataire, a_verifier, maj_le) values ($1, $2, $3, $4, $5, $6, $7, true, $8)"
        " on conflict (siren) do nothing",
        siren,
        v["denomination"],
        cle,
        f"{cle} {plier(v['code_postal'] + ' ' + v['commune'])}",
        v.get("idcc"),
        deux or v["profil"] == ADHERENT,
        deux or v["profil"] == PRESTATAIRE,
        clock.instant(),
    )


async def _ecrire_etablissement(siret: str, v: Mapping[str, Any]) -> bool:
    """False when somebody else has just typed it."""
    departement = departement_de(v["code_postal"])
    ecrites = await executer(
        "insert into etablissement (siret, siren, adresse_ligne1, adresse_ligne2, code_postal,"
        " commune, departement, region, a_verifier) values ($1, $2, $3, $4, $5, $6, $7, $8, true)"
        " on conflict (siret) do nothing",
        siret,
        siret[:9],
        v["adresse_ligne1"],
        v.get("adresse_ligne2") or "",
        v["code_postal"],
        v["commune"],
        departement,
        region_de(departement),
    )
    return ecrites == 1


@dataclass(frozen=True)
class SaisieVue:
    """What was typed of a company, beside what the register says."""

    uid: UUID
    siren: str
    siret: str
    denomination: str
    saisi: dict[str, str]
    registre: dict[str, str] | None
    ecarts: tuple[str, ...]
    etat: str
    par: str
    jour: date

    @property
    def etat_mot(self) -> str:
        return ETATS[self.etat]

    @property
    def a_traiter(self) -> bool:
        return self.etat in A_TRAITER

    @property
    def comparaison(self) -> list[tuple[str, str, str, bool]]:
        """(label, typed, of the register, whether they differ) of each field."""
        registre = self.registre or {}
        return [
            (libelle, self.saisi.get(c, ""), registre.get(c, ""), c in self.ecarts)
            for c, libelle in COMPARES.items()
        ]


# What was typed, `s`, is of a branch and a région that account $1 looks after.
_A_PORTEE = (
    "exists (select 1 from unnest($2::text[]) q (role), perimetre_interne($1, q.role) p,"
    " entreprise pe left join etablissement pt on pt.siret = s.siret where pe.siren = s.siren"
    " and (p.idcc is null or p.idcc = pe.idcc) and (p.region is null or p.region = pt.region))"
)


async def lister(moi: Personne, limite: int = 200) -> list[SaisieVue]:
    """What waits for this person: differences first, then what the register has not confirmed,
    oldest first."""
    lignes = await sql(
        "select s.uid, s.siren, s.siret, e.denomination, s.saisi, s.registre, s.ecarts, s.etat,"
        " coalesce(c.prenom || ' ' || c.nom, 'Compte supprimé') as par, s.saisie_jour as jour"
        " from entreprise_saisie s join entreprise e on e.siren = s.siren"
        " left join compte c on c.id = s.par"
        f" where s.etat in ('different', 'introuvable', 'a_verifier') and {_A_PORTEE}"
        " order by s.etat = 'a_verifier', s.saisie_le, s.id limit $3",
        moi.compte_id,
        list(ROLES),
        limite,
    )
    return [SaisieVue(**{**ligne, "ecarts": tuple(ligne["ecarts"])}) for ligne in lignes]


async def compter_a_traiter(moi: Personne) -> int:
    """Differences and companies not found that nobody has looked at, of this person's."""
    ligne = await sql1(
        "select count(*) as nombre from entreprise_saisie s where s.etat = any($3::text[])"
        f" and {_A_PORTEE}",
        moi.compte_id,
        list(ROLES),
        list(A_TRAITER),
    )
    return ligne["nombre"] if ligne else 0


async def classer(moi: Personne, uid: UUID) -> None:
    """Staff has looked at a difference, or asked the company. Raises `Introuvable` out of reach."""
    async with transaction():
        ligne = await sql1(
            "update entreprise_saisie s set etat = 'classee', classee_par = $1 where s.uid = $4"
            f" and s.etat = any($3::text[]) and {_A_PORTEE} returning s.siren, s.siret",
            moi.compte_id,
            list(ROLES),
            list(A_TRAITER),
            uid,
        )
        if ligne is None:
            raise Introuvable
        await noter(
            "entreprise.saisie_classee", acteur=moi, objet=("entreprise_saisie", uid),
            siren=ligne["siren"], siret=ligne["siret"],
        )  # fmt: skip

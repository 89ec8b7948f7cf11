"""Write the copy of the register: imports, demonstration data, who advises whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from portal.core.entreprises.fiche import IDCC_DEUX_PROFILS
from portal.core.entreprises.geographie import departement_de, region_de
from portal.core.journal.operations import QuiAgit, noter
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.infra.texte import plier

LOT = 1000


@dataclass(frozen=True)
class EtablissementSaisi:
    """An establishment to write; `departement` and `region` follow from the postcode if empty."""

    siret: str
    enseigne: str = ""
    adresse_ligne1: str = ""
    adresse_ligne2: str = ""
    code_postal: str = ""
    commune: str = ""
    departement: str = ""
    region: str = ""
    ferme_le: date | None = None
    successeur: str | None = None


@dataclass(frozen=True)
class FicheSaisie:
    """A company to write, with its establishments; `siege` is the first one unless named."""

    siren: str
    denomination: str
    etablissements: tuple[EtablissementSaisi, ...] = ()
    siege: str | None = None
    naf: str | None = None
    idcc: str | None = None
    effectif: int = 0
    est_adherent: bool = True
    est_prestataire: bool = False
    attributs: tuple[str, ...] = ()
    nda: str | None = None
    fermee_le: date | None = None

    @property
    def siret_siege(self) -> str | None:
        return self.siege or (self.etablissements[0].siret if self.etablissements else None)


_ENTREPRISES = """
insert into entreprise (siren, denomination, cle_tri, recherche, naf, idcc, effectif, est_adherent,
    est_prestataire, attributs, siege, nda, fermee_le, maj_le)
select r.siren, r.denomination, r.cle_tri, r.recherche, r.naf, r.idcc, r.effectif, r.est_adherent,
    r.est_prestataire, r.attributs, r.siege, r.nda, r.fermee_le, $2
from jsonb_to_recordset($1::jsonb) as r (siren text, denomination text, cle_tri text,
    recherche text, naf text, idcc text, effectif integer, est_adherent boolean,
    est_prestataire boolean, attributs text[], siege text, nda text, fermee_le date)
order by r.siren
on conflict (siren) do update set denomination = excluded.denomination,
    cle_tri = excluded.cle_tri, recherche = excluded.recherche, naf = excluded.naf,
    idcc = excluded.idcc, effectif = excluded.effectif, est_adherent = excluded.est_adherent,
    est_prestataire = excluded.est_prestataire, attributs = excluded.attributs,
    siege = excluded.siege, nda = excluded.nda, fermee_le = excluded.fermee_le,
    maj_le = excluded.maj_le
"""

_ETABLISSEMENTS = """
insert into etablissement (siret, siren, enseigne, adresse_ligne1, adresse_ligne2, code_postal,
    commune, departement, region, ferme_le, successeur)
select r.siret, left(r.siret, 9), r.enseigne, r.adresse_ligne1, r.adresse_ligne2, r.code_postal,
    r.commune, r.departement, r.region, r.ferme_le, r.successeur
from jsonb_to_recordset($1::jsonb) as r (siret text, enseigne text, adresse_ligne1 text,
    adresse_ligne2 text, code_postal text, commune text, departement text, region text,
    ferme_le date, successeur text)
order by r.siret
on conflict (siret) do update set enseigne = excluded.enseigne,
    adresse_ligne1 = excluded.adresse_ligne1, adresse_ligne2 = excluded.adresse_ligne2,
    code_postal = excluded.code_postal, commune = excluded.commune,
    departement = excluded.departement, region = excluded.region,
    ferme_le = excluded.ferme_le, successeur = excluded.successeur
"""


async def enregistrer(*fiches: FicheSaisie, acteur: QuiAgit | None = None) -> int:
    """Create or update companies and their establishments. The same fiche twice changes nothing."""
    return await enregistrer_lots(fiches, acteur=acteur)


async def enregistrer_lots(
    fiches: Iterable[FicheSaisie], *, acteur: QuiAgit | None = None, taille: int = LOT
) -> int:
    """The same for any number, in constant memory: a transaction and an audit line per batch."""
    total = 0
    for lot in _lots(fiches, taille):
        async with transaction():
            await executer(_ENTREPRISES, json.dumps([_entreprise(f) for f in lot]), clock.instant())
            lieux = [_etablissement(e) for f in lot for e in f.etablissements]
            await executer(_ETABLISSEMENTS, json.dumps(lieux))
            await noter("entreprises.enregistrees", acteur=acteur, nombre=len(lot))
        total += len(lot)
    return total


def _lots(fiches: Iterable[FicheSaisie], taille: int) -> Iterator[list[FicheSaisie]]:
    suite = iter(fiches)
    while lot := list(islice(suite, taille)):
        yield list({f.siren: f for f in lot}.values())


def _entreprise(fiche: FicheSaisie) -> dict[str, Any]:
    deux_profils = fiche.idcc in IDCC_DEUX_PROFILS
    siege = next((e for e in fiche.etablissements if e.siret == fiche.siret_siege), None)
    lieu = (siege.enseigne, siege.code_postal, siege.commune) if siege else ()
    return {
        "siren": fiche.siren,
        "denomination": fiche.denomination,
        "cle_tri": plier(fiche.denomination),
        "recherche": plier(" ".join((fiche.denomination, *lieu))),
        "naf": fiche.naf,
        "idcc": fiche.idcc,
        "effectif": fiche.effectif,
        "est_adherent": fiche.est_adherent or deux_profils,
        "est_prestataire": fiche.est_prestataire or deux_profils,
        "attributs": list(fiche.attributs),
        "siege": fiche.siret_siege,
        "nda": fiche.nda,
        "fermee_le": fiche.fermee_le.isoformat() if fiche.fermee_le else None,
    }


def _etablissement(lieu: EtablissementSaisi) -> dict[str, Any]:
    departement = lieu.departement or departement_de(lieu.code_postal)
    return asdict(lieu) | {
        "departement": departement,
        "region": lieu.region or region_de(departement),
        "ferme_le": lieu.ferme_le.isoformat() if lieu.ferme_le else None,
    }


async def enregistrer_conseiller(
    nom: str,
    telephone: str,
    courriel: str,
    *,
    compte_id: int | None = None,
    entreprises: Iterable[str] = (),
    acteur: QuiAgit | None = None,
) -> int:
    """Create or update a conseiller, and give him these companies (SIREN); returns his id."""
    async with transaction():
        ligne = await sql1(
            "insert into conseiller (nom, telephone, courriel, compte) values ($1, $2, $3, $4)"
            " on conflict (courriel) do update set nom = excluded.nom,"
            " telephone = excluded.telephone, compte = excluded.compte returning id",
            nom,
            telephone,
            courriel,
            compte_id,
        )
        assert ligne is not None
        sirens = list(entreprises)
        await executer(
            "insert into conseiller_entreprise (siren, conseiller)"
            " select s, $2 from unnest($1::text[]) s"
            " on conflict (siren) do update set conseiller = excluded.conseiller",
            sirens,
            ligne["id"],
        )
        await noter(
            "conseiller.enregistre", acteur=acteur, courriel=courriel, entreprises=len(sirens)
        )
    return int(ligne["id"])

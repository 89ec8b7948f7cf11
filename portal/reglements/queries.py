"""Reading payments: a company's own, one avis, and the accountants' runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from portal.factures.perimetre import lecture
from portal.infra.base import sql, sql1
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

VISIBLES = ("ordonne", "execute", "rejete")
"""What a beneficiary sees; a run that is not approved may still be cancelled."""

# A right on the whole company shows all its transfers; one on an establishment or a dispositif
# shows those that pay something of it.
_BENEFICIAIRE = """exists (
    select 1 from perimetre($1, 'factures.consulter') a
    where a.siren = p.beneficiaire_siren and a.profil = p.beneficiaire_profil
      and ((a.siret is null and a.dispositif is null) or exists (
        select 1 from paiement_facture x join facture_ligne l on l.facture = x.facture
        join dossier d on d.id = l.dossier where x.paiement = p.id
          and (a.siret is null or a.siret in (d.siret, d.organisme_siret))
          and (a.dispositif is null or a.dispositif = d.dispositif))))"""


_ETATS = ", ".join(f"'{e}'" for e in VISIBLES)


def portee(moi: Personne) -> str:
    """SQL condition on `paiement p`: transfers to the companies of this person, or all of them for
    accountants; `$1` is the account's id."""
    if "comptable" in moi.roles:
        return "(p.etat <> 'annule' and $1::bigint > 0)"
    return f"(p.etat in ({_ETATS}) and {'false' if moi.est_interne else _BENEFICIAIRE})"


def _concernee(moi: Personne) -> str:
    """A transfer that pays something of a dossier within reach: to a body that was paid directly,
    for instance."""
    return (
        f"(p.etat in ({_ETATS}) and exists (select 1 from paiement_facture x"
        " join facture_ligne l on l.facture = x.facture join dossier d on d.id = l.dossier"
        f" where x.paiement = p.id and {lecture(moi)}))"
    )


@dataclass(frozen=True)
class Reglement:
    """A transfer, as its beneficiary's list shows it."""

    id: int
    uid: UUID
    reference: str
    nom: str
    montant: int
    etat: str
    jour: date
    factures: str
    nombre: int


async def mes_reglements(
    moi: Personne, q: str = "", etat: str = "", apres: str | None = None
) -> PageDe[Reglement]:
    """Transfers within reach, newest first. `q`: our reference, or an invoice number."""
    curseur = decoder(apres, 1)
    lignes = await sql(
        "select p.id, p.uid, p.reference, p.nom, p.montant_centimes as montant, p.etat,"
        " coalesce(p.fini_jour, t.jour) as jour, i.factures, i.nombre"
        " from paiement p join lot_paiement t on t.id = p.lot cross join lateral ("
        "   select (array_agg(f.numero order by f.id))[1] as factures, count(*) as nombre"
        "   from paiement_facture x join facture f on f.id = x.facture where x.paiement = p.id) i"
        f" where {portee(moi)} and ($2::bigint is null or p.id < $2)"
        " and ($3 = '' or p.etat = $3) and ($4 = '' or strpos(lower(p.reference), $4) > 0"
        "   or exists (select 1 from paiement_facture x join facture f on f.id = x.facture"
        "     where x.paiement = p.id and strpos(lower(f.numero), $4) > 0))"
        " order by p.id desc limit $5",
        moi.compte_id,
        curseur[0] if curseur and isinstance(curseur[0], int) else None,
        etat,
        q.strip().lower(),
        TAILLE + 1,
    )
    montres = [Reglement(**ligne) for ligne in lignes[:TAILLE]]
    return PageDe(montres, encoder(montres[-1].id) if len(lignes) > TAILLE else None)


@dataclass(frozen=True)
class LigneAvis:
    """What a transfer pays: one invoice's share for one dossier."""

    facture_uid: UUID
    facture: str
    date_facture: date
    demande: str
    dossier_uid: UUID
    dossier: str
    intitule: str
    montant: int


@dataclass(frozen=True)
class Avis:
    """A transfer and what it pays. `cachees` lines are of dossiers out of this person's reach;
    `entier`: the person is the beneficiary (or staff), and may see the whole of it."""

    uid: UUID
    reference: str
    nom: str
    siren: str
    masque: str
    montant: int
    libelle: str
    etat: str
    motif: str
    jour: date | None
    lot: str
    lot_uid: UUID
    cible: str
    entier: bool
    lignes: list[LigneAvis] = field(default_factory=list)
    cachees: int = 0

    @property
    def montre(self) -> int:
        """The amount that this person may see."""
        return self.montant if self.entier else sum(li.montant for li in self.lignes)


async def avis(moi: Personne, uid: UUID) -> Avis | None:
    """One transfer within reach, with the lines that may be shown."""
    ligne = await sql1(
        "select p.id, p.uid, p.reference, p.nom, p.beneficiaire_siren as siren, s.masque,"
        " p.montant_centimes as montant, p.libelle, p.etat, p.motif,"
        " coalesce(p.fini_jour, t.jour) as jour, t.numero as lot, t.uid as lot_uid, t.cible,"
        f" ({portee(moi)} or $3) as entier"
        " from paiement p join lot_paiement t on t.id = p.lot join secret s on s.id = p.iban_secret"
        f" where p.uid = $2 and ({portee(moi)} or {_concernee(moi)})",
        moi.compte_id,
        uid,
        moi.est_interne,
    )
    if ligne is None:
        return None
    lignes = await sql(
        "select f.uid as facture_uid, f.numero as facture, f.date_facture, q.numero as demande,"
        " d.uid as dossier_uid, d.numero as dossier, d.intitule, l.montant_centimes as montant,"
        f" {lecture(moi)} as montree"
        " from paiement_facture x join facture f on f.id = x.facture"
        " join facture_ligne l on l.facture = f.id join dossier d on d.id = l.dossier"
        " join demande q on q.id = l.demande where x.paiement = $2 order by f.id, l.id",
        moi.compte_id,
        ligne.pop("id"),
    )
    montrees = [LigneAvis(**{k: v for k, v in li.items() if k != "montree"})
                for li in lignes if li["montree"]]  # fmt: skip
    return Avis(**ligne, lignes=montrees, cachees=len(lignes) - len(montrees))


_LOT = (
    "select t.id, t.uid, t.numero, t.cible, t.jour, t.etat, t.nombre, t.total_centimes as total,"
    " t.prepare_par, t.prepare_le, a.prenom || ' ' || a.nom as preparateur, t.valide_le,"
    " b.prenom || ' ' || b.nom as validateur, t.transmis_le from lot_paiement t"
    " join compte a on a.id = t.prepare_par left join compte b on b.id = t.valide_par"
)


async def lots(apres: str | None = None) -> PageDe[dict[str, Any]]:
    """Runs, newest first."""
    curseur = decoder(apres, 1)
    lignes = await sql(
        f"{_LOT} where ($1::bigint is null or t.id < $1) order by t.id desc limit $2",
        curseur[0] if curseur and isinstance(curseur[0], int) else None,
        TAILLE + 1,
    )
    montres = lignes[:TAILLE]
    return PageDe(montres, encoder(montres[-1]["id"]) if len(lignes) > TAILLE else None)


async def lot(uid: UUID) -> dict[str, Any] | None:
    return await sql1(f"{_LOT} where t.uid = $1", uid)


async def lot_par_numero(numero: str) -> UUID | None:
    ligne = await sql1("select uid from lot_paiement where numero = $1", numero)
    return ligne["uid"] if ligne else None


async def virements(lot_id: int, apres: str | None = None) -> PageDe[dict[str, Any]]:
    """Transfers of a run in the file's order."""
    curseur = decoder(apres, 1)
    lignes = await sql(
        "select p.uid, p.reference, p.nom, p.beneficiaire_siren as siren, s.masque,"
        " p.montant_centimes as montant, p.etat, p.motif,"
        " (select count(*) from paiement_facture x where x.paiement = p.id) as factures"
        " from paiement p join secret s on s.id = p.iban_secret"
        " where p.lot = $1 and ($2::text is null or p.reference > $2)"
        " order by p.reference limit $3",
        lot_id,
        curseur[0] if curseur and isinstance(curseur[0], str) else None,
        TAILLE + 1,
    )
    montres = lignes[:TAILLE]
    return PageDe(montres, encoder(montres[-1]["reference"]) if len(lignes) > TAILLE else None)


async def retours(lot_id: int) -> list[dict[str, Any]]:
    """Reports of the bank that were read for a run, newest first."""
    return await sql(
        "select r.resultat, r.lu_le, c.prenom || ' ' || c.nom as lu_par from retour_banque r"
        " join compte c on c.id = r.lu_par where r.lot = $1 order by r.id desc",
        lot_id,
    )


async def a_valider(moi: Personne) -> list[dict[str, Any]]:
    """Runs that this accountant may approve: those that somebody else prepared."""
    return await sql(
        "select uid, numero, nombre, total_centimes as total from lot_paiement"
        " where etat = 'prepare' and prepare_par <> $1 order by id",
        moi.compte_id,
    )

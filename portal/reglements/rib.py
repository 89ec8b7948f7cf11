"""Bank details of a company: one account lives at a time under each profile, former ones stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from schwifty import IBAN

from portal.core.entreprises import queries as entreprises
from portal.core.journal import operations as journal
from portal.core.notifications.operations import notifier
from portal.core.notifications.queries import administrateurs
from portal.core.rattachements import perimetre
from portal.factures import paiements
from portal.infra import clock, coffre
from portal.infra.base import executer, sql, sql1, transaction
from portal.web.erreurs import Interdit
from portal.web.identite import Personne


class RibRefuse(ValueError):
    """The account can't be registered; `champ` is the field to mend, the message says how."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ
        self.message = message


@dataclass(frozen=True)
class Rib:
    """Bank details as they may be shown: never the number itself."""

    uid: UUID
    siren: str
    profil: str
    denomination: str
    titulaire: str
    masque: str
    etat: str
    saisi_jour: date
    saisi_par: str


_COLONNES = (
    "r.uid, r.siren, r.profil, coalesce(e.denomination, r.siren) as denomination, r.titulaire,"
    " s.masque, r.etat, r.saisi_jour, c.prenom || ' ' || c.nom as saisi_par"
)
_DE = (
    " from rib r join secret s on s.id = r.iban_secret join compte c on c.id = r.saisi_par"
    " left join entreprise e on e.siren = r.siren"
)


async def actif(siren: str, profil: str) -> Rib | None:
    """The account that this company is paid on today."""
    ligne = await sql1(
        f"select {_COLONNES}{_DE} where r.siren = $1 and r.profil = $2 and r.etat = 'actif'",
        siren,
        profil,
    )
    return Rib(**ligne) if ligne else None


@dataclass(frozen=True)
class Compte:
    """A company within reach and its accounts; `saisissable`: this person may register one."""

    siren: str
    profil: str
    denomination: str
    saisissable: bool
    actif: Rib | None
    anciens: list[Rib]


async def mes_comptes(moi: Personne, limite: int = 200) -> list[Compte]:
    """Accounts of the companies within reach, by name; two queries, however many they are."""
    vues = await sql(
        "select p.siren, p.profil, e.denomination, e.cle_tri, exists ("
        "   select 1 from perimetre($1, 'rib.saisir') s where s.siren = p.siren"
        "   and s.profil = p.profil and s.siret is null) as saisissable"
        " from perimetre($1, 'rib.consulter') p join entreprise e on e.siren = p.siren"
        " group by p.siren, p.profil, e.denomination, e.cle_tri"
        " order by e.cle_tri, p.siren, p.profil limit $2",
        moi.compte_id,
        limite,
    )
    lignes = await sql(
        f"select {_COLONNES}{_DE} where r.siren = any($1) order by r.id desc",
        [v["siren"] for v in vues],
    )
    ribs = [Rib(**ligne) for ligne in lignes]
    comptes = []
    for vue in vues:
        siens = [r for r in ribs if (r.siren, r.profil) == (vue["siren"], vue["profil"])]
        comptes.append(
            Compte(
                vue["siren"],
                vue["profil"],
                vue["denomination"],
                vue["saisissable"],
                next((r for r in siens if r.etat == "actif"), None),
                [r for r in siens if r.etat == "ancien"],
            )
        )
    return comptes


async def enregistrer(moi: Personne, siren: str, profil: str, iban: str, titulaire: str) -> UUID:
    """Register an account for a company; the former one is kept as « ancien ».

    `iban` is canonical (portal.kit.types.Iban). All administrators are told. Raises `RibRefuse`,
    or `Introuvable` / `Interdit` out of reach.
    """
    async with transaction():
        await exiger(moi, siren, profil)
        await executer("select pg_advisory_xact_lock(hashtextextended($1, 8))", f"{siren}{profil}")
        await _refuser_mauvais_compte(siren, profil, iban)
        maintenant = clock.instant()
        ancien = await sql1(
            "update rib set etat = 'ancien', remplace_le = $3"
            " where siren = $1 and profil = $2 and etat = 'actif' returning uid",
            siren,
            profil,
            maintenant,
        )
        secret = await coffre.deposer("iban", iban, retention="comptable")
        ligne = await sql1(
            "insert into rib (siren, profil, iban_secret, titulaire, etat, saisi_par, saisi_le,"
            " saisi_jour) values ($1, $2, $3, $4, 'actif', $5, $6, $7) returning uid",
            siren,
            profil,
            secret,
            titulaire,
            moi.compte_id,
            maintenant,
            await clock.aujourd_hui(),
        )
        assert ligne is not None
        await journal.noter(
            "rib.enregistre",
            acteur=moi,
            objet=("rib", ligne["uid"]),
            siren=siren,
            profil=profil,
            iban=coffre.masquer("iban", iban),
            remplace=ancien["uid"] if ancien else None,
        )
        await paiements.changer_compte(siren, profil, secret, coffre.masquer("iban", iban), moi)
        await _prevenir(moi, siren, profil, iban, remplace=ancien is not None)
        return ligne["uid"]


async def exiger(moi: Personne, siren: str, profil: str) -> None:
    """The account is the whole company's: a right on one establishment is not enough."""
    await perimetre.exiger_entreprise(moi, "rib.saisir", siren, profil)
    entier = await sql1(
        "select 1 as oui from perimetre($1, 'rib.saisir') p"
        " where p.siren = $2 and p.profil = $3 and p.siret is null limit 1",
        moi.compte_id,
        siren,
        profil,
    )
    if entier is None:
        raise Interdit(
            "Le compte bancaire est celui de toute l’entreprise\u00a0; votre droit porte sur un "
            "établissement. Un administrateur de votre entreprise peut l’étendre."
        )


async def _refuser_mauvais_compte(siren: str, profil: str, iban: str) -> None:
    if not IBAN(iban, validate_bban=False).in_sepa_zone:
        raise RibRefuse(
            "iban",
            "Ce compte est hors de la zone SEPA\u00a0: nos virements ne peuvent pas y arriver. "
            "Indiquez un compte de la zone SEPA.",
        )
    meme = await sql1(
        "select 1 as oui from rib r join secret s on s.id = r.iban_secret"
        " where r.siren = $1 and r.profil = $2 and r.etat = 'actif' and s.empreinte = any($3)",
        siren,
        profil,
        coffre.empreintes("iban", iban),
    )
    if meme is not None:
        raise RibRefuse("iban", "Ce compte est déjà celui de l’entreprise.")


async def _prevenir(moi: Personne, siren: str, profil: str, iban: str, *, remplace: bool) -> None:
    fiche = await entreprises.par_siren(siren)
    nom = fiche.denomination if fiche else siren
    await notifier(
        await administrateurs(siren, profil),
        "rib",
        f"{'Nouveau RIB' if remplace else 'RIB enregistré'} pour {nom}",
        "/rib",
        f"{moi.nom_affiche} a enregistré le compte {coffre.masquer('iban', iban)}. "
        "Nos prochains virements iront sur ce compte. Si ce changement vous surprend, "
        "prévenez-nous tout de suite.",
        courriel="toujours",
    )

"""Granted dossiers and accepted invoices, put there by SQL: what a payment run takes up."""

from __future__ import annotations

import itertools
import random
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from schwifty import IBAN

from portal.factures.registre import CIBLES
from portal.grandlivre import operations as livre
from portal.infra import clock, coffre
from portal.infra.base import sql, sql1, valeur
from portal.kit import OPCO, Cible
from portal.reglements import preparation, retour, validation
from portal.settings import get_settings
from portal.web.identite import Personne
from tests.dossiers.aides import Societe, quelqu_un, societe

_SUITE = itertools.count(1)
DROITS = ("factures.consulter", "factures.saisir", "rib.consulter", "rib.saisir")


def regler_cibles() -> None:
    """The OPCO as the target of invoices, as the wiring does."""
    settings = get_settings()
    CIBLES.setdefault(
        OPCO,
        Cible(
            code=OPCO,
            nom=settings.opco_nom,
            adresse=tuple(settings.opco_adresse),
            siren=settings.opco_siren,
            iban_debiteur=settings.opco_iban,
        ),
    )


def iban_neuf() -> str:
    """A valid French account that no other test has."""
    return str(
        IBAN.generate(
            "FR",
            bank_code="20041",
            branch_code="01005",
            account_code=f"{random.randrange(10**11):011d}",
        )
    )


async def comptable() -> Personne:
    moi, _ = await quelqu_un(role="comptable")
    return moi


@dataclass
class Dossier:
    """A granted dossier and who bills it."""

    id: int
    uid: UUID
    numero: str
    chez: Societe
    emetteur: Societe
    profil: str


@dataclass
class Facture:
    """An accepted invoice, its ledger movement written."""

    id: int
    uid: UUID
    numero: str
    montant: int
    dossiers: list[Dossier] = field(default_factory=list)

    async def lire(self) -> dict[str, Any]:
        ligne = await sql1("select * from facture where id = $1", self.id)
        assert ligne is not None
        return ligne

    async def etat(self) -> str:
        return str((await self.lire())["etat"])


async def dossier(
    chez: Societe | None = None, accorde: int = 100_000, *, organisme: Societe | None = None
) -> Dossier:
    """A dossier in progress, engaged; `organisme` is paid directly."""
    chez = chez or await societe()
    auteur, _ = await quelqu_un(chez)
    numero = f"2026-ESR-{next(_SUITE):06d}-{uuid.uuid4().hex[:6]}"
    ligne = await sql1(
        "insert into dossier (numero, dispositif, siren, siret, profil, idcc, etat, intitule, debut,"
        " fin, accorde_centimes, cree_par, organisme_siret, organisme_nom, paye_organisme)"
        " values ($1, 'essai', $2, $3, 'adherent', '1516', 'en_cours', 'Conduite de réunion', $4, $5,"
        " $6, $7, $8, $9, $10) returning id, uid",
        numero,
        chez.siren,
        chez.siret,
        date(2026, 9, 1),
        date(2026, 9, 2),
        accorde,
        auteur.compte_id,
        organisme.siret if organisme else None,
        organisme.denomination if organisme else "",
        organisme is not None,
    )
    assert ligne is not None
    await livre.engager(ligne["uid"], chez.siren, "essai", OPCO, accorde, f"accord:{ligne['uid']}")
    return Dossier(
        ligne["id"],
        ligne["uid"],
        numero,
        chez,
        organisme or chez,
        "prestataire" if organisme else "adherent",
    )


async def facture(
    *parts: tuple[Dossier, int], iban: str | None = None, derniere: bool = False
) -> Facture:
    """An accepted invoice over dossiers of one issuer, its validated requests behind it."""
    premier = parts[0][0]
    auteur = await valeur("select cree_par from dossier where id = $1", premier.id)
    numero = f"FA-{uuid.uuid4().hex[:8]}"
    total = sum(montant for _, montant in parts)
    secret = await coffre.deposer("iban", iban or iban_neuf())
    ligne = await sql1(
        "insert into facture (numero, cle_numero, emetteur_siren, emetteur_profil, emetteur_nom,"
        " cible, dispositif, public, date_facture, assujetti, ht_centimes, tva_centimes,"
        " ttc_centimes, iban_secret, etat, fichier, fichier_nom, fichier_taille, empreinte,"
        " deposee_par, deposee_le, deposee_jour, decidee_le) values ($1, $2, $3, $4, $5, 'opco', 'essai',"
        " 'permanent', $6, false, $7, 0, $7, $8, 'acceptee', 'aa/bb', 'facture.pdf', 1000, $9, $10,"
        " $11, $6, $11) returning id, uid",
        numero,
        numero.upper(),
        premier.emetteur.siren,
        premier.profil,
        premier.emetteur.denomination,
        date(2026, 9, 10),
        total,
        secret,
        uuid.uuid4().hex,
        auteur,
        clock.instant(),
    )
    assert ligne is not None
    for dos, montant in parts:
        await _ligne(ligne["id"], ligne["uid"], dos, montant, auteur, derniere)
    return Facture(ligne["id"], ligne["uid"], numero, total, [d for d, _ in parts])


async def _ligne(
    facture_id: int, facture_uid: UUID, dos: Dossier, montant: int, auteur: int, derniere: bool
) -> None:
    demande = await valeur(
        "insert into demande (numero, dossier, etat, emetteur_siren, emetteur_siret,"
        " emetteur_profil, montant_centimes, derniere, cree_par, cree_le, transmise_le,"
        " transmise_jour, decidee_par, decidee_le) values ($1, $2, 'validee', $3, $4, $5, $6, $7, $8,"
        " $9, $9, $10, $8, $9) returning id",
        f"DR-ESSAI-{uuid.uuid4().hex[:10]}",
        dos.id,
        dos.emetteur.siren,
        dos.emetteur.siret,
        dos.profil,
        montant,
        derniere,
        auteur,
        clock.instant(),
        date(2026, 9, 5),
    )
    ligne = await valeur(
        "insert into facture_ligne (facture, dossier, demande, montant_centimes)"
        " values ($1, $2, $3, $4) returning id",
        facture_id,
        dos.id,
        demande,
        montant,
    )
    await livre.facturer(dos.uid, montant, f"facture:essai:{ligne}", facture_uid)


async def une_facture(montant: int = 60_000, **options: Any) -> Facture:
    return await facture((await dossier(), montant), **options)


async def paiement_de(f: Facture) -> dict[str, Any]:
    """The latest transfer of an invoice, with its run's uid and number."""
    ligne = await sql1(
        "select p.*, t.uid as lot_uid, t.numero as lot_numero, t.etat as lot_etat"
        " from paiement_facture x join paiement p on p.id = x.paiement"
        " join lot_paiement t on t.id = p.lot where x.facture = $1 order by x.id desc limit 1",
        f.id,
    )
    assert ligne is not None
    return ligne


async def preparer_et_valider() -> tuple[Personne, Personne]:
    """Two accountants: one prepares all that waits, the other approves it."""
    premier, second = await comptable(), await comptable()
    for lot in await preparation.preparer(premier):
        await validation.valider(second, lot.uid)
    return premier, second


async def repondre(moi: Personne, lot_uid: UUID, rejets: dict[str, str] | None = None) -> Any:
    """The bank's answer to a run, read."""
    return await retour.lire(moi, await retour.simuler(moi, lot_uid, rejets or {}))


async def solde_de(d: Dossier) -> tuple[int, int, int, int]:
    (ligne,) = await sql(
        "select engage_centimes, facture_centimes, ordonne_centimes, paye_centimes"
        " from engagement where dossier_uid = $1",
        d.uid,
    )
    return tuple(ligne.values())  # type: ignore[return-value]

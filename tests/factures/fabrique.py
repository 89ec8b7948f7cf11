"""Granted dossiers put there by SQL, requests and invoices made through the operations."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from portal.factures import demandes, depot, exemple, proformas
from portal.factures.controles import Examen
from portal.factures.du import Du, dus
from portal.factures.saisie_depot import NET, lire_depot
from portal.grandlivre import operations as livre
from portal.infra import clock
from portal.infra.base import executer, sql1, transaction
from portal.infra.money import de_cents
from portal.kit import (
    Cible,
    Dispositif,
    Echeance,
    Etape,
    Financement,
    MotifRefus,
    Piece,
    Resume,
    champ,
)
from portal.kit.types import Texte
from portal.web.identite import Personne
from tests.dossiers.aides import PDF, FauxFichier, Societe, quelqu_un, societe

_SUITE = itertools.count(1)
IBAN = exemple.IBAN_EXEMPLE
DROITS = ("dossiers.consulter", "factures.consulter", "factures.saisir")
FIN = date(2026, 9, 2)


class _Projet(BaseModel):
    intitule: Texte = champ("Intitulé")


def _echeancier(resume: Resume, accorde: Decimal) -> tuple[Echeance, ...]:
    lendemain = resume.fin + timedelta(days=1) if resume.fin else None
    return (Echeance("Après la fin", lendemain, accorde),)


def _dispositif(code: str, prefixe: str, cible: str) -> Dispositif:
    return Dispositif(
        code=code,
        libelle=f"Essai {prefixe}",
        resume="Un dispositif d’essai.",
        prefixe=prefixe,
        etapes=(Etape(code="projet", libelle="Projet", modele=_Projet),),
        pieces=(
            Piece(code="certificat", libelle="Certificat", contenu="Signé.", moment="realisation"),
        ),
        controles=(),
        financer=lambda donnees, cadre: Financement(),
        echeancier=_echeancier,
        resumer=lambda donnees: Resume(),
        motifs_refus=(MotifRefus(code="x", libelle="X", suite="Y"),),
        cible=cible,
        subrogation=True,
        guide="Guide.",
    )


FONDS = Cible(
    code="fonds", nom="Fonds Bis", adresse=("1 rue Basse", "69001 Lyon"), siren="552100554"
)
ESSAI = _dispositif("essai_factures", "EF", "opco")
BIS = _dispositif("essai_bis", "EB", "fonds")


@dataclass(frozen=True)
class Accorde:
    """A granted dossier, and somebody of the company (or body) that bills it."""

    id: int
    uid: UUID
    numero: str
    chez: Societe
    emetteur: Societe
    moi: Personne
    email: str

    async def lire(self) -> dict[str, Any]:
        ligne = await sql1("select * from dossier where id = $1", self.id)
        assert ligne is not None
        return ligne


async def accorde(
    montant: int = 100_000,
    *,
    chez: Societe | None = None,
    organisme: Societe | None = None,
    moi: tuple[Personne, str] | None = None,
    dispositif: Dispositif = ESSAI,
    public: str = "permanent",
    fin: date = FIN,
    etat: str = "en_cours",
    lignes: tuple[tuple[str, int], ...] | None = None,
) -> Accorde:
    """A dossier whose training is over, granted and engaged; `organisme` is paid directly."""
    chez = chez or await societe()
    emetteur = organisme or chez
    moi = moi or await quelqu_un(
        emetteur, profil="prestataire" if organisme else "adherent", droits=DROITS
    )
    rang = next(_SUITE)
    numero = f"2026-{dispositif.prefixe}-{rang:06d}{uuid.uuid4().hex[:4]}"
    ligne = await sql1(
        "insert into dossier (numero, dispositif, siren, siret, profil, idcc, region, etat, intitule,"
        " debut, fin, nb_personnes, accorde_centimes, cible, public, cree_par, organisme_siret,"
        " organisme_nom, paye_organisme, transmis_le) values ($1, $2, $3, $4, 'adherent', '1516', '32', $5, $6,"
        " $7, $8, 3, $9, $10, $11, $12, $13, $14, $15, now()) returning id, uid",
        numero,
        dispositif.code,
        chez.siren,
        chez.siret,
        etat,
        f"Conduite de réunion {rang}",
        fin - timedelta(days=1),
        fin,
        montant,
        dispositif.cible,
        public,
        moi[0].compte_id,
        organisme.siret if organisme else None,
        organisme.denomination if organisme else "",
        organisme is not None,
    )
    assert ligne is not None
    await executer(
        "insert into decision (dossier, sens, lignes, par) values ($1, 'accord', $2, $3)",
        ligne["id"],
        [
            {"code": code, "libelle": code.capitalize(), "demande": part, "accorde": part}
            for code, part in lignes or (("pedagogie", montant),)
        ],
        moi[0].compte_id,
    )
    await livre.engager(
        ligne["uid"],
        chez.siren,
        dispositif.code,
        dispositif.cible,
        montant,
        f"accord:{ligne['uid']}",
    )
    return Accorde(ligne["id"], ligne["uid"], numero, chez, emetteur, *moi)


async def joindre_certificat(dossier: Accorde, demande: dict[str, Any]) -> None:
    """Evidence tied to the draft."""
    document = await sql1(
        "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier, depose_par)"
        " values ($1, 'certificat', 'certificat.pdf', 'application/pdf', 10, 'x', 'aa/bb', $2)"
        " returning id",
        dossier.id,
        dossier.moi.compte_id,
    )
    assert document is not None
    await demandes.joindre(demande["id"], document["id"])


async def transmise(
    dossier: Accorde, montant: int | None = None, *, derniere: bool = False, piece: bool = True
) -> dict[str, Any]:
    """A request sent; all that was granted when no amount is given."""
    if montant is None:
        montant = (await dossier.lire())["accorde_centimes"]
    demande = await demandes.enregistrer(
        dossier.moi, dossier.uid, {"pedagogie": de_cents(montant)}, derniere
    )
    if piece:
        await joindre_certificat(dossier, demande)
    envoyee, bilan = await demandes.transmettre(dossier.moi, dossier.uid)
    assert not bilan.erreurs, bilan.erreurs
    return envoyee


async def gestionnaire() -> Personne:
    moi, _ = await quelqu_un(role="gestionnaire")
    return moi


async def validee(
    dossier: Accorde, montant: int | None = None, *, derniere: bool = False
) -> dict[str, Any]:
    """A request that may be billed."""
    envoyee = await transmise(dossier, montant, derniere=derniere)
    return await demandes.valider(await gestionnaire(), envoyee["uid"], envoyee["version"])


async def du_de(dossier: Accorde) -> Du:
    (du,) = [d for d in await dus(dossier.moi) if d.dossier == dossier.id]
    return du


def numero_neuf() -> str:
    return f"FA-{uuid.uuid4().hex[:10].upper()}"


async def pdf_facture(
    parts: list[tuple[Du, int]],
    numero: str,
    *,
    cible: str | None = None,
    iban: str = IBAN,
    jour: date | None = None,
    **options: Any,
) -> bytes:
    """The issuer's own invoice, as its software makes it."""
    return await exemple.facture(
        numero=numero,
        jour=jour or await clock.aujourd_hui(),
        emetteur=await proformas.identite(parts[0][0].emetteur_siren),
        cible_code=cible or parts[0][0].cible,
        lignes=[(du.dossier_numero, proformas.decrire(du), part) for du, part in parts],
        iban=iban,
        **options,
    )


async def poste(parts: list[tuple[Du, int]], numero: str, **autres: str) -> dict[str, str]:
    """What the form posts for an invoice net of taxes."""
    total = sum(part for _, part in parts)
    champs = {
        "cible": parts[0][0].cible,
        "numero": numero,
        "date_facture": f"{await clock.aujourd_hui():%d/%m/%Y}",
        "assujetti": NET,
        "ttc": str(de_cents(total)),
        "iban": IBAN,
        **{f"repartition.{du.cle}.montant": str(de_cents(part)) for du, part in parts},
    }
    return {**champs, **autres}


async def deposer(
    moi: Personne,
    parts: list[tuple[Du, int]],
    *,
    numero: str | None = None,
    pdf: bytes | None = None,
    remplace: int | None = None,
    **autres: str,
) -> tuple[dict[str, Any] | None, dict[str, str], Examen]:
    """Deposit as the page does; the invoice or None, errors by field, and what was examined."""
    numero = numero_neuf() if numero is None else numero
    contenu = pdf if pdf is not None else await pdf_facture(parts, numero)
    saisie = lire_depot(await poste(parts, numero, **autres))
    async with transaction():
        fichier = await depot.recevoir(moi, FauxFichier(contenu, "facture.pdf"))  # type: ignore[arg-type]
        contexte = depot.Contexte(
            parts[0][0].emetteur_siren, parts[0][0].emetteur_profil, remplace=remplace
        )
        facture, examen = await depot.deposer(moi, contexte, saisie, fichier)
    return facture, saisie.erreurs, examen


SCAN = PDF
"""A PDF without text."""


def scan() -> bytes:
    """A one-page PDF without text, never twice the same."""
    return SCAN + f"\n%{numero_neuf()}\n".encode()

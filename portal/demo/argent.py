"""Money of the demonstration, by the rooms' own operations: requests, invoices, a paid run.

For the companies that a persona administers: what is over is asked for; most of it is validated,
part of that invoiced, part of that paid.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from litestar.datastructures import UploadFile

from portal.core.comptes.queries import par_email, personne_du_compte
from portal.demo import entreprises as e
from portal.factures import demandes, depot, exemple, proformas
from portal.factures.du import dus
from portal.factures.saisie_depot import brut_initial, modele
from portal.infra import clock
from portal.infra.base import sql, sql1, transaction, valeur
from portal.infra.money import de_cents
from portal.kit.formulaire import lire
from portal.reglements import preparation, retour, rib, validation
from portal.web.identite import Personne

IBANS = {
    e.GROS.siren: "FR7630006000011234567890189",
    e.INTERIM.siren: "FR7630004000031234567890143",
    e.AUTRES[16].siren: "FR7610107001011234567890129",
    e.AUTRES[17].siren: "FR7610107001011234567890226",
    e.ORGANISME.siren: "FR7612739000305891234567836",
}
EMETTEURS = (
    ("claire.morel@demo.example", e.GROS.siren, "adherent"),
    ("paul.girard@demo.example", e.AUTRES[16].siren, "adherent"),
    ("paul.girard@demo.example", e.AUTRES[17].siren, "adherent"),
    ("samia.kaci@demo.example", e.INTERIM.siren, "adherent"),
    ("luc.fabre@demo.example", e.ORGANISME.siren, "prestataire"),
)
AVANT_PAIEMENT = 1
"""Rank of the issuer after whom the run is made: later invoices wait for the next one."""


async def remplir() -> None:
    """Ask, validate, invoice, pay; the first of each stay at an earlier stage."""
    gestionnaire = await _personne("marc.tessier@demo.example")
    for rang, (courriel, siren, profil) in enumerate(EMETTEURS):
        moi = await _personne(courriel)
        await rib.enregistrer(moi, siren, profil, IBANS[siren], await _nom(siren))
        await _demander(moi, siren, profil, gestionnaire)
        await _facturer(moi, siren, profil)
        if rang == AVANT_PAIEMENT:
            await _payer()


async def _personne(courriel: str) -> Personne:
    compte = await par_email(courriel)
    assert compte is not None
    moi = await personne_du_compte(compte["id"])
    assert moi is not None
    return moi


async def _nom(siren: str) -> str:
    return str(await valeur("select denomination from entreprise where siren = $1", siren))


async def _finis(siren: str, profil: str) -> list[dict[str, Any]]:
    """Granted dossiers that this issuer bills and whose training is over."""
    return await sql(
        "select d.* from dossier d where d.etat = 'en_cours' and d.fin < $2 and "
        "case when d.paye_organisme then $3 = 'prestataire' and left(d.organisme_siret, 9) = $1"
        " else $3 = 'adherent' and d.siren = $1 end order by d.fin, d.id",
        siren,
        await clock.aujourd_hui(),
        profil,
    )


async def _demander(moi: Personne, siren: str, profil: str, gestionnaire: Personne) -> None:
    """The first one stays to be asked for, the second awaits its gestionnaire."""
    for rang, dossier in enumerate(await _finis(siren, profil)):
        if rang == 0:
            continue
        decision = await sql1("select lignes from decision where dossier = $1", dossier["id"])
        assert decision is not None
        montants: dict[str, Decimal] = {
            li["code"]: de_cents(li["accorde"]) for li in decision["lignes"]
        }
        async with transaction():
            demande = await demandes.enregistrer(moi, dossier["uid"], montants, True)
            await _justifier(moi, dossier, demande)
            await demandes.transmettre(moi, dossier["uid"])
        if rang > 1:
            fraiche = await sql1("select uid, version from demande where id = $1", demande["id"])
            assert fraiche is not None
            await demandes.valider(gestionnaire, fraiche["uid"], fraiche["version"])


async def _justifier(moi: Personne, dossier: dict[str, Any], demande: dict[str, Any]) -> None:
    """The evidence: the dossier's example file again, as certificate."""
    piece = await sql1(
        "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier,"
        " depose_par, depose_le) select dossier, $2, $3, type_mime, taille, sha256, cle_fichier, $4, $5"
        " from document where dossier = $1 order by id limit 1 returning id",
        dossier["id"],
        "certificat",
        "Certificat de réalisation.pdf",
        moi.compte_id,
        clock.instant(),
    )
    if piece is not None:
        await demandes.joindre(demande["id"], piece["id"])


async def _facturer(moi: Personne, siren: str, profil: str) -> None:
    """One proforma and its invoice for each validated request but the last, which stays to be issued."""
    a_facturer = await dus(moi, emetteur=(siren, profil))
    for du in a_facturer[:-1] if len(a_facturer) > 1 else []:
        proforma = await proformas.creer(moi, [du.demande_uid])
        contenu, nom = await exemple.depuis_proforma(proforma)
        recu = await depot.recevoir(moi, UploadFile("application/pdf", nom, contenu))
        brut = brut_initial([du], {du.cle: du.reste}, cible=du.cible)
        brut |= {
            "numero": nom.removesuffix(".pdf"),
            "date_facture": f"{await clock.aujourd_hui():%d/%m/%Y}",
            "assujetti": "net",
            "ht": "",
            "tva": "",
            "ttc": str(de_cents(du.reste)),
            "iban": "",
        }
        await depot.deposer(
            moi, depot.Contexte(siren, profil, proforma=proforma["id"]), lire(modele(), brut), recu
        )


async def _payer() -> None:
    """A run prepared by one, approved by the other, and paid."""
    prepare = await _personne("julie.arnaud@demo.example")
    valide = await _personne("eric.blanc@demo.example")
    if not await preparation.candidates():
        return
    for lot in await preparation.preparer(prepare):
        await validation.valider(valide, lot.uid)
        await retour.lire(valide, await retour.simuler(valide, lot.uid, {}))

"""An invoice comes in (H03, H04): its file kept, everything checked, and then posted or left to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
from litestar.datastructures import UploadFile

from portal.core.entreprises import queries as entreprises
from portal.core.journal import operations as journal
from portal.dossiers import transitions
from portal.factures import annonces, controles, histoire, registre
from portal.factures.controles import Examen
from portal.factures.du import dus
from portal.factures.saisie_depot import AVEC_TVA
from portal.grandlivre import operations as grandlivre
from portal.infra import clock, coffre, files
from portal.infra.base import executer, executer_plusieurs, savepoint, sql, sql1, transaction
from portal.infra.jobs import periodique
from portal.infra.money import euros
from portal.infra.texte import plier
from portal.kit.formulaire import Saisie
from portal.settings import get_settings
from portal.web.formulaires import lire_uid
from portal.web.identite import Personne

TYPES = {"pdf"}
GARDE = timedelta(days=1)


@dataclass(frozen=True)
class Contexte:
    """Who bills, from which proforma, in place of which refused invoice."""

    siren: str
    profil: str
    proforma: int | None = None
    remplace: int | None = None


async def recevoir(moi: Personne, fichier: UploadFile) -> dict[str, Any]:
    """Keep a file while the rest of its form is being put right. Raises `FichierRefuse`."""
    range_ = await files.ranger(fichier, fichier.filename, get_settings().max_upload, types=TYPES)
    ligne = await sql1(
        "insert into depot_en_cours (compte, cle_fichier, nom, taille, sha256, cree_le)"
        " values ($1, $2, $3, $4, $5, $6) returning *",
        moi.compte_id,
        range_.cle,
        range_.nom_sur,
        range_.taille,
        range_.sha256,
        clock.instant(),
    )
    assert ligne is not None
    return ligne


async def en_attente(moi: Personne, uid: str) -> dict[str, Any] | None:
    """A file of this person that waits, by the name its form holds; kept from the daily purge."""
    return await sql1(
        "select * from depot_en_cours where uid = $1 and compte = $2 for update",
        lire_uid(uid),
        moi.compte_id,
    )


async def deposer(
    moi: Personne, contexte: Contexte, saisie: Saisie, fichier: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, Examen]:
    """Check and keep an invoice; None, and what is wrong, when it is refused.

    The requests billed are locked first: of several invoices over the last euros, those that fit
    come in.
    """
    async with transaction():
        await _verrouiller(moi, contexte, saisie)
        a_facturer = await dus(moi, emetteur=(contexte.siren, contexte.profil))
        nom = await _nom(contexte.siren)
        jour = await clock.aujourd_hui()
        emetteur = (contexte.siren, contexte.profil, nom)
        examen = await controles.examiner(saisie, a_facturer, fichier, emetteur, jour)
        for champ, message in examen.erreurs.items():
            saisie.erreurs.setdefault(champ, message)
        if saisie.erreurs or fichier is None:
            await _noter_refus(moi, contexte, saisie)
            return None, examen
        try:
            async with savepoint():
                facture = await _inserer(moi, contexte, saisie, fichier, examen, nom)
        except asyncpg.UniqueViolationError as doublon:
            _dire_doublon(saisie, doublon, jour)
            return None, examen
        await executer("delete from depot_en_cours where id = $1", fichier["id"])
        await _raconter(moi, facture, examen)
        return facture, examen


async def _verrouiller(moi: Personne, contexte: Contexte, saisie: Saisie) -> None:
    cles = {ligne["cle"] for ligne in saisie.valides.get("repartition", []) if "montant" in ligne}
    visees = [
        du for du in await dus(moi, emetteur=(contexte.siren, contexte.profil)) if du.cle in cles
    ]
    await sql(
        "select id from dossier where id = any($1::bigint[]) order by id for update",
        sorted({du.dossier for du in visees}),
    )
    await sql(
        "select id from demande where id = any($1::bigint[]) order by id for update",
        sorted(du.demande for du in visees),
    )
    await grandlivre.verrouiller({du.dossier_uid for du in visees})


async def _nom(siren: str) -> str:
    fiche = await entreprises.par_siren(siren)
    return fiche.denomination if fiche else siren


def _dire_doublon(saisie: Saisie, doublon: asyncpg.UniqueViolationError, jour: Any) -> None:
    if doublon.constraint_name == "facture_empreinte_uq":
        saisie.refuser("fichier", controles.meme_fichier(jour))
    else:
        saisie.refuser("numero", controles.deja_deposee(jour))


async def _noter_refus(moi: Personne, contexte: Contexte, saisie: Saisie) -> None:
    """A refused deposit leaves an audit line: which points, no content."""
    await journal.noter(
        "facture.depot_refuse",
        acteur=moi,
        siren=contexte.siren,
        profil=contexte.profil,
        points=sorted({nom.split(".")[0] for nom in saisie.erreurs}),
    )


async def _inserer(
    moi: Personne,
    contexte: Contexte,
    saisie: Saisie,
    fichier: dict[str, Any],
    examen: Examen,
    nom: str,
) -> dict[str, Any]:
    v, lus = saisie.valides, controles.montants(saisie)
    assert lus is not None
    premier = examen.parts[0][0]
    acceptee = not examen.a_verifier
    facture = await sql1(
        "insert into facture (numero, cle_numero, emetteur_siren, emetteur_profil, emetteur_nom,"
        " cible, dispositif, public, date_facture, assujetti, ht_centimes, tva_centimes,"
        " ttc_centimes, iban_secret, etat, a_verifier, fichier, fichier_nom, fichier_taille,"
        " empreinte, proforma, remplace, recherche, deposee_par, deposee_le, deposee_jour,"
        " decidee_le) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
        " $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27) returning *",
        v["numero"],
        controles.cle_numero(v["numero"]),
        contexte.siren,
        contexte.profil,
        nom,
        v["cible"],
        premier.dispositif,
        premier.public,
        v["date_facture"],
        v["assujetti"] == AVEC_TVA,
        lus.ht,
        lus.tva,
        lus.ttc,
        await _compte(contexte, v.get("iban")),
        "acceptee" if acceptee else "deposee",
        examen.a_verifier,
        fichier["cle_fichier"],
        fichier["nom"],
        fichier["taille"],
        fichier["sha256"],
        contexte.proforma,
        contexte.remplace,
        _recherche(v["numero"], nom, examen),
        moi.compte_id,
        clock.instant(),
        await clock.aujourd_hui(),
        clock.instant() if acceptee else None,
    )
    assert facture is not None
    await executer_plusieurs(
        "insert into facture_ligne (facture, dossier, demande, montant_centimes)"
        " values ($1, $2, $3, $4)",
        [(facture["id"], du.dossier, du.demande, part) for du, part in examen.parts],
    )
    if acceptee:
        await inscrire(facture)
    return facture


def _recherche(numero: str, nom: str, examen: Examen) -> str:
    dossiers = sorted({du.dossier_numero for du, _ in examen.parts})
    return plier(" ".join((numero, nom, *dossiers)))[:4000]


async def _compte(contexte: Contexte, saisi: str | None) -> int:
    """The secret of the account to pay: the registered one's when it is the same."""
    rib = await registre.rib_de(contexte.siren, contexte.profil)
    if rib is not None:
        connu = await sql1("select empreinte from secret where id = $1", rib.iban_secret)
        if saisi is None or (connu and connu["empreinte"] in coffre.empreintes("iban", saisi)):
            return rib.iban_secret
    assert saisi is not None
    return await coffre.deposer("iban", saisi, retention="comptable")


async def inscrire(facture: dict[str, Any]) -> None:
    """Post an accepted invoice to the ledger, a movement a line."""
    lignes = await sql(
        "select l.uid, l.montant_centimes, d.uid as dossier_uid from facture_ligne l"
        " join dossier d on d.id = l.dossier where l.facture = $1 order by l.id",
        facture["id"],
    )
    await grandlivre.verrouiller({ligne["dossier_uid"] for ligne in lignes})
    for ligne in lignes:
        await grandlivre.facturer(
            ligne["dossier_uid"],
            ligne["montant_centimes"],
            f"facture:{ligne['uid']}",
            facture["uid"],
            f"Facture {facture['numero']}",
        )


async def _raconter(moi: Personne, facture: dict[str, Any], examen: Examen) -> None:
    id_, numero = facture["id"], facture["numero"]
    await histoire.noter(id_, "depot", "Facture déposée", moi)
    for note in examen.notes:
        await histoire.noter(id_, "note", note)
    if facture["etat"] == "acceptee":
        await histoire.noter(id_, "acceptee", "Contrôlée automatiquement et acceptée")
    else:
        dit = " ".join(examen.a_verifier)
        await histoire.noter(id_, "a_verifier", f"À vérifier par un gestionnaire\u00a0: {dit}")
        await annonces.facture_a_verifier(facture, examen.a_verifier)
    await journal.noter(
        "facture.deposee",
        acteur=moi,
        objet=("facture", facture["uid"]),
        siren=facture["emetteur_siren"],
        profil=facture["emetteur_profil"],
        numero=numero,
        etat=facture["etat"],
    )
    for dossier, part in parts_par_dossier(examen).items():
        ligne = await sql1("select * from dossier where id = $1", dossier)
        assert ligne is not None
        await transitions.noter(
            ligne, "facture", f"Facture {numero} déposée\u00a0: {euros(part)}", moi, facture=numero
        )


def parts_par_dossier(examen: Examen) -> dict[int, int]:
    """Cents by dossier."""
    parts: dict[int, int] = {}
    for du, part in examen.parts:
        parts[du.dossier] = parts.get(du.dossier, 0) + part
    return parts


def parts_de(lignes: list[dict[str, Any]]) -> dict[str, int]:
    """First amounts of a form, by row key, from lines that name their request."""
    return {ligne["demande_uid"].hex: ligne["montant_centimes"] for ligne in lignes}


@periodique("factures.purger_depots", "41 3 * * *")
async def purger_depots() -> None:
    """Forget files whose form was never finished."""
    oublies = await sql(
        "delete from depot_en_cours where cree_le < $1 returning cle_fichier",
        clock.instant() - GARDE,
    )
    for oublie in oublies:
        await files.supprimer(oublie["cle_fichier"])

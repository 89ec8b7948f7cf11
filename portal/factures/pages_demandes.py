"""« Demander un remboursement »: the company's page inside a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from pydantic import BaseModel, create_model

from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import demandes, perimetre, queries
from portal.factures.du import OUVERTS, Situation, situation
from portal.factures.envoi import Envoi, envoyer
from portal.factures.saisie_depot import montant
from portal.infra.money import euros
from portal.kit.formulaire import Saisie, champ, depouiller, lire
from portal.kit.types import Montant, OuiNon
from portal.web.formulaires import lire_uid
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

CHEMIN = "/dossiers/{uid:uuid}/remboursement"


@lru_cache(maxsize=256)
def _modele(lignes: tuple[tuple[str, str], ...]) -> type[BaseModel]:
    """An amount for each granted line."""
    champs: dict[str, Any] = {
        f"ligne_{code}": (Montant, champ(libelle, widget="montant", obligatoire=False))
        for code, libelle in lignes
    }
    derniere = champ(
        "C’est ma dernière demande pour ce dossier",
        widget="case",
        obligatoire=False,
        aide="Ce qui n’est pas demandé sera rendu à la branche une fois cette demande validée.",
    )
    return create_model("DemandeRemboursement", **champs, derniere=(OuiNon, derniere))


def _saisie(etat: Situation, brut: dict[str, Any]) -> Saisie:
    modele = _modele(tuple((li.code, li.libelle) for li in etat.lignes))
    return lire(modele, brut)


def _brut(etat: Situation, demande: dict[str, Any] | None) -> dict[str, Any]:
    """What the form shows first: the draft, or all that is left."""
    if demande is None:
        reste = etat.possible
        brut: dict[str, Any] = {"derniere": ""}
        for ligne in etat.lignes:
            pris = min(ligne.reste, reste)
            reste -= pris
            brut[f"ligne_{ligne.code}"] = montant(pris) if pris else ""
        return brut
    connus = {li["code"]: li["montant"] for li in demande["lignes"]}
    brut = {
        f"ligne_{li.code}": montant(connus[li.code]) if li.code in connus else ""
        for li in etat.lignes
    }
    return brut | {"derniere": "oui" if demande["derniere"] else ""}


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    dossier: dict[str, Any],
    *,
    saisie: Saisie | None = None,
    erreurs: Mapping[str, str] | None = None,
    statut: int = 200,
) -> Response[Any]:
    brouillon = await demandes.brouillon_de(dossier["id"])
    etat = await situation(dossier, hors=brouillon["id"] if brouillon else None)
    erreurs = erreurs or {}
    saisie = saisie or _saisie(etat, _brut(etat, brouillon))
    for nom, message in erreurs.items():
        if nom.startswith("ligne_"):
            saisie.refuser(nom, message)
    vus = saisie.champs()
    restes = {f"ligne_{li.code}": li for li in etat.lignes}
    for vu in vus:
        if vu.nom in restes:
            vu.aide = (
                f"Accordé {euros(restes[vu.nom].accorde)}, reste {euros(restes[vu.nom].reste)}."
            )
    peut = await queries.peut_saisir(moi, dossier["id"])
    jointes = await demandes.documents(brouillon["id"]) if brouillon else []
    attendues = [
        {
            "code": p.code,
            "libelle": p.libelle,
            "contenu": p.contenu,
            "obligatoire": p.obligatoire,
            "documents": [d for d in jointes if d["piece"] == p.code],
            "erreur": erreurs.get(f"piece_{p.code}"),
        }
        for p in await demandes.pieces(dossier)
    ]
    return rendre(
        request,
        "factures/demande.html",
        statut=statut,
        dossier=dossier,
        dispositif=libelle_dispositif(dossier["dispositif"]),
        etat=etat,
        ouvert=dossier["etat"] in OUVERTS,
        a_demander=peut and dossier["etat"] in OUVERTS and etat.possible > 0,
        peut=peut,
        champs=vus,
        resume=_resume(saisie, attendues, erreurs),
        total_erreur=erreurs.get("total"),
        pieces=attendues,
        brouillon=brouillon,
        demandes=await queries.demandes_envoyees(dossier["id"]),
        libelles=demandes.LIBELLES,
        erreurs_titre=statut == 422,
    )


def _resume(
    saisie: Saisie, attendues: list[dict[str, Any]], erreurs: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Errors for the summary: amounts, total, evidence."""
    liste = saisie.resume()
    if "total" in erreurs:
        liste.append(("montants", "Total", erreurs["total"]))
    for piece in attendues:
        if piece["erreur"]:
            liste.append((f"c-piece-{piece['code']}", piece["libelle"], piece["erreur"]))
    return liste


@get(CHEMIN, droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def montrer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    """What was granted, asked for, left; the draft; former requests."""
    return await _page(request, moi, await perimetre.exiger_dossier(moi, uid))


@post(CHEMIN, droit=perimetre.SAISIR)
async def enregistrer(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    """Keep what was typed and sent; then send the request, if that button was pressed."""
    dossier = await perimetre.exiger_dossier(moi, uid, perimetre.SAISIR)
    formulaire = await request.form()
    poste = {nom: valeur for nom, valeur in formulaire.items() if isinstance(valeur, str)}
    brouillon = await demandes.brouillon_de(dossier["id"])
    etat = await situation(dossier, hors=brouillon["id"] if brouillon else None)
    saisie = _saisie(etat, {})
    saisie = lire(saisie.modele, depouiller(saisie.modele, poste))
    montants: dict[str, Decimal] = {
        li.code: saisie.valides[f"ligne_{li.code}"]
        for li in etat.lignes
        if saisie.valides.get(f"ligne_{li.code}")
    }
    envoi = Envoi(
        montants,
        bool(saisie.valides.get("derniere")),
        _envois(formulaire),
        lire_uid(poste.get("_retirer_document")),
        transmettre=poste.get("_action") == "transmettre" and not saisie.erreurs,
    )
    resultat = await envoyer(moi, uid, envoi)
    if saisie.erreurs or resultat.erreurs:
        return await _page(
            request, moi, dossier, saisie=saisie, erreurs=resultat.erreurs, statut=422
        )
    ici = f"/dossiers/{uid}/remboursement"
    if not resultat.transmise:
        return rediriger(request, ici, "Demande enregistrée.")
    return rediriger(
        request,
        ici,
        f"Demande de remboursement {resultat.demande['numero']} transmise. Vous serez prévenu de sa validation.",
    )


def _envois(formulaire: Any) -> dict[str, list[UploadFile]]:
    envois: dict[str, list[UploadFile]] = {}
    for nom in formulaire:
        if nom.startswith("piece_"):
            envois[nom.removeprefix("piece_")] = [
                f for f in formulaire.getall(nom) if isinstance(f, UploadFile) and f.filename
            ]
    return envois


GESTIONNAIRES = [montrer, enregistrer]

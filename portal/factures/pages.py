"""« Mes factures », and the page of one invoice with its whole path."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from pydantic import BaseModel

from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import consultation, demandes, histoire, operations, perimetre, registre
from portal.factures.consultation import Filtres
from portal.factures.onglets import onglets, url
from portal.factures.pages_proforma import groupes
from portal.factures.proformas import PUBLICS
from portal.infra.files import lire as lire_fichier
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import Texte, lire_date
from portal.web.erreurs import Introuvable
from portal.web.fichiers import piece_jointe
from portal.web.formulaires import lire_version
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

VUES_INTERNES = {"a_verifier": "À vérifier", "deposees": "En cours", "refusees": "Refusées",
                 "payees": "Payées", "toutes": "Toutes"}  # fmt: skip
DECIDEURS = ",".join(perimetre.VERIFICATEURS)


class Refuser(BaseModel):
    """What was expected, for the issuer to mend it."""

    attendu: Texte = champ(
        "Ce qui était attendu",
        widget="zone",
        longueur_max=2000,
        aide="L’émetteur le lira\u00a0: dites ce qu’il doit corriger.",
    )


def _jour(texte: str) -> date | None:
    try:
        return lire_date(texte) if texte.strip() else None
    except ValueError:
        return None


@get("/factures", droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def lister(
    request: Request[Any, Any, Any],
    moi: Moi,
    vue: FromQuery[str] = "",
    q: FromQuery[str] = "",
    du: FromQuery[str] = "",
    au: FromQuery[str] = "",
    siren: FromQuery[str] = "",
    apres: FromQuery[str | None] = None,
) -> Response[Any]:
    """To issue, deposited, refused, paid; for staff, those within their reach."""
    peut = not moi.est_interne and moi.a_le_droit(perimetre.SAISIR)
    defaut = "a_emettre" if peut else ("a_verifier" if moi.est_interne else "deposees")
    choisie = vue if vue in consultation.VUES or (vue == "a_emettre" and peut) else defaut
    if choisie == "a_emettre":
        return rendre(
            request,
            "factures/a_emettre.html",
            groupes=await groupes(moi),
            onglets=onglets(moi),
            ici=url("a_emettre"),
        )
    siren = siren if siren.isascii() and siren.isdigit() and len(siren) == 9 else ""
    filtres = Filtres(choisie, q.strip()[:100], _jour(du), _jour(au), siren)
    page = await consultation.lister(moi, filtres, apres)
    jours = (("du", filtres.du and du), ("au", filtres.au and au))
    poses = (("q", filtres.q), *jours, ("siren", siren))
    choix = {"vue": choisie} | {k: v for k, v in poses if v}
    base = f"/factures?{urlencode(choix)}"
    return rendre(
        request,
        "factures/liste.html",
        fragment="factures/_liste.html",
        lignes=page.lignes,
        filtres=filtres,
        du=du,
        au=au,
        vue=choisie,
        puces=_puces(choix),
        onglets=[(mot, url(v), None) for v, mot in VUES_INTERNES.items()]
        if moi.est_interne
        else onglets(moi),
        ici=url(choisie),
        peut=peut,
        suivant=f"{base}&apres={page.suivant}" if page.suivant else None,
        premier=base if apres else None,
    )


def _puces(choix: dict[str, str]) -> list[tuple[str, str]]:
    mots = {
        "q": "Recherche",
        "siren": "SIREN",
        "du": "Déposée depuis le",
        "au": "Déposée jusqu’au",
    }
    return [
        (
            f"{mot}\u00a0: {choix[nom]}",
            f"/factures?{urlencode({k: v for k, v in choix.items() if k != nom})}",
        )
        for nom, mot in mots.items()
        if nom in choix
    ]


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    uid: UUID,
    *,
    refus: Saisie | None = None,
    points: list[str] | None = None,
    erreur_points: str = "",
    statut: int = 200,
) -> Response[Any]:
    facture = await consultation.lisible(moi, uid)
    paiements = (await registre.paiements_de([facture["id"]])).get(facture["id"], [])
    saisie = refus or lire(Refuser, {})
    resume = ([("points", "Points", erreur_points)] if erreur_points else []) + saisie.resume()
    return rendre(
        request,
        "factures/facture.html",
        statut=statut,
        facture=facture,
        mot=operations.LIBELLES[facture["etat"]],
        cible=registre.cible(facture["cible"]).nom,
        dispositif=libelle_dispositif(facture["dispositif"]),
        public=PUBLICS.get(facture["public"], facture["public"]),
        lignes=[
            ligne
            | {
                "dossier": {
                    "texte": ligne["dossier_numero"],
                    "url": f"/dossiers/{ligne['dossier_uid']}",
                    "aide": f"{ligne['intitule']}, {ligne['denomination']}".strip(", "),
                },
                "etat_demande": demandes.LIBELLES[ligne["demande_etat"]],
            }
            for ligne in await consultation.lignes(moi, facture["id"])
        ],
        etapes=etapes(facture, paiements),
        histoire=[
            {"titre": e["texte"], "quand": e["instant"], "qui": e["acteur"]}
            for e in (await histoire.lire(facture["id"]) if facture["entiere"] else [])
        ],
        a_juger=facture["peut_decider"] and facture["etat"] == "deposee",
        a_confirmer=facture["peut_decider"]
        and facture["etat"] == "rejetee"
        and facture["compte_a_confirmer"],
        a_corriger=facture["emetteur"]
        and facture["etat"] == "refusee"
        and facture["remplacee_par"] is None
        and moi.a_le_droit(perimetre.SAISIR),
        refus=saisie,
        points_possibles=operations.POINTS,
        points=points or [],
        erreur_points=erreur_points,
        resume=resume,
        erreurs_titre=statut == 422,
    )


def etapes(facture: dict[str, Any], paiements: list[registre.PaiementVu]) -> list[dict[str, Any]]:
    """Where the invoice stands, from its deposit to its payment; what is to come is said so."""
    etat = facture["etat"]
    liste: list[dict[str, Any]] = [
        {"titre": "Facture déposée", "quand": facture["deposee_jour"], "ton": "succes"}
    ]
    if etat == "deposee":
        liste.append(_a_venir("Vérification par un gestionnaire", "En cours", "info"))
    elif etat == "refusee":
        liste.append({"titre": "Facture refusée", "quand": facture["decidee_le"], "ton": "danger"})
        return liste
    else:
        liste.append({"titre": "Facture acceptée", "quand": facture["decidee_le"], "ton": "succes"})
    for paiement in paiements:
        liste.append(_paiement(paiement))
    if not paiements or (etat in ("acceptee", "rejetee")):
        suite = (
            "Le compte à payer doit d’abord être confirmé"
            if facture["compte_a_confirmer"]
            else "Au prochain règlement"
        )
        liste.append(_a_venir("Virement", suite))
    return liste


def _a_venir(titre: str, quand: str, ton: str = "neutre") -> dict[str, Any]:
    return {"titre": titre, "quand": quand, "ton": ton, "a_venir": True}


_PAIEMENTS = {
    "prepare": ("en préparation", "info"),
    "ordonne": ("ordonné", "info"),
    "execute": ("exécuté", "succes"),
    "rejete": ("rejeté par la banque", "danger"),
    "annule": ("annulé avant validation", "neutre"),
}


def _paiement(paiement: registre.PaiementVu) -> dict[str, Any]:
    mot, ton = _PAIEMENTS.get(paiement.etat, (paiement.etat, "neutre"))
    return {
        "titre": f"Virement {paiement.reference} {mot}",
        "quand": paiement.jour or "En cours",
        "ton": ton,
        "detail": paiement.motif,
        "url": paiement.url,
        "a_venir": paiement.jour is None and paiement.etat != "annule",
    }


@get("/factures/{uid:uuid}", droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def montrer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    """The invoice, its dossiers and requests, its payment, what happened."""
    return await _page(request, moi, uid)


@get("/factures/{uid:uuid}/fichier", droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def fichier(uid: FromPath[UUID], moi: Moi) -> Stream:
    """The deposited PDF; not for who may see only a part of it."""
    facture = await consultation.lisible(moi, uid)
    if not facture["entiere"]:
        raise Introuvable()
    return piece_jointe(
        await lire_fichier(facture["fichier"]), facture["fichier_nom"], "application/pdf"
    )


@post("/factures/{uid:uuid}/accepter", droit=f"interne:{DECIDEURS}")
async def accepter(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    poste = dict((await request.form()).items())
    facture = await operations.accepter(moi, uid, lire_version(poste))
    return rediriger(request, "/factures?vue=a_verifier", f"Facture {facture['numero']} acceptée.")


@post("/factures/{uid:uuid}/refuser", droit=f"interne:{DECIDEURS}")
async def refuser(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    formulaire = await request.form()
    points = [str(p) for p in formulaire.getall("point", []) if p in operations.POINTS]
    saisie = lire_formulaire(Refuser, dict(formulaire.items()))
    if not points or saisie.erreurs:
        manque = "" if points else "Cochez au moins un point."
        return await _page(
            request, moi, uid, refus=saisie, points=points, erreur_points=manque, statut=422
        )
    version = lire_version(dict(formulaire.items()))
    facture = await operations.refuser(moi, uid, version, points, saisie.valides["attendu"])
    return rediriger(request, "/factures?vue=a_verifier", f"Facture {facture['numero']} refusée.")


@post("/factures/{uid:uuid}/compte-confirme", droit=f"interne:{DECIDEURS}")
async def confirmer(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    facture = await operations.confirmer_compte(moi, uid)
    return rediriger(
        request,
        f"/factures/{uid}",
        f"Compte confirmé\u00a0: la facture {facture['numero']} sera payée.",
    )


GESTIONNAIRES = [lister, montrer, fichier, accepter, refuser, confirmer]

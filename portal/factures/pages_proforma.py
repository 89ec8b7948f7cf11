"""Choose what is due, make a proforma, look at it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from portal.dossiers.registre import libelle as libelle_dispositif
from portal.factures import exemple, perimetre, proformas, queries
from portal.factures.du import Du, Groupe, dus, grouper
from portal.factures.onglets import onglets
from portal.factures.registre import cible
from portal.infra.files import lire
from portal.web.erreurs import Refus
from portal.web.fichiers import piece_jointe
from portal.web.formulaires import lire_uid
from portal.web.identite import Moi
from portal.web.rendu import rediriger, rendre


def decrire_groupe(groupe: Groupe, siens: list[Du], nom: str) -> dict[str, Any]:
    """A group of what is due, for the pages that list them."""
    premier = siens[0]
    return {
        "cle": "-".join(
            (
                groupe.emetteur_siren,
                groupe.emetteur_profil,
                groupe.cible,
                groupe.dispositif,
                groupe.public,
            )
        ),
        "titre": f"{libelle_dispositif(groupe.dispositif)}, {proformas.PUBLICS.get(groupe.public, groupe.public).lower()}",
        "emetteur": nom,
        "cible": cible(groupe.cible).nom,
        "total": sum(du.reste for du in siens),
        "plus_ancien": premier.validee_le,
        "dus": [
            {
                "uid": du.demande_uid,
                "numero": du.numero,
                "dossier_numero": du.dossier_numero,
                "dossier": {
                    "texte": du.dossier_numero,
                    "url": f"/dossiers/{du.dossier_uid}",
                    "aide": du.denomination,
                },
                "formation": {
                    "texte": proformas.decrire(du),
                    "aide": f"Demande {du.numero}",
                },
                "reste": du.reste,
            }
            for du in siens
        ],
    }


async def groupes(moi: Moi) -> list[dict[str, Any]]:
    """Everything that this person may bill, by what one invoice may hold."""
    tous = grouper(await dus(moi))
    noms = await queries.denominations({groupe.emetteur_siren for groupe, _ in tous})
    return [
        decrire_groupe(groupe, siens, noms.get(groupe.emetteur_siren, groupe.emetteur_siren))
        for groupe, siens in tous
    ]


@get("/factures/proforma", droit=perimetre.SAISIR)
async def choisir(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """What is due, with a form a group: tick, and make the proforma."""
    return rendre(
        request,
        "factures/proforma_choix.html",
        groupes=await groupes(moi),
        recentes=await proformas.recentes(moi),
        onglets=onglets(moi),
    )


@post("/factures/proforma", droit=perimetre.SAISIR)
async def creer(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    formulaire = await request.form()
    choisies = [uid for v in formulaire.getall("demande", []) if (uid := lire_uid(v))]
    if not choisies:
        raise Refus("Cochez au moins une demande à facturer.")
    proforma = await proformas.creer(moi, choisies)
    return rediriger(
        request, f"/factures/proforma/{proforma['uid']}", f"Proforma {proforma['numero']} créée."
    )


@get("/factures/proforma/{uid:uuid}", droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def montrer(request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi) -> Response[Any]:
    proforma = await proformas.lisible(moi, uid)
    return rendre(
        request,
        "factures/proforma.html",
        proforma=proforma,
        lignes=[
            ligne | {"url": f"/dossiers/{ligne['dossier_uid']}"}
            for ligne in await proformas.lignes(proforma["id"])
        ],
        cible=cible(proforma["cible"]).nom,
        dispositif=libelle_dispositif(proforma["dispositif"]),
        public=proformas.PUBLICS.get(proforma["public"], proforma["public"]),
        emetteur=await proformas.identite(proforma["emetteur_siren"]),
        mention=proformas.MENTION,
        peut=await proformas.est_facturable(moi, uid),
        a_facturer=await proformas.a_facturer(proforma["id"]),
        factures=await proformas.factures(proforma["id"]),
        demo=request.app.state.settings.demo,
    )


@get("/factures/proforma/{uid:uuid}/fichier", droit=perimetre.CONSULTER, interne=perimetre.INTERNES)
async def fichier(uid: FromPath[UUID], moi: Moi) -> Stream:
    """The PDF."""
    proforma = await proformas.lisible(moi, uid)
    return piece_jointe(
        await lire(proforma["fichier"]), f"{proforma['numero']}.pdf", "application/pdf"
    )


@get("/factures/proforma/{uid:uuid}/exemple", droit=perimetre.SAISIR)
async def facture_exemple(uid: FromPath[UUID], moi: Moi) -> Stream:
    """Demonstration: the invoice that the issuer's own software would make, to be deposited."""
    proforma = await proformas.facturable(moi, uid)
    contenu, nom = await exemple.depuis_proforma(proforma)

    async def flux():  # type: ignore[no-untyped-def]
        yield contenu

    return piece_jointe(flux(), nom, "application/pdf")


GESTIONNAIRES = [choisir, creer, montrer, fichier]
